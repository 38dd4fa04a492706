"""A team's business calendar: weekdays and hours, public holidays by library, own closed and open days. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import holidays

MONDAY_TO_FRIDAY = frozenset(range(5))
USUAL_HOURS = ((time(9), time(12)), (time(13), time(18)))

Hours = tuple[tuple[time, time], ...]


@lru_cache(maxsize=32)
def _public_holidays(country: str) -> holidays.HolidayBase:
    """The country's public holidays; years are worked out when first asked for."""
    return holidays.country_holidays(country)


@cache
def _known_zones() -> frozenset[str]:
    """Asking reads the whole timezone folder: dear, where every act on a lead reads a calendar."""
    return frozenset(available_timezones())


@cache
def _known_countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries())


def parse_hours(pairs: Iterable[Sequence[str]]) -> Hours:
    """[["09:00", "12:00"], …] as times. Raises ValueError when a pair ends before it starts or two overlap."""
    hours = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs)
    moments = [moment for pair in hours for moment in pair]
    if moments != sorted(moments) or any(start == end for start, end in hours):
        raise ValueError("working hours must follow one another")
    return hours


def _month_day(text: str) -> tuple[int, int]:
    day = date.fromisoformat(f"2024-{text}")  # a leap year, so that 29 February can be named
    return day.month, day.day


@dataclass(frozen=True)
class BusinessCalendar:
    """When a team works. Weekdays: Monday is 0. `holidays_country`: ISO code of the public holidays, or "".

    `closed_days` (a company's own holidays, one person's absence) win over `open_days`, which win over weekends and
    public holidays. `closed_every_year`: (month, day), for a yearly closure such as 29 December to 3 January.
    """

    time_zone: str = "Asia/Tokyo"
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    hours: Hours = USUAL_HOURS
    holidays_country: str = "JP"
    closed_days: frozenset[date] = frozenset()
    open_days: frozenset[date] = frozenset()
    closed_every_year: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The timezone the hours are in."""
        return ZoneInfo(self.time_zone)

    def is_open_on(self, day: date) -> bool:
        """Whether the team works at all on that day."""
        if day in self.closed_days:
            return False
        if day in self.open_days:
            return True
        if day.weekday() not in self.weekdays or (day.month, day.day) in self.closed_every_year:
            return False
        return not self.holidays_country or day not in _public_holidays(self.holidays_country)

    def open_intervals(self, day: date) -> list[tuple[datetime, datetime]]:
        """The day's working hours, aware, in order; empty on a closed day."""
        if not self.is_open_on(day):
            return []
        at = datetime.combine
        return [(at(day, start, self.zone), at(day, end, self.zone)) for start, end in self.hours]

    def without(self, absent: Iterable[date]) -> "BusinessCalendar":
        """The same calendar for someone who is away on these days."""
        return replace(self, closed_days=self.closed_days | frozenset(absent))

    @classmethod
    def from_settings(
        cls,
        *,
        time_zone: str,
        weekdays: Iterable[int],
        hours: Hours,
        holidays_country: str,
        closed_days: Iterable[str],
        open_days: Iterable[str],
    ) -> "BusinessCalendar":
        """From stored values. A closed day is `2026-12-29`, or `12-29` for every year. Raises ValueError."""
        closed = list(closed_days)
        calendar = cls(
            time_zone=time_zone,
            weekdays=frozenset(weekdays),
            hours=hours,
            holidays_country=holidays_country,
            closed_days=frozenset(date.fromisoformat(day) for day in closed if len(day) > len("MM-DD")),
            open_days=frozenset(date.fromisoformat(day) for day in open_days),
            closed_every_year=frozenset(_month_day(day) for day in closed if len(day) <= len("MM-DD")),
        )
        calendar.check()
        return calendar

    def check(self) -> None:
        """Raises ValueError for an unknown timezone, weekday or country."""
        if self.time_zone not in _known_zones():
            raise ValueError(f"unknown time zone {self.time_zone}")
        if not self.hours or not (self.weekdays or self.open_days):
            raise ValueError("nobody ever works: give weekdays and hours")
        if not self.weekdays <= frozenset(range(7)):
            raise ValueError("weekdays are 0 (Monday) to 6")
        if self.holidays_country and self.holidays_country not in _known_countries():
            raise ValueError(f"no holidays known for {self.holidays_country}")
