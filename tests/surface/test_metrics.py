"""White cells: what accounts that deal with us have not yet bought."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import Contract
from funnel import metrics
from funnel.metrics import UnknownSlice
from tests import make
from tests.funnel.cohort_rows import deal
from users.roles import Role

pytestmark = pytest.mark.django_db
AS_OF = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def matrix():
    """Two accounts with deals, one without; three offerings; alpha has pump, is about to have valve; beta has none."""
    alpha, beta, _idle = (make.account(name) for name in ("Alpha", "Beta", "Idle"))
    pump, valve, motor = (make.offering(code) for code in ("pump", "valve", "motor"))
    deal("WON", account=alpha, offering=pump)
    deal("OPEN", account=alpha, offering=valve)
    deal("LOST", account=beta, offering=motor)
    return alpha, beta, pump


def cells(key="white_cells", **terms):
    [row] = metrics.evaluate([key], as_of=AS_OF, **terms)
    return row.value, row.denominator


def per(by, key="white_cells"):
    rows = metrics.evaluate([key], by=[by], as_of=AS_OF)
    return {row.labels[by]: (row.value, row.denominator) for row in rows}


@pytest.mark.usefixtures("matrix")
def test_a_cell_without_a_won_deal_is_white():
    assert cells() == (5, 6)


@pytest.mark.usefixtures("matrix")
def test_a_cell_with_an_open_deal_is_white_only_to_the_first_metric():
    assert cells("white_cells_open") == (4, 6)


@pytest.mark.usefixtures("matrix")
def test_white_cells_are_counted_per_offering_and_account():
    assert per("offering") == {"motor": (2, 2), "pump": (1, 2), "valve": (2, 2)}
    assert per("account") == {"Alpha": (2, 3), "Beta": (3, 3)}
    assert cells(filters={"offering": "pump"}) == (1, 2)
    assert cells(filters={"account": "Alpha"}) == (2, 3)


def test_a_contract_fills_its_cell_from_its_first_day(matrix):
    _alpha, beta, pump = matrix
    contract = Contract(account=beta, offering=pump, started_on=date(2026, 1, 6), amount=1, currency="JPY")
    contract.save()
    assert cells() == (5, 6)
    Contract.objects.update(started_on=date(2026, 1, 5))
    assert cells() == (4, 6)


def test_an_offering_no_longer_sold_has_no_cells(matrix):
    type(matrix[2]).objects.update(is_active=False)
    assert cells() == (0, 0)


def test_one_source_is_a_matrix_of_its_own(matrix):
    alpha, _beta, pump = matrix
    deal("LOST", account=alpha, offering=pump, source=make.source("other"))
    assert cells(filters={"source": "other"}) == (1, 1)
    assert cells(filters={"source": "sfa"}) == (5, 6)


@pytest.mark.usefixtures("matrix")
def test_slicing_by_source_is_refused():
    with pytest.raises(UnknownSlice, match="not sliced"):
        metrics.evaluate(["white_cells"], by=["source"])


@pytest.mark.usefixtures("matrix")
def test_every_number_opens_the_very_cells_it_counts():
    for row in metrics.evaluate(["white_cells"], by=["offering"], as_of=AS_OF):
        opened = metrics.rows("white_cells", as_of=AS_OF, filters=row.slice)
        assert len(opened) == row.value
        assert {cell.offering.code for cell in opened} == {row.slice["offering"]}


@pytest.mark.usefixtures("matrix")
def test_a_deal_won_only_later_leaves_its_cell_white():
    [row] = metrics.evaluate(["white_cells"], as_of=datetime(2025, 4, 30, tzinfo=UTC))
    assert row.value == 6


def test_a_partner_sees_the_cells_of_the_accounts_in_its_care(matrix):
    partner = make.user(Role.PARTNER)
    matrix[0].partner = partner.team
    matrix[0].save()
    assert cells(viewer=partner) == (2, 3)
