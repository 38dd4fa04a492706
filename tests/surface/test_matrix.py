"""The matrix department × offering: states only from evidence, on any day."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contract, Department, Offering
from engagement.models import Touch
from funnel.models import Deal, Lead
from surface import matrix
from surface.enums import CellState, EvidenceKind
from surface.matrix import Cell
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
ORDER = [CellState.OWNED, CellState.DEAL, CellState.LEAD, CellState.TWO_WAY, CellState.REACHED, CellState.KNOWN]


@pytest.fixture
def account() -> Account:
    return make.account()


@pytest.fixture
def place(account: Account) -> Department:
    return make.department(account)


@pytest.fixture
def item() -> Offering:
    return make.offering()


def cell(of: Account, place: Department | None, item: Offering | None, on: date = TODAY) -> Cell:
    return matrix.of_account(of, on=on).cell(place, item)


def contract(of: Account, place: Department | None, item: Offering, days: int = 10, **fields: object) -> Contract:
    started = TODAY - timedelta(days=days)
    fields = {"amount": 1, "currency": "JPY", "started_on": started, **fields}
    return Contract.objects.create(account=of, department=place, offering=item, **fields)


def deal(of: Account, place: Department | None, item: Offering | None, days: int = 10, **fields: object) -> Deal:
    opened = TODAY - timedelta(days=days)
    fields = {"source": make.source("sfa"), "external_id": f"d{Deal.objects.count()}", "opened_on": opened, **fields}
    return Deal.objects.create(account=of, department=place, offering=item, currency="JPY", **fields)


def lead(of: Account, place: Department | None, item: Offering | None, days: int = 10, **fields: object) -> Lead:
    fields = {"created_at": make.NOW - timedelta(days=days), **fields}
    return Lead.objects.create(account=of, department=place, offering=item, **fields)


def touch(of: Account, place: Department | None, item: Offering | None, days: int = 10, **fields: object) -> Touch:
    return make.touch(of, department=place, offering=item, at=make.NOW - timedelta(days=days), **fields)


def known(of: Account, place: Department | None, item: Offering | None = None) -> None:
    make.person(of, in_department=place)


def talk(of: Account, place: Department | None, item: Offering | None, days: int = 10) -> Touch:
    return touch(of, place, item, days, two_way=True, direction="OUTBOUND")


EVIDENCE = dict(zip(ORDER, [contract, deal, lead, talk, touch, known], strict=True))


def test_without_evidence_a_cell_is_unknown(account: Account, place: Department, item: Offering) -> None:
    assert cell(account, place, item) == Cell(CellState.UNKNOWN, None, None)


@pytest.mark.parametrize("state", ORDER)
def test_each_kind_of_evidence_alone_makes_its_state(
    account: Account, place: Department, item: Offering, state: CellState
) -> None:
    EVIDENCE[state](account, place, item)
    assert cell(account, place, item).state == state


@pytest.mark.parametrize("better", range(5))
@pytest.mark.parametrize("newest_first", [True, False])
def test_the_better_evidence_wins_whatever_came_first(
    account: Account, place: Department, item: Offering, better: int, newest_first: bool
) -> None:
    states = ORDER[better:]
    for state in states if newest_first else reversed(states):
        EVIDENCE[state](account, place, item)
    assert cell(account, place, item).state == ORDER[better]


def test_a_cell_tells_its_evidence_and_its_age(account: Account, place: Department, item: Offering) -> None:
    made = contract(account, place, item, days=40)
    found = cell(account, place, item)
    assert found.evidence
    assert (found.evidence.kind, found.evidence.id, found.age) == (EvidenceKind.CONTRACT, made.pk, 40)
    assert found.evidence.public_id == Contract.objects.get().public_id


def test_of_equal_evidence_the_latest_counts(account: Account, place: Department, item: Offering) -> None:
    touch(account, place, item, days=30)
    latest = touch(account, place, item, days=3)
    touch(account, place, item, days=20)
    found = cell(account, place, item)
    assert found.evidence
    assert (found.evidence.id, found.age) == (latest.pk, 3)


@pytest.mark.parametrize(
    ("days", "state"), [(180, CellState.TWO_WAY), (181, CellState.REACHED), (366, CellState.UNKNOWN)]
)
def test_a_talk_stands_for_180_days(
    account: Account, place: Department, item: Offering, days: int, state: CellState
) -> None:
    talk(account, place, item, days)
    assert cell(account, place, item).state == state


@pytest.mark.parametrize(
    ("days", "state"), [(0, CellState.REACHED), (365, CellState.REACHED), (366, CellState.UNKNOWN)]
)
def test_a_visit_to_us_stands_for_365_days(
    account: Account, place: Department, item: Offering, days: int, state: CellState
) -> None:
    touch(account, place, item, days)
    assert cell(account, place, item).state == state


def test_what_only_we_did_proves_nothing(account: Account, place: Department, item: Offering) -> None:
    touch(account, place, item, direction="OUTBOUND", kind="MAIL_SENT")
    assert cell(account, place, item).state == CellState.UNKNOWN


def test_a_talk_about_one_offering_is_none_about_another(account: Account, place: Department, item: Offering) -> None:
    other = make.offering()
    talk(account, place, item)
    assert cell(account, place, other).state == CellState.UNKNOWN


def test_a_talk_about_nothing_in_particular_counts_for_every_offering(
    account: Account, place: Department, item: Offering
) -> None:
    talk(account, place, None)
    found = matrix.of_account(account, on=TODAY)
    assert found.offerings == [item]
    assert found.cell(place, item).state == CellState.TWO_WAY


def test_a_lead_without_offering_stands_in_a_column_of_its_own(
    account: Account, place: Department, item: Offering
) -> None:
    lead(account, place, None)
    found = matrix.of_account(account, on=TODAY)
    assert found.offerings == [item, None]
    assert (found.cell(place, item).state, found.cell(place, None).state) == (CellState.UNKNOWN, CellState.LEAD)


@pytest.mark.parametrize("state", ORDER)
def test_evidence_without_department_stands_on_the_whole_account(
    account: Account, place: Department, item: Offering, state: CellState
) -> None:
    EVIDENCE[state](account, None, item)
    found = matrix.of_account(account, on=TODAY)
    assert found.rows[0].department is None
    assert (found.cell(None, item).state, found.cell(place, item).state) == (state, CellState.UNKNOWN)


def test_another_account_s_evidence_is_not_ours(account: Account, place: Department, item: Offering) -> None:
    contract(make.account(), None, item)
    assert cell(account, None, item).state == CellState.UNKNOWN


def test_a_contract_counts_while_it_runs(account: Account, place: Department, item: Offering) -> None:
    start, end = TODAY - timedelta(days=10), TODAY - timedelta(days=5)
    contract(account, place, item, started_on=start, ended_on=end)
    days = [start - timedelta(days=1), start, end, end + timedelta(days=1)]
    states = [cell(account, place, item, day).state for day in days]
    assert states == [CellState.UNKNOWN, CellState.OWNED, CellState.OWNED, CellState.UNKNOWN]


def test_a_deal_is_open_until_it_is_won_and_owned_from_then(
    account: Account, place: Department, item: Offering
) -> None:
    deal(account, place, item, days=10, status="WON", closed_on=TODAY - timedelta(days=2))
    states = [cell(account, place, item, TODAY - timedelta(days=d)).state for d in (11, 10, 3, 2, 0)]
    assert states == [CellState.UNKNOWN, CellState.DEAL, CellState.DEAL, CellState.OWNED, CellState.OWNED]


def test_a_lost_deal_proves_nothing_from_its_close(account: Account, place: Department, item: Offering) -> None:
    deal(account, place, item, status="LOST", closed_on=TODAY)
    assert cell(account, place, item).state == CellState.UNKNOWN
    assert cell(account, place, item, TODAY - timedelta(days=1)).state == CellState.DEAL


def test_a_deal_won_on_an_unknown_day_is_owned(account: Account, place: Department, item: Offering) -> None:
    deal(account, place, item, status="WON", opened_on=None)
    assert cell(account, place, item).state == CellState.OWNED


def test_a_lead_counts_until_its_trip_ends(account: Account, place: Department, item: Offering) -> None:
    lead(account, place, item, days=10, stage="RECYCLED", recycled_at=make.NOW - timedelta(days=4))
    states = [cell(account, place, item, TODAY - timedelta(days=d)).state for d in (11, 10, 5, 4, 0)]
    unknown = CellState.UNKNOWN
    assert states == [unknown, CellState.LEAD, CellState.LEAD, unknown, unknown]


def test_an_affiliation_counts_from_its_start_to_its_end(account: Account, place: Department, item: Offering) -> None:
    person = make.person(account, in_department=place)
    person.affiliations.update(started_on=TODAY - timedelta(days=9), ended_on=TODAY - timedelta(days=2))
    found = [cell(account, place, item, TODAY - timedelta(days=d)) for d in (10, 9, 2, 1)]
    assert [one.state for one in found] == [CellState.UNKNOWN, CellState.KNOWN, CellState.KNOWN, CellState.UNKNOWN]
    assert found[2].age == 7


def test_a_card_without_a_date_has_no_age(account: Account, place: Department, item: Offering) -> None:
    known(account, place)
    assert cell(account, place, item).age is None


def test_departments_of_the_day_have_rows(account: Account, place: Department, item: Offering) -> None:
    gone = make.department(account, "旧設計部", valid_to=TODAY - timedelta(days=1))
    rows = [row.department for row in matrix.of_account(account, on=TODAY).rows]
    assert rows == [None, place]
    contract(account, gone, item)
    assert gone in [row.department for row in matrix.of_account(account, on=TODAY).rows]


def test_an_offering_no_longer_sold_has_a_column_where_it_is_owned(account: Account, place: Department) -> None:
    old = make.offering(is_active=False)
    assert matrix.of_account(account, on=TODAY).offerings == []
    contract(account, place, old)
    assert matrix.of_account(account, on=TODAY).offerings == [old]


@pytest.mark.parametrize("many", [1, 12])
def test_a_matrix_costs_seven_statements_however_large(account: Account, many: int) -> None:
    for number in range(many):
        place, item = make.department(account, f"部{number}"), make.offering()
        for prove in EVIDENCE.values():
            prove(account, place, item)
    with CaptureQueriesContext(connection) as queries:
        found = matrix.of_account(account, on=TODAY)
    assert len(queries) == 7
    assert len(found.rows) == many + 1


def test_nobody_paints_a_cell() -> None:
    """There is no table to write a state into: it is computed from evidence each time."""
    from django.apps import apps

    assert list(apps.get_app_config("surface").get_models()) == []
