"""Business time: when an answer is due, how much of its time is used. Pure.

Business hours are the open hours of a calendar (a team's hours without its holidays and absences). All arithmetic is
done in UTC, so a change of clocks inside an interval is counted by real time.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import accumulate
from typing import Protocol

AT_RISK_SHARE = 0.8
HOUR = timedelta(hours=1)
LONGEST_CLOSURE = 366


class Calendar(Protocol):
    """When a team is at work."""

    @property
    def zone(self) -> tzinfo:
        """The timezone its dates are in."""

    def open_intervals(self, day: date) -> Sequence[tuple[datetime, datetime]]:
        """The day's open intervals: aware, disjoint, in order; empty on a closed day."""


class NeverOpen(ValueError):
    """The calendar has no open hour within a year: no due can be set by it."""


def _open_days(calendar: Calendar, start: datetime) -> Iterator[tuple[date, Sequence[tuple[datetime, datetime]]]]:
    """The open days from start's own day on; raises NeverOpen after a year without any."""
    day, closed = start.astimezone(calendar.zone).date(), 0
    while closed <= LONGEST_CLOSURE:
        intervals = calendar.open_intervals(day)
        closed = 0 if intervals else closed + 1
        if intervals:
            yield day, intervals
        day += timedelta(days=1)
    raise NeverOpen(f"closed for a year from {start}")


def _stretches(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open intervals after start, the first cut at start, in UTC."""
    for _, intervals in _open_days(calendar, start):
        for opens, closes in intervals:
            begin, end = max(opens.astimezone(UTC), start), closes.astimezone(UTC)
            if begin < end:
                yield begin, end


def add_business_time(start: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The moment (UTC) when `span` of open time has passed since start; start itself for a zero span."""
    if span < timedelta(0):
        raise ValueError("a span of business time cannot be negative")
    start = start.astimezone(UTC)
    if not span:
        return start
    for begin, end in _stretches(calendar, start):
        if span <= end - begin:
            return begin + span
        span -= end - begin
    raise NeverOpen(f"closed from {start}")


def add_business_hours(start: datetime, hours: float, calendar: Calendar) -> datetime:
    """The moment (UTC) `hours` business hours after start."""
    return add_business_time(start, timedelta(hours=hours), calendar)


def business_time_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """The open time between two moments; zero when end is not after start."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta(0)
    if end <= start:
        return total
    day, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in calendar.open_intervals(day):
            total += max(min(closes.astimezone(UTC), end) - max(opens.astimezone(UTC), start), timedelta(0))
        day += timedelta(days=1)
    return total


def waiting_hours(
    start: datetime, end: datetime, pauses: Iterable[tuple[datetime, datetime]], calendar: Calendar
) -> float:
    """Business hours from start to end, the pauses in between not counted."""
    paused = sum((business_time_between(max(p, start), min(q, end), calendar) for p, q in pauses), timedelta(0))
    return (business_time_between(start, end, calendar) - paused) / HOUR


def add_business_days(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The same wall-clock time (as UTC) on the n-th open day after start's day; start itself for zero days."""
    if days < 0:
        raise ValueError("business days cannot be negative")
    local = start.astimezone(calendar.zone)
    if not days:
        return start.astimezone(UTC)
    open_days = (day for day, _ in _open_days(calendar, start) if day > local.date())
    for _ in range(days):
        day = next(open_days)
    return datetime.combine(day, local.timetz().replace(tzinfo=None), calendar.zone).astimezone(UTC)


def resumed_due(due_at: datetime, asked_at: datetime, answered_at: datetime, calendar: Calendar) -> datetime:
    """The due after a pause: what business time was left when the question came is left when it is answered."""
    left = business_time_between(asked_at, due_at, calendar)
    return max(due_at.astimezone(UTC), add_business_time(answered_at, left, calendar))


class Ledger:
    """A calendar's open hours up to any moment of a span: thousands of waits are measured by subtraction."""

    def __init__(self, calendar: Calendar, first: datetime, last: datetime) -> None:
        self.calendar = calendar
        self.start = first.astimezone(calendar.zone).date()
        days = (last.astimezone(calendar.zone).date() - self.start).days + 1
        opened = (calendar.open_intervals(self.start + timedelta(days=n)) for n in range(days))
        hours = (sum(((closes - opens) / HOUR for opens, closes in day), 0.0) for day in opened)
        self.before = [0.0, *accumulate(hours)]

    def between(self, start: datetime, end: datetime) -> float:
        """Business hours between two moments of the span; 0 when end is not after start."""
        return max(self._up_to(end) - self._up_to(start), 0.0)

    def _up_to(self, moment: datetime) -> float:
        day = moment.astimezone(self.calendar.zone).date()
        gone = (max(min(closes, moment) - opens, timedelta(0)) for opens, closes in self.calendar.open_intervals(day))
        return self.before[(day - self.start).days] + sum(gone, timedelta(0)) / HOUR


def at_risk_from(sent_at: datetime, due_at: datetime, calendar: Calendar, paused: timedelta = timedelta(0)) -> datetime:
    """The moment from which 80 % of the answer time is used. `paused`: business time not counted."""
    total = business_time_between(sent_at, due_at, calendar) - paused
    return add_business_time(sent_at, paused + AT_RISK_SHARE * total, calendar)


def is_at_risk(
    sent_at: datetime, due_at: datetime, now: datetime, calendar: Calendar, paused: timedelta = timedelta(0)
) -> bool:
    """Whether 80 % of the answer time is used and the due has not passed. `paused`: business time not counted."""
    return at_risk_from(sent_at, due_at, calendar, paused) <= now <= due_at
