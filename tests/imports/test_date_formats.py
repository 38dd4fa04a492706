"""Dates as files write them: read back as they were written, or refused; never another day."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import mapping, values
from imports.fields import Field
from imports.mapping import MappingError
from imports.values import ISO_DATES, Formats, Unusable

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
FULL_WIDTH = str.maketrans("0123456789-/.", "０１２３４５６７８９－／．")
TOKYO = ZoneInfo("Asia/Tokyo")


def formats(*dates: str) -> Formats:
    return mapping.parse({"dates": list(dates)}, kind="k", fields=(Field("on", values.day, ()),)).formats


@given(DAYS, st.sampled_from(ISO_DATES), st.booleans())
def test_a_day_is_read_back_as_it_was_written(day, written, wide):
    cell = day.strftime(written)
    assert values.day(cell.translate(FULL_WIDTH) if wide else cell, Formats()) == day


@given(DAYS, st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%d-%b-%Y", "%d %B %Y"]))
def test_a_day_in_a_format_told_is_that_day(day, written):
    assert values.day(day.strftime(written), formats(written)) == day


@given(DAYS)
def test_the_format_told_wins_over_any_other(day):
    assert values.day(day.strftime("%Y-%d-%m"), formats("%Y-%d-%m")) == day


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))
def test_a_moment_without_zone_is_the_wall_clock_of_the_file(moment):
    moment = moment.replace(microsecond=0)
    read = values.moment(f"{moment:%Y/%m/%d %H:%M:%S}", Formats(zone=TOKYO))
    assert (read.replace(tzinfo=None), read.tzinfo) == (moment, TOKYO)


@given(st.text("0123456789-/年月日:T+ ", min_size=4, max_size=16))
def test_anything_like_a_date_is_a_day_within_reach_or_refused(cell):
    with suppress(Unusable):
        assert values.day(cell, Formats()).year in values.YEARS


@pytest.mark.parametrize("zone", ["Z", "+09:00", "-05:30"])
def test_a_moment_with_a_zone_keeps_it(zone):
    told = datetime.fromisoformat(f"2026-04-01T00:30:00{zone}")
    assert values.moment(f"2026-04-01T00:30:00{zone}", Formats(zone=TOKYO)).astimezone(UTC) == told.astimezone(UTC)


def test_a_day_alone_begins_at_midnight():
    assert values.moment("2026-04-01", Formats(zone=TOKYO)).time() == time(0)


@pytest.mark.parametrize("written", ["%H:%M", "%m/%d", "%d. %B", "", "soon", "%Q", "%"])
def test_a_format_that_names_no_year_is_no_date_format(written):
    with pytest.raises(MappingError, match="is no date format"):
        formats(written)


@pytest.mark.parametrize("cell", ["2024-13-01", "2023-02-29", "2024-04-31", "2024/0/1", "令和6年3月31日", "2024-03"])
def test_a_day_that_does_not_exist_is_refused(cell):
    with pytest.raises(Unusable):
        values.day(cell, Formats())
