"""The deal metrics, over a small book of deals whose figures can be worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from funnel import metrics
from tests import make
from tests.funnel.cohort_rows import deal
from users.roles import Role

pytestmark = pytest.mark.django_db
AS_OF = datetime(2026, 1, 5, tzinfo=UTC)


def values(key, *by, **terms):
    rows = metrics.evaluate([key], by=by, **{"as_of": AS_OF, **terms})
    return {tuple(row.labels.values()): row.value for row in rows}


def value(key, **terms):
    return values(key, **terms)[()]


@pytest.fixture
def book():
    """Three won (one in dollars), one lost, two open, one of them not begun."""
    deal("WON", "100", opened_on=date(2025, 4, 1), closed_on=date(2025, 4, 11))
    deal("WON", "200", opened_on=date(2025, 4, 1), closed_on=date(2025, 7, 10))
    deal("WON", "50.50", currency="USD", opened_on=date(2025, 4, 1), closed_on=date(2025, 4, 21))
    deal("LOST", None, closed_on=date(2025, 6, 30))
    deal("OPEN", None, opened_on=date(2025, 5, 1), stage_name="Engaging")
    deal("OPEN", None, opened_on=None, stage_name="Prospecting")


@pytest.mark.usefixtures("book")
def test_deals_are_counted_by_status():
    keys = ["deals", "deals_won", "deals_lost", "deals_open"]
    assert [row.value for row in metrics.evaluate(keys, as_of=AS_OF)] == [6, 3, 1, 2]


@pytest.mark.usefixtures("book")
def test_win_rate_is_among_the_closed():
    [row] = metrics.evaluate(["win_rate"], as_of=AS_OF)
    assert (row.value, row.numerator, row.denominator) == (0.75, 3, 4)


@pytest.mark.usefixtures("book")
def test_money_is_never_added_up_across_currencies():
    assert values("won_value") == {("JPY",): Decimal("300.00"), ("USD",): Decimal("50.50")}
    assert values("mean_won") == {("JPY",): Decimal(150), ("USD",): Decimal("50.5")}


@pytest.mark.usefixtures("book")
def test_money_is_sliced_by_currency_even_beside_other_metrics():
    rows = metrics.evaluate(["win_rate", "won_value"], by=["quarter"], as_of=AS_OF)
    assert [(row.metric.key, row.slice["quarter"], row.currency, row.value) for row in rows] == [
        ("win_rate", "2025-Q2", "", 2 / 3),
        ("win_rate", "2025-Q3", "", 1.0),
        ("won_value", "2025-Q2", "JPY", Decimal("100.00")),
        ("won_value", "2025-Q2", "USD", Decimal("50.50")),
        ("won_value", "2025-Q3", "JPY", Decimal("200.00")),
    ]


@pytest.mark.usefixtures("book")
def test_the_cycle_is_that_of_the_deals_won():
    assert value("cycle_days") == pytest.approx((10 + 100 + 20) / 3)
    assert value("cycle_days_median") == 20


def test_a_deal_won_without_its_opening_day_has_no_cycle():
    deal("WON", opened_on=None)
    [row] = metrics.evaluate(["cycle_days"], as_of=AS_OF)
    assert (row.value, row.numerator) == (None, 0)


@pytest.mark.usefixtures("book")
def test_a_period_counts_won_deals_by_closing_and_open_ones_by_opening():
    may = {"date_from": date(2025, 5, 1), "date_to": date(2025, 5, 31)}
    assert [value(key, **may) for key in ("deals_won", "deals_open", "deals")] == [0, 1, 1]
    assert value("deals_won", date_from=date(2025, 7, 10), date_to=date(2025, 7, 10)) == 1


@pytest.mark.usefixtures("book")
def test_a_deal_closed_after_as_of_is_still_open():
    early = datetime(2025, 5, 1, tzinfo=UTC)
    assert [value(key, as_of=early) for key in ("deals_won", "deals_lost", "deals_open")] == [2, 0, 4]


@pytest.mark.usefixtures("book")
def test_calendar_and_fiscal_quarters_are_told_apart():
    deal("WON", closed_on=date(2026, 1, 2))
    assert list(values("deals_won", "quarter")) == [("2025 Q2",), ("2025 Q3",), ("2026 Q1",)]
    assert list(values("deals_won", "fiscal_quarter")) == [("FY2025 Q1",), ("FY2025 Q2",), ("FY2025 Q4",)]


def test_deals_roll_up_to_the_owner_and_the_manager():
    boss = make.user(Role.SALES_MANAGER, "boss")
    for name, manager in (("anna", boss), ("ben", boss), ("carl", None)):
        deal(owner=make.user(username=name, manager=manager))
    deal(owner=None)
    assert values("deals_won", "owner") == {("anna",): 1, ("ben",): 1, ("carl",): 1, ("(not known)",): 1}
    assert values("deals_won", "manager") == {("boss",): 2, ("(not known)",): 2}


def test_a_group_is_the_topmost_parent():
    top = make.account("Top")
    middle = make.account("Middle", parent=top)
    for account in (top, middle, make.account("Bottom", parent=middle), make.account("Alone")):
        deal(account=account)
    assert values("deals_won", "group") == {("Alone",): 1, ("Top",): 3}
    assert values("deals_won", "account") == {("Alone",): 1, ("Bottom",): 1, ("Middle",): 1, ("Top",): 1}
    assert metrics.rows("deals_won", filters={"group": "Top"}, as_of=AS_OF).count() == 3


@pytest.mark.usefixtures("book")
def test_deals_without_a_stage_are_a_slice_of_their_own():
    assert values("deals_open", "stage") == {("Engaging",): 1, ("Prospecting",): 1}
    assert value("deals", filters={"stage": ""}) == 4


def test_sample_deals_are_left_out_unless_named():
    deal(source=make.source("golden", is_sample=True))
    assert value("deals_won") == 0
    assert value("deals_won", filters={"source": "golden"}) == 1


def test_a_partner_counts_its_own_deals():
    partner = make.user(Role.PARTNER)
    deal(owner=partner)
    deal()
    assert value("deals_won", viewer=partner) == 1


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("metric", [m for m in metrics.dictionary() if m.subject.key == "deals"], ids=lambda m: m.key)
def test_every_number_opens_the_very_deals_it_counts(metric):
    for row in metrics.evaluate([metric.key], by=["quarter", "source"], as_of=AS_OF):
        assert metrics.rows(metric.key, as_of=AS_OF, filters=row.slice).count() == row.numerator
