"""When things happen: office moments, monthly ups and downs, business time forwards and backwards. Pure."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random

from funnel import clocks
from users.calendars import BusinessCalendar

CALENDAR = BusinessCalendar()
MONTHS = {1: 0.9, 2: 1.1, 3: 0.8, 4: 0.8, 5: 0.9, 6: 1.2, 7: 1.1, 8: 0.7, 9: 1.2, 10: 1.3, 11: 1.2, 12: 0.8}
FIRST_HOUR, OFFICE_MINUTES = 9, 480
DAY = timedelta(days=1)


def working_days(first: date, last: date) -> list[date]:
    """The open days from first to last, both included."""
    span = (last - first).days + 1
    return [day for day in (first + timedelta(days=n) for n in range(span)) if CALENDAR.is_open_on(day)]


def office_moment(day: date, rng: Random) -> datetime:
    """A moment in the office hours of an open day."""
    minute = rng.randrange(OFFICE_MINUTES)
    opens = datetime(day.year, day.month, day.day, FIRST_HOUR, tzinfo=CALENDAR.zone)
    lunch = timedelta(hours=1) if minute >= OFFICE_MINUTES * 3 // 8 else timedelta(0)
    return (opens + timedelta(minutes=minute, seconds=rng.randrange(60)) + lunch).astimezone(UTC)


def moments(first: date, last: date, count: int, rng: Random) -> list[datetime]:
    """`count` office moments in the period, in order, more of them in busy months."""
    days = working_days(first, last)
    if not days:
        return []
    chosen = rng.choices(days, [MONTHS[day.month] for day in days], k=count)
    return sorted(office_moment(day, rng) for day in chosen)


@lru_cache(maxsize=4096)
def _opening(day: date) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((start.astimezone(UTC), end.astimezone(UTC)) for start, end in CALENDAR.open_intervals(day))


def later(start: datetime, hours: float) -> datetime:
    """The moment so many business hours after start."""
    return clocks.add_business_hours(start, hours, _Cached())


def earlier(end: datetime, hours: float) -> datetime:
    """The moment so many business hours before end: from it, `later` leads back to the last open moment by end."""
    left, day = timedelta(hours=hours), end.astimezone(CALENDAR.zone).date()
    while True:
        for opens, closes in reversed(_opening(day)):
            closes = min(closes, end)
            if closes > opens:
                if left <= closes - opens:
                    return closes - left
                left -= closes - opens
        day -= DAY


def days_later(start: datetime, days: float, rng: Random) -> datetime:
    """An office moment about so many days after start, and after it in any case."""
    day = (start + timedelta(days=days)).astimezone(CALENDAR.zone).date()
    while not CALENDAR.is_open_on(day):
        day += DAY
    return max(office_moment(day, rng), later(start, 0.25))


class _Cached:
    """The calendar with its days remembered: history asks for the same days thousands of times."""

    zone = CALENDAR.zone

    @staticmethod
    def open_intervals(day: date) -> tuple[tuple[datetime, datetime], ...]:
        return _opening(day)
