"""Who answers how? Each delivery counts for whoever got it; marketing's own clocks stand on the same page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abm.web import figures, formats
from abm.web.funnel import Filters
from abm.web.requests import PageRequest
from funnel import behaviour
from funnel.behaviour import Behaviour, Line
from funnel.measures import Row
from funnel.shrinking import RANKED_FROM

GROUPS = {"assignee": _("Assignee"), "team": _("Team"), "partner": _("Partner")}
HEADS = {
    "handoff_sal_rate": _("SAL rate"),
    "handoff_in_time_rate": _("In time"),
    "handoff_reject_rate": _("Rejected"),
    "handoff_ignore_rate": _("Ignored"),
    "handoff_ghost_rate": _("Ghosts"),
    "handoff_answer_hours_median": _("Answer, median h"),
    "handoff_answer_hours_p75": _("Answer, 75 % h"),
    "handoffs_open": _("Open now"),
    "handoffs_overdue": _("Overdue now"),
}


class WhoFilters(Filters):
    """The funnel's period and slice; `by` says whom to tell apart."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["date_from"].label = _("Delivered from")
        self.fields["by"].label = _("Tell apart")
        self.fields["by"].choices = list(GROUPS.items())  # type: ignore[attr-defined]


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Reps, teams or partners beside each other; for a rep or a partner, only the own."""
    form = WhoFilters(request.GET)
    wish = form.wish(request.user)
    by = (form.cleaned_data.get("by") or "assignee") if form.is_valid() else "assignee"
    found = behaviour.read(by, **wish)
    alone = request.user.role in behaviour.OWN_ONLY
    if alone:
        for name in ("team", "by"):
            del form.fields[name]
    context = {
        "form": form,
        "alone": alone,
        "groups": _groups(found),
        "who": GROUPS[by],
        "ranked_from": RANKED_FROM,
        "heads": HEADS.values(),
        "mean": _cells(found.mean) if found.mean else [],
        "marketing": [figures.figure(row) for row in found.marketing.values()],
    }
    return render(request, "behaviour/index.html", context)


def _groups(found: Behaviour) -> list[dict[str, Any]]:
    """The ranked first; those with too few deliveries apart, saying so."""
    return [
        {"ranked": ranked, "lines": [_line(line) for line in lines]}
        for ranked, lines in ((True, found.ranked), (False, found.few))
        if lines
    ]


def _line(line: Line) -> dict[str, Any]:
    headline = line.rows[behaviour.HEADLINE]
    return {
        "label": line.label,
        "team": line.team,
        "place": line.standing.place,
        "n": {"text": formats.rounded(line.n, 0), "href": figures.link(headline, "denominator")},
        "shrunk": formats.rate(line.standing.rate),
        "change": formats.points(headline.difference) if headline.difference is not None else "",
        "cells": _cells(line.rows),
    }


def _cells(rows: Mapping[str, Row]) -> list[dict[str, Any]]:
    """A number each, that opens its rows; without deliveries open or overdue now it is 0, for a mean nothing."""
    return [{"name": name, **_cell(rows.get(key), key)} for key, name in HEADS.items()]


def _cell(row: Row | None, key: str) -> dict[str, Any]:
    if row is None:
        return {"text": "0" if key in behaviour.NOW else formats.NOTHING}
    return {"text": figures.value(row), "href": figures.link(row), "interval": figures.interval(row)}
