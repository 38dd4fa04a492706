"""Numbers, money, time and names as people read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from abm.web import formats, words
from abm.web.fiscal import fiscal_year, period_label
from abm.web.templatetags import abm_format
from funnel.enums import Flag, Stage
from users.roles import Role

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.93, "93.0 %"), (Decimal("0.631501"), "63.2 %"), (0, "0.0 %"), (1, "100.0 %"), (None, "–"), (0.9245, "92.5 %")],
)
def test_a_rate_is_read_in_per_cent_with_one_decimal(fraction: float | None, text: str) -> None:
    assert formats.rate(fraction) == text


@pytest.mark.parametrize(
    ("difference", "text"), [(0.31, "+31.0"), (-0.213, "−21.3"), (0, "±0.0"), (-0.0001, "±0.0"), (None, "–")]
)
def test_a_difference_is_always_signed(difference: float | None, text: str) -> None:
    assert formats.points(difference) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1234567, "JPY", "¥1,234,567"),
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (-1200, "JPY", "−¥1,200"),
        (5, "CHF", "CHF 5.00"),
        (None, "JPY", "–"),
    ],
)
def test_money_shows_the_decimals_its_currency_has(amount: Decimal | None, currency: str, text: str) -> None:
    assert formats.money(amount, currency) == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (12_400_000, "", "12.4百万円"),
        (123_000_000, "", "1.2億円"),
        (4_500, "", "4.5千円"),
        (999, "", "¥999"),
        (12_400_000, "千円", "12,400.0千円"),
        (-12_400_000, "", "−12.4百万円"),
    ],
)
def test_yen_are_shortened_in_kanji_on_a_japanese_page(amount: int, unit: str, text: str) -> None:
    with translation.override("ja"):
        assert formats.money_short(amount, "JPY", unit) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(12_400_000, "JPY", "¥12.4M"), (-3_100, "USD", "−$3.1K"), (2_000_000_000, "EUR", "€2.0B"), (None, "JPY", "–")],
)
def test_money_is_shortened_in_letters_on_an_english_page(amount: int | None, currency: str, text: str) -> None:
    with translation.override("en"):
        assert formats.money_short(amount, currency) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(hours=1, minutes=20), "1 h 20 min left"),
        (timedelta(minutes=45, seconds=59), "45 min left"),
        (timedelta(hours=30), "30 h 0 min left"),
        (timedelta(days=3, hours=5), "3 days left"),
        (timedelta(minutes=-5), "5 min overdue"),
        (timedelta(0), "0 min overdue"),
    ],
)
def test_time_left_is_said_in_two_units_at_most(left: timedelta, text: str) -> None:
    with translation.override("en"):
        assert formats.time_left(NOW + left, NOW) == text


def test_a_lead_without_a_due_says_nothing() -> None:
    assert formats.time_left(None, NOW) == ""
    assert abm_format.time_left(None) == ""


@pytest.mark.parametrize(("used", "urgency"), [(0, ""), (7, ""), (8, "soon"), (9, "soon"), (10, "late"), (11, "late")])
def test_a_clock_is_urgent_from_four_fifths_of_its_time(used: int, urgency: str) -> None:
    sent = NOW - timedelta(hours=used)
    assert formats.urgency(sent + timedelta(hours=10), NOW, sent) == urgency


def test_time_left_carries_a_shape_beside_its_colour() -> None:
    with translation.override("en"):
        html = abm_format.time_left(NOW - timedelta(minutes=5), NOW)
    assert 'class="clock clock-late"' in html
    assert '<span aria-hidden="true">●</span> 5 min overdue' in html


@pytest.mark.parametrize(
    ("language", "family", "given", "text"),
    [
        ("ja", "山田", "太郎", "山田 太郎"),
        ("en", "山田", "太郎", "山田 太郎"),
        ("en", "Yamada", "Taro", "Taro Yamada"),
        ("ja", "Smith", "Anna", "Smith Anna"),
        ("ja", "山田", "", "山田"),
    ],
)
def test_names_stand_in_the_order_of_their_language(language: str, family: str, given: str, text: str) -> None:
    with translation.override(language):
        assert formats.person_name(SimpleNamespace(name="", last_name=family, first_name=given)) == text


def test_a_name_that_was_never_parted_stays_as_it_is() -> None:
    assert formats.person_name(SimpleNamespace(name="山田太郎", last_name="", first_name="")) == "山田太郎"


@pytest.mark.parametrize(
    ("day", "start", "year"),
    [
        (date(2026, 3, 31), 4, 2025),
        (date(2026, 4, 1), 4, 2026),
        (date(2026, 12, 31), 1, 2026),
        (date(2028, 2, 29), 4, 2027),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_began(day: date, start: int, year: int) -> None:
    assert fiscal_year(day, start) == year


def test_the_fiscal_period_is_said_in_both_languages() -> None:
    assert period_label(date(2026, 11, 22), 4, language="ja") == "2026年度 Q3"
    assert period_label(date(2026, 3, 31), 4, language="en") == "FY2025 Q4"


@pytest.mark.parametrize(
    ("difference", "good", "ink"),
    [(0.1, "up", "is-better"), (-0.1, "up", "is-worse"), (-0.1, "down", "is-better"), (0, "up", "soft")],
)
def test_better_and_worse_depend_on_which_way_is_good(difference: float, good: str, ink: str) -> None:
    assert abm_format.change_ink(difference, good) == ink


def test_every_stage_flag_and_role_has_its_word() -> None:
    assert set(words.STAGES) == set(Stage)
    assert set(words.FLAGS) == set(Flag)
    assert set(words.ROLES) == set(Role)


def test_no_two_stages_share_a_shape() -> None:
    shapes = [mark.shape for mark in words.STAGES.values()]
    assert len(set(shapes)) == len(shapes)


def test_a_stage_badge_is_shape_and_word() -> None:
    with translation.override("en"):
        html = abm_format.stage_badge(Stage.IGNORED)
    assert html == '<span class="badge is-ignored"><span class="badge-shape" aria-hidden="true">●</span>Ignored</span>'
