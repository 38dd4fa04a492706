"""Which days and hours a team works."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from users.calendars import BusinessCalendar, parse_hours

JST = ZoneInfo("Asia/Tokyo")
TOKYO = BusinessCalendar()


def from_settings(**changes: object) -> BusinessCalendar:
    settings = {
        "time_zone": "Asia/Tokyo",
        "weekdays": [0, 1, 2, 3, 4],
        "hours": parse_hours([["09:00", "17:00"]]),
        "holidays_country": "JP",
        "closed_days": [],
        "open_days": [],
    }
    return BusinessCalendar.from_settings(**(settings | changes))


def test_a_usual_day_has_a_morning_and_an_afternoon():
    day = date(2026, 11, 24)
    assert TOKYO.open_intervals(day) == [
        (datetime(2026, 11, 24, 9, tzinfo=JST), datetime(2026, 11, 24, 12, tzinfo=JST)),
        (datetime(2026, 11, 24, 13, tzinfo=JST), datetime(2026, 11, 24, 18, tzinfo=JST)),
    ]


def test_weekends_are_closed():
    assert TOKYO.open_intervals(date(2026, 11, 21)) == []
    assert TOKYO.open_intervals(date(2026, 11, 22)) == []


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 29),  # Showa Day
        date(2026, 5, 4),
        date(2026, 5, 5),
        date(2026, 5, 6),  # the substitute for Constitution Day, a Sunday
        date(2026, 9, 22),  # a citizens' holiday between two holidays
        date(2026, 11, 23),
        date(2027, 1, 1),
    ],
)
def test_japanese_public_holidays_are_closed(day):
    assert not TOKYO.is_open_on(day)


def test_the_days_between_golden_week_holidays_are_open():
    assert TOKYO.is_open_on(date(2026, 4, 30))
    assert TOKYO.is_open_on(date(2026, 5, 1))
    assert TOKYO.is_open_on(date(2026, 5, 7))


def test_a_leap_day_is_a_day_like_any_other():
    assert TOKYO.is_open_on(date(2028, 2, 29))


def test_no_country_means_no_holidays():
    assert BusinessCalendar(holidays_country="").is_open_on(date(2026, 11, 23))


def test_own_closed_and_open_days():
    calendar = from_settings(closed_days=["2026-11-24"], open_days=["2026-11-23", "2026-11-28"])
    assert not calendar.is_open_on(date(2026, 11, 24))
    assert calendar.is_open_on(date(2026, 11, 23))
    assert calendar.is_open_on(date(2026, 11, 28))


def test_a_closed_day_wins_over_an_open_day():
    calendar = from_settings(closed_days=["2026-11-28"], open_days=["2026-11-28"])
    assert not calendar.is_open_on(date(2026, 11, 28))


def test_a_yearly_closure_is_named_without_a_year():
    calendar = from_settings(closed_days=["12-29", "12-30", "12-31", "01-02", "01-03"])
    assert not calendar.is_open_on(date(2026, 12, 29))
    assert not calendar.is_open_on(date(2025, 1, 2))
    assert calendar.is_open_on(date(2026, 12, 28))


def test_a_yearly_closure_may_be_the_leap_day():
    assert not from_settings(closed_days=["02-29"]).is_open_on(date(2028, 2, 29))


def test_absence_closes_days_for_one_person_only():
    away = TOKYO.without([date(2026, 11, 24)])
    assert not away.is_open_on(date(2026, 11, 24))
    assert TOKYO.is_open_on(date(2026, 11, 24))


def test_stored_settings_give_the_same_calendar_as_the_defaults():
    stored = from_settings(hours=parse_hours([["09:00", "12:00"], ["13:00", "18:00"]]))
    assert stored == TOKYO


def test_hours_are_read_from_text():
    assert parse_hours([["08:30", "12:00"]]) == ((time(8, 30), time(12)),)


@pytest.mark.parametrize("hours", ["12:00-09:00", "09:00-13:00 12:00-18:00", "09:00-09:00"])
def test_hours_that_overlap_or_run_backwards_are_refused(hours):
    with pytest.raises(ValueError, match="follow one another"):
        parse_hours([pair.split("-") for pair in hours.split()])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"time_zone": "Asia/Nowhere"}, "time zone"),
        ({"weekdays": [7]}, "weekdays"),
        ({"holidays_country": "XX"}, "holidays"),
        ({"closed_days": ["2026-02-30"]}, "day"),
        ({"closed_days": ["13-01"]}, "month"),
        ({"open_days": ["tomorrow"]}, "isoformat"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(change, why):
    with pytest.raises(ValueError, match=why):
        from_settings(**change)
