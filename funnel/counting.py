"""Counting a subject that is a table: one grouped query for all measures asked of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, QuerySet

from funnel.measures import CURRENCY, Measure, Metric, Row, Terms, Unit, make_row
from funnel.slices import NOTHING, Dimension, Member, find_dimension


def count_rows(measure: Measure, key: str, terms: Terms) -> Aggregate:
    """How many rows the measure's condition holds for."""
    return Count("pk", filter=measure.where(terms))


@dataclass(frozen=True)
class Table:
    """A subject over a queryset. `base` gives the rows all measures choose from, before any filter.

    `count` turns a measure into an aggregate: rows are counted, stored counts are summed.
    """

    key: str
    base: Callable[[Terms, Any], QuerySet[Any]]
    measures: Mapping[str, Measure]
    dimensions: Mapping[str, Dimension]
    count: Callable[[Measure, str, Terms], Aggregate] = count_rows

    def tally(self, metrics: Sequence[Metric], by: Sequence[str], terms: Terms, viewer: Any) -> list[Row]:
        """One query for what has no currency, one for money, which is never added up across currencies."""
        plain = [metric for metric in metrics if metric.unit != Unit.MONEY]
        money = [metric for metric in metrics if metric.unit == Unit.MONEY]
        rows = self._tally(plain, tuple(by), terms, viewer) if plain else []
        if money:
            rows += self._tally(money, (*[name for name in by if name != CURRENCY], CURRENCY), terms, viewer)
        return rows

    def rows(self, measure: str, terms: Terms, viewer: Any) -> QuerySet[Any]:
        """The very rows the measure counts."""
        return self.chosen(terms, viewer).filter(self.measures[measure].where(terms))

    def chosen(self, terms: Terms, viewer: Any) -> QuerySet[Any]:
        """The base rows that pass the filters.

        Raises:
            UnknownSlice: when a filter's dimension or code does not exist.
        """
        rows = self.base(terms, viewer)
        for name, code in terms.filters.items():
            rows = self.dimension(name).narrow(rows, code)
        return rows

    def dimension(self, name: str) -> Dimension:
        """The dimension of that name.

        Raises:
            UnknownSlice: when this subject has none; names those it has.
        """
        return find_dimension(self.dimensions, name)

    def _tally(self, metrics: Sequence[Metric], by: tuple[str, ...], terms: Terms, viewer: Any) -> list[Row]:
        lines = self._lines(self._aggregates(metrics, terms), by, terms, viewer)
        members = {name: self.dimension(name).members({line[f"by_{name}"] for line in lines}) for name in by}
        slices = [({name: members[name][line[f"by_{name}"]] for name in by}, line) for line in lines]
        slices.sort(key=lambda pair: [(member.code == NOTHING, member.label) for member in pair[0].values()])
        return [_row(metric, place, line, terms) for metric in metrics for place, line in slices]

    def _lines(
        self, wanted: dict[str, Aggregate], by: tuple[str, ...], terms: Terms, viewer: Any
    ) -> list[dict[str, Any]]:
        """The grouped query, without slices in which nothing is counted; without dimensions, one line of totals."""
        chosen = self.chosen(terms, viewer).order_by()
        if not by:
            return [chosen.aggregate(**wanted)]
        groups = {f"by_{name}": self.dimension(name).expression for name in by}
        counts = [name for name in wanted if name.startswith("n_")]
        lines = chosen.values(**groups).annotate(**wanted)
        return [line for line in lines if any(line[name] for name in counts)]

    def _aggregates(self, metrics: Sequence[Metric], terms: Terms) -> dict[str, Aggregate]:
        keys = {key for metric in metrics for key in (metric.numerator, metric.denominator) if key}
        counts = {f"n_{key}": self.count(self.measures[key], key, terms) for key in sorted(keys)}
        statistics = {
            f"v_{metric.key}": metric.statistic(self.measures[metric.numerator].where(terms))
            for metric in metrics
            if metric.statistic
        }
        return counts | statistics


def _row(metric: Metric, members: Mapping[str, Member], line: Mapping[str, Any], terms: Terms) -> Row:
    """One metric out of one line of the grouped query."""
    below = line[f"n_{metric.denominator}"] or 0 if metric.denominator else None
    statistic = line[f"v_{metric.key}"] if metric.statistic else None
    return make_row(
        metric, members, terms, numerator=line[f"n_{metric.numerator}"] or 0, denominator=below, statistic=statistic
    )
