"""What a metric is made of: subjects, measures, metrics, the terms they are asked at and the rows they give."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Aggregate, Q
from django.utils import timezone

from funnel.statistics import SMALL_N, Interval, RateTest, wilson

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from funnel.slices import Dimension, Member

CURRENCY = "currency"
"""The dimension that money is always sliced by."""
DEFAULT_K = 30
"""Days after hand-over within which an acceptance or a pipeline entry counts, unless asked otherwise."""


class Unit(StrEnum):
    """What a metric's value is: a fraction of 1, a number of rows, an amount of one currency, days, business hours."""

    RATE = "rate"
    COUNT = "count"
    MONEY = "money"
    DAYS = "days"
    HOURS = "hours"


class Section(StrEnum):
    """The chapters of the metric dictionary, in its order."""

    HAND_OVER = "hand_over"
    BEHAVIOUR = "behaviour"
    MARKETING = "marketing"
    OUTCOME = "outcome"
    FEEDBACK = "feedback"
    DEALS = "deals"
    SURFACE = "surface"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What one evaluation is asked at: nothing after `as_of` exists; `to` is the period's last day, included."""

    as_of: datetime
    k: int = DEFAULT_K
    start: date | None = None
    to: date | None = None
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of `as_of` in the time zone of the installation."""
        return timezone.localtime(self.as_of).date()

    def moments(self, name: str) -> Q:
        """The datetime `name` lies in the period and is not later than `as_of`."""
        found = Q(**{f"{name}__lte": self.as_of})
        if self.start:
            found &= Q(**{f"{name}__gte": midnight(self.start)})
        return found & Q(**{f"{name}__lt": midnight(self.to + timedelta(days=1))}) if self.to else found

    def days(self, name: str) -> Q:
        """The date `name` lies in the period and is not later than the day of `as_of`."""
        found = Q(**{f"{name}__lte": min(self.to, self.today) if self.to else self.today})
        return found & Q(**{f"{name}__gte": self.start}) if self.start else found


@dataclass(frozen=True)
class Measure:
    """A set of rows of one subject, as a condition; live evaluation and the rollup both count by it."""

    words: "_StrPromise"
    where: Callable[[Terms], Q]


class Subject(Protocol):
    """What is counted: leads, deals, cells of the surface."""

    @property
    def key(self) -> str:
        """Its name."""

    @property
    def measures(self) -> Mapping[str, Measure]:
        """What can be counted, by name."""

    @property
    def dimensions(self) -> Mapping[str, "Dimension"]:
        """What it can be sliced by, by name."""

    def tally(self, metrics: Sequence["Metric"], by: Sequence[str], terms: Terms, viewer: Any) -> "list[Row]":
        """The metrics' values per slice, as `viewer` may see them (None sees all)."""

    def rows(self, measure: str, terms: Terms, viewer: Any) -> Any:
        """The very rows the measure counts."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number, defined once: `numerator` (and for a rate `denominator`) name measures of its subject.

    Money and days have a `statistic`, which is taken over the numerator's rows. Hours have a `share`: by when so
    many of the denominator's rows had their event (Kaplan–Meier).
    """

    key: str
    label: "_StrPromise"
    definition: "_StrPromise"
    section: Section
    subject: Subject
    unit: Unit
    numerator: str
    denominator: str | None = None
    statistic: Callable[[Q], Aggregate] | None = None
    share: float | None = None

    def part(self, name: str) -> str:
        """The name of the measure that stands above (`numerator`) or below (`denominator`) the line.

        Raises:
            KeyError: when the metric has no such part.
        """
        key = {"numerator": self.numerator, "denominator": self.denominator}[name]
        if key is None:
            raise KeyError(name)
        return key


@dataclass(frozen=True, kw_only=True)
class Row:
    """One metric of one slice. `value` is None where nothing stands below the line.

    `slice` maps each dimension to its code (fit for a filter), `labels` to what people read.
    `link` holds what `metrics.rows` needs to find the very rows counted.
    """

    metric: Metric
    slice: Mapping[str, str]
    labels: Mapping[str, str]
    value: Any
    numerator: int
    denominator: int | None = None
    interval: Interval | None = None
    currency: str = ""
    link: Mapping[str, str] = field(default_factory=dict)
    before: "Row | None" = None
    test: RateTest | None = None

    @property
    def difference(self) -> Any:
        """The value less the value of the year before, where both are known."""
        if self.before is None or self.before.value is None or self.value is None:
            return None
        return self.value - self.before.value

    @property
    def is_small(self) -> bool:
        """Whether a rate stands on so few rows, in either year, that it must be said."""
        counted = [row.denominator for row in (self, self.before) if row and row.denominator is not None]
        return any(n < SMALL_N for n in counted)


def midnight(day: date) -> datetime:
    """The day's first moment in the time zone of the installation."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def params(terms: Terms) -> dict[str, str]:
    """The terms as the query parameters pages, API and commands share."""
    found = {"as_of": terms.as_of.isoformat(), "k": str(terms.k), **terms.filters}
    dates = {"from": terms.start, "to": terms.to}
    return found | {name: day.isoformat() for name, day in dates.items() if day}


def make_row(
    metric: Metric,
    members: Mapping[str, "Member"],
    terms: Terms,
    *,
    numerator: int,
    denominator: int | None = None,
    statistic: Any = None,
) -> Row:
    """A row out of what was counted: a rate with its interval, a count, or a statistic."""
    is_rate = metric.unit == Unit.RATE
    value = statistic if metric.statistic or metric.share else numerator
    codes = {name: member.code for name, member in members.items()}
    return Row(
        metric=metric,
        slice=codes,
        labels={name: member.label for name, member in members.items()},
        value=(numerator / denominator if denominator else None) if is_rate else in_days(value),
        numerator=numerator,
        denominator=denominator,
        interval=wilson(numerator, denominator or 0) if is_rate else None,
        currency=codes.get(CURRENCY, ""),
        link={"metric": metric.key, **params(terms), **codes},
    )


def in_days(value: Any) -> Any:
    """A span of time as a number of days; anything else as it is."""
    return value / timedelta(days=1) if isinstance(value, timedelta) else value
