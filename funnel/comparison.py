"""This year against last, at equal maturity; and what a difference is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from funnel.cohorts import LEADS
from funnel.measures import Metric, Row, Terms, Unit, make_row
from funnel.slices import NOTHING, Member, fiscal_year_of, fiscal_year_start
from funnel.statistics import Shapley, Split, difference_test, kitagawa, shapley_two

SEGMENTS = ("on_list", "tier", "existing", "source")
"""Who was counted: the slices between which mix and behaviour are told apart."""


@dataclass(frozen=True)
class Parts:
    """What a rate's difference is made of: who was counted and how they fared; for pipeline per MQL also SAL and
    conversion. All are fractions of 1 that add up to the difference."""

    split: Split
    shapley: Shapley | None


def tally(metrics: Sequence[Metric], by: Sequence[str], terms: Terms, viewer: Any) -> list[Row]:
    """The metrics' rows, in the order asked; metrics of one subject are counted together."""
    found: dict[str, list[Row]] = {metric.key: [] for metric in metrics}
    for subject in {metric.subject.key: metric.subject for metric in metrics}.values():
        for row in subject.tally([m for m in metrics if m.subject.key == subject.key], by, terms, viewer):
            found[row.metric.key].append(row)
    return [row for rows in found.values() for row in rows]


def two_years(terms: Terms) -> tuple[Terms, Terms]:
    """The same terms for last year and this: as many elapsed fiscal days, every lead seen at the same age.

    Without a period it is the fiscal year so far. A comparison spans a year at most; the 366th day of a leap year
    has no counterpart and is left out.
    """
    start = terms.start or fiscal_year_start(fiscal_year_of(terms.to or terms.today))
    year = fiscal_year_of(start)
    shift = fiscal_year_start(year) - fiscal_year_start(year - 1)
    last = min(terms.to or terms.today, terms.today, start + shift - timedelta(days=1))
    this = replace(terms, start=start, to=max(last, start))
    return replace(this, as_of=this.as_of - shift, start=start - shift, to=max(last, start) - shift), this


def year_on_year(metrics: Sequence[Metric], by: Sequence[str], terms: Terms, viewer: Any) -> list[Row]:
    """This year's rows, each with last year's of the same slice and a test of the difference."""
    before, this = two_years(terms)
    past = {_place(row, a_year_on=True): row for row in tally(metrics, by, before, viewer)}
    now = {_place(row): row for row in tally(metrics, by, this, viewer)}
    rows = [*now.values(), *(_gone(row, place, this) for place, row in past.items() if place not in now)]
    order = [metric.key for metric in metrics]
    rows.sort(key=lambda row: order.index(row.metric.key))
    return [_compared(row, past.get(_place(row))) for row in rows]


def parts(metric: Metric, terms: Terms, viewer: Any) -> Parts | None:
    """What the year-on-year difference of a lead rate is made of; None where it cannot be told apart."""
    if metric.unit != Unit.RATE or metric.subject.key != LEADS.key:
        return None
    before, after = (_segments(metric, year, viewer) for year in two_years(terms))
    if not sum(n for _, n in before.values()) or not sum(n for _, n in after.values()):
        return None
    return Parts(kitagawa(before, after), _pipeline_parts(terms, viewer) if metric.key == "pipeline_per_mql" else None)


def _segments(metric: Metric, terms: Terms, viewer: Any) -> dict[Any, tuple[int, int]]:
    rows = metric.subject.tally([metric], SEGMENTS, terms, viewer)
    return {tuple(row.slice.values()): (row.numerator, row.denominator or 0) for row in rows}


def _pipeline_parts(terms: Terms, viewer: Any) -> Shapley | None:
    """Pipeline per MQL is SAL rate × pipeline per SAL: how much of its change each of them brought."""
    factors = []
    for year in two_years(terms):
        counts = {name: LEADS.rows(name, year, viewer).count() for name in _FACTORS}
        factors.append((_ratio(counts, "accepted", "matured"), _ratio(counts, "accepted_pipeline", "accepted")))
    (s0, c0), (s1, c1) = factors
    return shapley_two(s0, c0, s1, c1)


_FACTORS = ("matured", "accepted", "accepted_pipeline")


def _ratio(counts: dict[str, int], above: str, below: str) -> float:
    return counts[above] / counts[below] if counts[below] else 0.0


def _place(row: Row, *, a_year_on: bool = False) -> tuple[str, ...]:
    dimensions = row.metric.subject.dimensions
    codes = (dimensions[name].a_year_on(code) if a_year_on else code for name, code in row.slice.items())
    return (row.metric.key, *codes)


def _gone(row: Row, place: tuple[str, ...], terms: Terms) -> Row:
    """An empty row of this year, for a slice that only last year had."""
    members = {name: _moved(row, name, code) for name, code in zip(row.slice, place[1:], strict=True)}
    below = None if row.denominator is None else 0
    return make_row(row.metric, members, terms, numerator=0, denominator=below)


def _moved(row: Row, name: str, code: str) -> Member:
    if code == row.slice[name] or code == NOTHING:
        return Member(code, row.labels[name])
    dimension = row.metric.subject.dimensions[name]
    return dimension.members([dimension.value(code)])[dimension.value(code)]


def _compared(row: Row, before: Row | None) -> Row:
    if before is None:
        return row
    test = None
    if row.metric.unit == Unit.RATE and row.denominator and before.denominator:
        test = difference_test(before.numerator, before.denominator, row.numerator, row.denominator)
    return replace(row, before=before, test=test)
