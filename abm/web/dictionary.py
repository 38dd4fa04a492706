"""Metric dictionary: what does this number mean, exactly? And the golden cases it is held to."""

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abm.web import figures
from abm.web.requests import PageRequest
from accounts.models import Source
from funnel import metrics
from funnel.measures import Section
from funnel.slices import fiscal_year_end, fiscal_year_of, fiscal_year_start

SECTIONS = {
    Section.HAND_OVER: _("Hand-over"),
    Section.BEHAVIOUR: _("Who answers how"),
    Section.MARKETING: _("Marketing's own clocks"),
    Section.OUTCOME: _("Outcome"),
    Section.FEEDBACK: _("Feedback"),
    Section.DEALS: _("Deals"),
    Section.SURFACE: _("Surface"),
}
GOLDEN = ("sal_rate", "pipeline_per_mql", "pipeline_per_sal", "ignore_rate", "reject_rate")


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Every metric with its definition, section by section."""
    sections = [
        {"word": SECTIONS[section], "metrics": [_entry(metric) for metric in group]}
        for section, group in groupby(metrics.dictionary(), key=lambda metric: metric.section)
    ]
    has_golden = Source.objects.filter(is_sample=True).exists()
    return render(request, "metrics/index.html", {"sections": sections, "has_golden": has_golden})


def _entry(metric: Any) -> dict[str, Any]:
    measures = metric.subject.measures
    return {
        "metric": metric,
        "numerator": measures[metric.numerator].words,
        "denominator": measures[metric.denominator].words if metric.denominator else "",
        "dimensions": metrics.dimensions(metric.key).values(),
    }


@require_safe
def golden(request: PageRequest) -> HttpResponse:
    """The golden cases: two sample sources over the last two whole fiscal years, counted by the same engine."""
    year = fiscal_year_of(timezone.localdate()) - 1
    cases = [_case(source, year) for source in Source.objects.filter(is_sample=True)]
    return render(request, "metrics/golden.html", {"cases": cases, "year": year})


def _case(source: Source, year: int) -> dict[str, Any]:
    wish: dict[str, Any] = {
        "date_from": fiscal_year_start(year),
        "date_to": fiscal_year_end(year),
        "filters": {"source": source.code},
    }
    rows = metrics.evaluate(GOLDEN, compare=metrics.PREVIOUS_YEAR, **wish)
    return {
        "source": source,
        "figures": [
            figures.figure(row) | {"before_interval": figures.interval(row.before) if row.before else ""}
            for row in rows
        ],
        "sal": metrics.explain("sal_rate", **wish),
        "pipeline": metrics.explain("pipeline_per_mql", **wish),
    }
