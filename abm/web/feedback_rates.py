"""Response rates of feedback: who tells marketing what became of the leads, by rep, team or partner and by step."""

from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abm.web import figures
from abm.web.funnel import IN_TIME, this_fiscal_year
from abm.web.move_forms import Day
from abm.web.requests import PageRequest
from funnel import behaviour, metrics
from funnel.enums import FEEDBACK_STEPS
from funnel.measures import Row

RATE = "feedback_response_rate"
HEADLINE = (RATE, "feedback_good_rate", "feedback_no_use_rate")
CUTS = ("team", "assignee", "partner", "source")


class Filters(forms.Form):
    """The period in which it was asked, and by whom the table is cut; the same names as in the API."""

    date_from = forms.DateField(label=_("Asked from"), required=False, widget=Day(), validators=IN_TIME)
    date_to = forms.DateField(label=_("Asked to"), required=False, widget=Day(), validators=IN_TIME)
    by = forms.ChoiceField(label=_("Cut by"), required=False)

    def __init__(self, data: QueryDict) -> None:
        period = {"date_from": this_fiscal_year().isoformat(), "date_to": timezone.localdate().isoformat()}
        super().__init__(period | {name: value for name, value in data.items() if value})
        words = metrics.dimensions(RATE)
        self.fields["by"].choices = [(name, words[name]) for name in CUTS]  # type: ignore[attr-defined]


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The rates of a period: all, and one line per team, rep, partner or source; reps and partners see the own."""
    form = Filters(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    alone = request.user.role in behaviour.OWN_ONLY
    by = "assignee" if alone else given.get("by") or CUTS[0]
    if alone:
        del form.fields["by"]
    wish: dict[str, Any] = {
        "filters": {"assignee": str(request.user.public_id)} if alone else {},
        "date_from": given.get("date_from") or this_fiscal_year(),
        "date_to": given.get("date_to") or timezone.localdate(),
        "as_of": timezone.now(),
        "viewer": request.user,
    }
    found = metrics.evaluate(HEADLINE, **wish)
    context = {
        "form": form,
        "figures": [figures.figure(row) for row in found],
        "is_empty": not found[0].denominator,
        "steps": FEEDBACK_STEPS,
        "lines": _lines(by, wish),
        "cut_word": metrics.dimensions(RATE)[by],
    }
    return render(request, "funnel/feedback.html", context)


def _lines(by: str, wish: dict[str, Any]) -> list[dict[str, Any]]:
    """Per slice: how much was asked, the rate of all and of each step; every number opens its rows."""
    steps = {(row.slice[by], row.slice["step"]): row for row in metrics.evaluate([RATE], by=[by, "step"], **wish)}
    return [
        {
            "label": row.labels[by],
            "is_small": row.is_small,
            "asked": {"text": row.denominator, "href": figures.link(row, "denominator")},
            "cells": [_cell(row), *(_cell(steps.get((row.slice[by], str(step)))) for step in FEEDBACK_STEPS)],
        }
        for row in metrics.evaluate([RATE], by=[by], **wish)
    ]


def _cell(row: Row | None) -> dict[str, Any]:
    if row is None:
        return {"text": "–", "href": "", "interval": ""}
    return {"text": figures.value(row), "href": figures.link(row), "interval": figures.interval(row)}
