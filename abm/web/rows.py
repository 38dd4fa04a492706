"""The very rows behind a number."""

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_safe

from abm.web.requests import PageRequest
from funnel import metrics
from funnel.measures import DEFAULT_K
from funnel.metrics import UnknownMetric, UnknownSlice
from funnel.models import Deal, Feedback, Handoff, Lead

PER_PAGE = 100
RELATED = {
    "leads": ("account", "department", "offering", "assignee", "reject_reason"),
    "feedback": ("lead__account", "lead__department", "user", "team"),
    "deals": ("account", "offering", "owner"),
    "handoffs": ("lead__account", "lead__department", "account", "team", "assignee"),
}
KINDS = {Lead: "leads", Deal: "deals", Handoff: "handoffs", Feedback: "feedback"}
"""What a metric's rows are; anything else is a cell of the surface."""


@require_safe
def rows(request: PageRequest, key: str) -> HttpResponse:
    """What a metric's numerator or denominator counts, as far as this user may see it."""
    part = request.GET.get("part", "numerator")
    try:
        metric = metrics.get(key)
        found = metrics.rows(key, part, viewer=request.user, **_terms(request))
    except (UnknownMetric, UnknownSlice, ValueError) as unknown:
        raise Http404(str(unknown)) from unknown
    kind = KINDS.get(found.model, "") if isinstance(found, QuerySet) else ""
    if kind:
        found = found.select_related(*RELATED[kind]).order_by("-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    words = metric.subject.measures[metric.part(part)].words
    return render(request, "metrics/rows.html", {"metric": metric, "words": words, "page": page, "kind": kind})


def _terms(request: PageRequest) -> dict[str, Any]:
    """The terms of the number, out of the address; what is not a term is a filter."""
    given = request.GET.dict()
    given.pop("page", None), given.pop("part", None)
    return {
        "date_from": _day(given.pop("from", "")),
        "date_to": _day(given.pop("to", "")),
        "as_of": _moment(given.pop("as_of", "")),
        "k": int(given.pop("k", DEFAULT_K)),
        "filters": given,
    }


def _day(text: str) -> date | None:
    return parse_date(text) if text else None


def _moment(text: str) -> datetime | None:
    return parse_datetime(text) if text else None
