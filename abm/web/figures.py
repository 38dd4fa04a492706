"""Metric rows as pages show them: figures, bars and points that open the very rows they count."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from abm.web import charts, formats
from abm.web.templatetags.abm_format import change_ink
from funnel.measures import Row, Unit

LESS_IS_BETTER = frozenset(
    {"ignore_rate", "ignore_rate_broad", "reject_rate", "ghost_rate", "never_answered_rate", "recall_rate"}
)


def link(row: Row, part: str = "numerator") -> str:
    """The address of the rows a number counts."""
    params = {name: value for name, value in row.link.items() if name != "metric"}
    return f"{reverse('rows', args=[row.metric.key])}?{urlencode({**params, 'part': part})}"


def value(row: Row) -> str:
    """The number as read."""
    if row.metric.unit == Unit.RATE:
        return formats.rate(row.value)
    if row.metric.unit == Unit.MONEY:
        return formats.money(row.value, row.currency) if row.value is not None else formats.NOTHING
    places = 1 if row.metric.unit in (Unit.DAYS, Unit.HOURS) else 0
    return formats.NOTHING if row.value is None else formats.rounded(row.value, places)


def figure(row: Row, note: str = "") -> dict[str, Any]:
    """What components/figure.html draws for one row, with last year's where it was compared."""
    rate = row.interval if row.metric.unit == Unit.RATE else None
    before = row.before.value if row.before else None
    return {
        "name": row.metric.label,
        "value": value(row),
        "href": link(row),
        "change": formats.points(row.difference) if rate and row.difference is not None else "",
        "ink": change_ink(row.difference, "down" if row.metric.key in LESS_IS_BETTER else "up"),
        "interval": interval(row),
        "n": row.denominator,
        "above": row.numerator if rate else None,
        "below_href": link(row, "denominator") if row.denominator is not None else "",
        "whisker": charts.whisker(row.value, rate.low, rate.high, before) if rate and row.value is not None else None,
        "note": note,
        "definition_url": f"{reverse('metrics')}#{row.metric.key}",
        "before": value(row.before) if row.before else "",
        "is_small": row.is_small,
    }


def interval(row: Row) -> str:
    """59.0–65.0, in percent; empty where there is none."""
    if not row.interval:
        return ""
    low, high = row.interval
    return f"{100 * low:.1f}–{100 * high:.1f}"


def bar(row: Row, ink: str = "", note: str = "", note_href: str = "") -> charts.Item:
    """A count as a bar."""
    return charts.Item(str(row.metric.label), float(row.value or 0), value(row), link(row), note, note_href, ink)


def share(label: str, part: float, ink: str = "") -> charts.Item:
    """A part of a difference, in points."""
    return charts.Item(label, 100 * part, formats.points(part), ink=ink)


def point(row: Row, dimension: str) -> charts.Point:
    """One month of a trend."""
    low, high = row.interval or (None, None)
    return charts.Point(row.labels[dimension], row.value, value(row), low, high, link(row))
