"""Cells → values, and what is said when that fails."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from imports import values
from imports.values import Formats, Unusable

PLAIN = Formats()
EUROPEAN = Formats(decimal=",", thousands=".")


@pytest.mark.parametrize(
    ("cell", "formats", "meant"),
    [
        ("2024-03-31", PLAIN, date(2024, 3, 31)),
        ("2024/3/31", PLAIN, date(2024, 3, 31)),
        ("２０２４年３月３１日", PLAIN, date(2024, 3, 31)),
        ("20240331", PLAIN, date(2024, 3, 31)),
        ("2024-03-31T23:30:00+09:00", PLAIN, date(2024, 3, 31)),
        ("31-03-24", Formats(dates=("%d-%m-%y",)), date(2024, 3, 31)),
        ("3/31/2024", Formats(dates=("%d-%m-%y", "%m/%d/%Y")), date(2024, 3, 31)),
        ("03/31/24 08:55 PM", Formats(dates=("%m/%d/%y %I:%M %p",)), date(2024, 3, 31)),
    ],
)
def test_dates_are_read_as_the_file_writes_them(cell, formats, meant):
    assert values.day(cell, formats) == meant


@pytest.mark.parametrize("cell", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_day_nobody_meant_is_no_day(cell):
    with pytest.raises(Unusable, match="too far away"):
        values.day(cell, PLAIN)


@pytest.mark.parametrize(("cell", "code"), [("usd", "USD"), ("円", "JPY"), ("￥", "JPY"), ("＄", "USD")])
def test_currencies_are_known_by_code_or_sign(cell, code):
    assert values.currency(cell, PLAIN) == code


@pytest.mark.parametrize("cell", ["31-03-24", "3/31/2024", "2024-02-30", "soon", "45382"])
def test_a_date_that_could_mean_two_days_is_not_guessed(cell):
    with pytest.raises(Unusable, match="choose how this file writes dates"):
        values.day(cell, PLAIN)


def test_a_time_without_zone_is_in_the_files_zone():
    tokyo = Formats(zone=ZoneInfo("Asia/Tokyo"))
    assert values.moment("2024-03-31 09:00", tokyo) == datetime(2024, 3, 31, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "formats", "meant"),
    [
        ("1234.5", PLAIN, "1234.50"),
        ("1,234,567", PLAIN, "1234567.00"),
        ("￥１，２３４", PLAIN, "1234.00"),
        ("▲500", PLAIN, "-500.00"),
        ("1.234,5", EUROPEAN, "1234.50"),
    ],
)
def test_numbers_are_read_as_the_file_writes_them(cell, formats, meant):
    assert values.amount(cell, formats) == Decimal(meant)


@pytest.mark.parametrize("cell", ["1.234,5", "12,34", "1_000", "Infinity", "NaN", "abc", "", "1" * 19, "1.2E+12"])
def test_what_is_not_clearly_a_number_is_no_number(cell):
    with pytest.raises(Unusable):
        values.amount(cell, PLAIN)


@pytest.mark.parametrize("cell", ["-1", "1.5", "3000000000"])
def test_counts_are_whole_and_in_range(cell):
    with pytest.raises(Unusable):
        values.whole_number(cell, PLAIN)
    assert values.whole_number("1,200名", PLAIN) == 1200


@pytest.mark.parametrize("cell", ["5.07E+12", "6.02e+12", "1E+12"])
def test_an_id_that_excel_has_rounded_is_recognised(cell):
    for parse in (values.corporate_number, values.identifier(60)):
        with pytest.raises(Unusable, match="Excel has rounded"):
            parse(cell, PLAIN)


@pytest.mark.parametrize(
    ("cell", "reason"), [("123", "has 13 digits"), ("1700110005901", "check digit"), ("8700110005902", "check digit")]
)
def test_a_wrong_corporate_number_says_what_is_wrong(cell, reason):
    with pytest.raises(Unusable, match=reason):
        values.corporate_number(cell, PLAIN)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("https://www.example.co.jp/ja/?a=b", "example.co.jp"), ("WWW.Example.com", "example.com"), ("a@b.jp", "b.jp")],
)
def test_a_domain_is_found_in_an_address(cell, meant):
    assert values.domain(cell, PLAIN) == meant


@pytest.mark.parametrize(("cell", "meant"), [("TRUE", True), ("○", True), ("はい", True), ("0", False), ("×", False)])
def test_yes_and_no_as_people_write_them(cell, meant):
    assert values.boolean(cell, PLAIN) is meant


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (values.email, "not a mail"),
        (values.domain, "nothing"),
        (values.boolean, "maybe"),
        (values.currency, "gold"),
        (values.minutes, "-5"),
        (values.minutes, "99999"),
        (values.choice({"won": "WON"}), "gained"),
        (values.text(3), "long"),
        (values.identifier(3), "long"),
    ],
)
def test_other_unusable_cells_are_refused(parse, cell):
    with pytest.raises(Unusable):
        parse(cell, PLAIN)


def test_mail_addresses_are_kept_in_small_letters():
    assert values.email(" Taro@Example.JP ", PLAIN) == "taro@example.jp"
