"""Calendars as administrators store them: what can be read is kept, what cannot is refused with a reason."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from users.calendars import parse_hours
from users.models import BusinessCalendar

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
TIMES = st.times(time(0), time(23, 59)).map(lambda moment: moment.replace(second=0, microsecond=0))


def stored(**changes: object) -> BusinessCalendar:
    return BusinessCalendar(name="Night shift", **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"time_zone": "Asia/Edo"},
        {"weekdays": [7]},
        {"weekdays": []},
        {"hours": []},
        {"weekdays": 5},
        {"weekdays": None},
        {"hours": [["18:00", "09:00"]]},
        {"hours": [["09:00"]]},
        {"hours": [["９時", "18:00"]]},
        {"hours": [["09:00", "09:00"]]},
        {"hours": 8},
        {"closed_days": ["2026-02-30"]},
        {"closed_days": ["13-01"]},
        {"closed_days": [20261229]},
        {"open_days": ["12-29"]},
        {"holidays_country": "XX"},
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused(changes):
    with pytest.raises(ValidationError, match="This calendar cannot be read"):
        stored(**changes).clean()


@pytest.mark.parametrize("changes", [{}, {"holidays_country": ""}, {"closed_days": ["02-29"]}, {"time_zone": "UTC"}])
def test_a_calendar_that_can_be_read_is_taken(changes):
    stored(**changes).clean()


@given(st.lists(TIMES, unique=True, max_size=8).map(sorted))
def test_hours_are_read_back_as_they_were_written(moments):
    pairs = list(zip(moments[::2], moments[1::2], strict=False))
    assert parse_hours([[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in pairs]) == tuple(pairs)


@given(DAYS)
def test_a_closed_day_is_closed_whatever_else_is_said(day):
    calendar = stored(closed_days=[day.isoformat()], open_days=[day.isoformat()], weekdays=list(range(7)))
    assert calendar.as_rule().open_intervals(day) == []


@given(DAYS)
def test_an_open_day_is_open_on_any_weekday_and_holiday(day):
    rule = stored(open_days=[day.isoformat()], weekdays=[]).as_rule()
    assert [(start.time(), end.time()) for start, end in rule.open_intervals(day)] == [
        (time(9), time(12)), (time(13), time(18))
    ]  # fmt: skip


@given(DAYS)
def test_a_yearly_closure_closes_that_day_of_every_year(day):
    rule = stored(closed_days=[f"{day:%m-%d}"], weekdays=list(range(7)), holidays_country="").as_rule()
    assert not rule.is_open_on(day)
    assert rule.is_open_on(date.fromordinal(day.toordinal() + 1))
