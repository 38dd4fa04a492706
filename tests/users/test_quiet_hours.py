"""Quiet hours: nothing is sent inside them; what came up leaves when they end."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.quiet_hours import next_open

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = (time(20), time(7))
NOON = (time(12), time(13))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("moment", "quiet", "leaves"),
    [
        (at(18, 19, 59), NIGHT, at(18, 19, 59)),
        (at(18, 20), NIGHT, at(19, 7)),
        (at(19, 0, 30), NIGHT, at(19, 7)),
        (at(19, 6, 59), NIGHT, at(19, 7)),
        (at(19, 7), NIGHT, at(19, 7)),
        (at(19, 12, 30), NOON, at(19, 13)),
        (at(19, 13), NOON, at(19, 13)),
        (at(19, 3), None, at(19, 3)),
        (at(19, 8), (time(8), time(8)), at(19, 8)),
    ],
)
def test_what_comes_up_in_quiet_hours_waits_for_their_end(moment, quiet, leaves):
    assert next_open(moment, quiet, TOKYO) == leaves


def test_the_hours_are_those_of_the_users_own_clock():
    moment = datetime(2026, 11, 18, 21, tzinfo=UTC)  # 22:00 in Berlin, 6:00 in Tokyo
    assert next_open(moment, NIGHT, BERLIN) == datetime(2026, 11, 19, 6, tzinfo=UTC)


def test_the_night_in_which_clocks_change_ends_by_the_wall_clock():
    moment = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight in Berlin, the hour from 2 to 3 comes twice
    assert next_open(moment, NIGHT, BERLIN) == datetime(2026, 10, 25, 6, tzinfo=UTC)


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    quiet=st.tuples(st.times(), st.times()),
)
def test_nothing_leaves_early_nor_later_than_a_day_and_never_in_quiet_hours(moment, quiet):
    leaves = next_open(moment, quiet, TOKYO)
    assert moment <= leaves <= moment + timedelta(days=1)
    assert next_open(leaves, quiet, TOKYO) == leaves
