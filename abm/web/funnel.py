"""Funnel: this cohort against last year's; where the biggest loss is; every number opens its rows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web import charts, figures, words
from abm.web.move_forms import Day
from abm.web.requests import PageRequest
from accounts.models import Source
from funnel import metrics, partition
from funnel.measures import Row
from funnel.slices import fiscal_year_of, fiscal_year_start
from users.models import Team, User

ALL = ("", gettext_lazy("All"))
HEADLINE = ("sal_rate", "ignore_rate", "reject_rate", "pipeline_per_mql", "pipeline_per_sal", "lead_win_rate")
STEPS = ("leads_matured", "leads_accepted", "leads_pipeline", "leads_won")
INKS = {"leads_accepted": "accepted", "leads_pipeline": "pipeline", "leads_won": "won"}
CUT = ("leads_matured", "sal_rate", "sal_rate_in_time", "reject_rate", "ignore_rate", "pipeline_per_mql")
CUTS = ("team", "assignee", "partner", "source", "list", "tier", "offering", "existing", "on_list", "month")

IN_TIME = [MinValueValidator(metrics.FIRST_DAY), MaxValueValidator(metrics.LAST_DAY)]


class Filters(forms.Form):
    """The period and the slice; the same names as in the API."""

    date_from = forms.DateField(
        label=gettext_lazy("Handed over from"), required=False, widget=Day(), validators=IN_TIME
    )
    date_to = forms.DateField(label=gettext_lazy("to"), required=False, widget=Day(), validators=IN_TIME)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"),
        queryset=Team.objects.all(),
        to_field_name="public_id",
        required=False,
        empty_label=ALL[1],
    )
    source = forms.ModelChoiceField(
        label=gettext_lazy("Source"),
        queryset=Source.objects.filter(is_sample=False),
        to_field_name="code",
        required=False,
        empty_label=ALL[1],
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"), required=False, choices=[("", gettext_lazy("All")), *words.choices(words.TIERS)]
    )
    by = forms.ChoiceField(label=gettext_lazy("Cut by"), required=False)

    def __init__(self, data: QueryDict) -> None:
        period = {"date_from": this_fiscal_year().isoformat(), "date_to": timezone.localdate().isoformat()}
        super().__init__(period | {name: value for name, value in data.items() if value})
        names = metrics.dimensions("sal_rate") | metrics.dimensions("leads_matured")
        self.fields["by"].choices = [(name, names[name]) for name in CUTS if name in names]  # type: ignore[attr-defined]

    def wish(self, user: User) -> dict[str, Any]:
        """What to evaluate: the fiscal year so far unless a period is given."""
        given = self.cleaned_data if self.is_valid() else {}
        chosen = {"team": given.get("team"), "source": given.get("source"), "tier": given.get("tier")}
        codes = {"team": "public_id", "source": "code"}
        filters = {name: str(getattr(row, codes.get(name, ""), row)) for name, row in chosen.items() if row}
        return {
            "date_from": given.get("date_from") or this_fiscal_year(),
            "date_to": given.get("date_to") or timezone.localdate(),
            "as_of": timezone.now(),
            "viewer": user,
            "filters": filters,
        }


def this_fiscal_year() -> date:
    """The first day of the fiscal year."""
    return fiscal_year_start(fiscal_year_of(timezone.localdate()))


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The funnel of one period and slice."""
    form = Filters(request.GET)
    wish = form.wish(request.user)
    compared = metrics.evaluate([*HEADLINE, *STEPS], compare=metrics.PREVIOUS_YEAR, **wish)
    found = {row.metric.key: row for row in compared}
    by = (form.cleaned_data.get("by") or CUTS[0]) if form.is_valid() else CUTS[0]
    context = {
        "form": form,
        "period": found["leads_matured"].link,
        "before": _before(found["leads_matured"]),
        "figures": [figures.figure(found[key]) for key in HEADLINE],
        "is_empty": not any(row.numerator for row in _both(found["leads_matured"])),
        "waterfall": charts.waterfall([_step(found, key) for key in STEPS]),
        "made_of": [_made_of(key, wish) for key in ("sal_rate", "pipeline_per_mql")],
        "trend": _trend(wish),
        "whole": _identity(partition.read(**wish)[0]),
        "cut": _cut(by, wish),
        "cut_word": dict(form.fields["by"].choices)[by],  # type: ignore[attr-defined]
        "reasons": _reasons(wish),
    }
    return render(request, "funnel/index.html", context)


def _both(row: Row) -> list[Row]:
    return [row, row.before] if row.before else [row]


def _before(row: Row) -> Mapping[str, str]:
    """The period of the year before, which may be cut shorter than asked for."""
    return row.before.link if row.before else {}


def _step(found: dict[str, Row], key: str) -> charts.Item:
    """A step of the waterfall; behind it, how many the step before lost."""
    above = STEPS[max(STEPS.index(key) - 1, 0)]
    lost = (found[above].value or 0) - (found[key].value or 0)
    note = _("%(n)s lost") % {"n": lost} if lost > 0 else ""
    return figures.bar(found[key], INKS.get(key, ""), note)


def _made_of(key: str, wish: dict[str, Any]) -> dict[str, Any] | None:
    """What the difference to last year is made of, as bars in points."""
    parts = metrics.explain(key, **wish)
    if parts is None:
        return None
    shares = [figures.share(_("Behaviour"), parts.split.behaviour), figures.share(_("Mix"), parts.split.mix)]
    if parts.shapley:
        shares += [
            figures.share(_("of it: accepting"), parts.shapley.first, "accepted"),
            figures.share(_("of it: converting"), parts.shapley.second, "pipeline"),
        ]
    return {"label": metrics.get(key).label, "chart": charts.parts(shares)}


def _trend(wish: dict[str, Any]) -> charts.Trend | None:
    rows = metrics.evaluate(["sal_rate"], by=["month"], compare=metrics.PREVIOUS_YEAR, **wish)
    if not rows:
        return None
    now = [figures.point(row, "month") for row in rows]
    before = [figures.point(row.before, "month") if row.before else charts.Point("", None, "") for row in rows]
    return charts.trend(now, before)


def _cut(by: str, wish: dict[str, Any]) -> list[dict[str, Any]]:
    """One line per slice: its counts and rates, each a link."""
    lines: dict[str, dict[str, Any]] = {}
    for row in metrics.evaluate(CUT, by=[by], **wish):
        label = words.TIERS.get(row.slice[by], row.labels[by])
        line = lines.setdefault(row.slice[by], {"label": label, "cells": []})
        line["cells"].append({"text": figures.value(row), "href": figures.link(row), "interval": figures.interval(row)})
        line["is_small"] = line.get("is_small") or row.is_small
    for one in partition.read([by], **wish):
        lines[one.whole.slice[by]]["identity"] = _identity(one)
    return list(lines.values())


def _identity(one: partition.Partition) -> dict[str, Any]:
    """A + J + I = M, each number opening its leads."""
    numbers = [{"text": figures.value(row), "href": figures.link(row)} for row in (*one.parts, one.whole)]
    return {"parts": numbers[:-1], "whole": numbers[-1], "holds": one.holds}


def _reasons(wish: dict[str, Any]) -> charts.Bars | None:
    """Why sales says no, the commonest first."""
    rows = metrics.evaluate(["leads_rejected"], by=["reason"], **wish)
    rows.sort(key=lambda row: -row.numerator)
    items = [
        charts.Item(row.labels["reason"], row.numerator, figures.value(row), figures.link(row), ink="rejected")
        for row in rows
        if row.numerator
    ]
    return charts.parts(items) if items else None
