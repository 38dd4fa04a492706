"""Register, win and lose: the SFA's record, the contract and the customer."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.enums import Relation
from accounts.models import Account, Contract, Offering
from accounts.names import company_key
from funnel import deals, leads
from funnel.enums import DealStatus, Stage
from funnel.models import Deal, Lead
from tests.funnel.people import NOW, World, accepted, lead_at, waiting

AMOUNT = Decimal(3_000_000)
MARCH = date(2027, 3, 31)
TODAY = date(2026, 11, 24)


def register(world: World, lead: Lead, **changes):
    told = {"source": world.source, "deal_id": "006-1", "amount": AMOUNT, "close_on": MARCH} | changes
    return deals.register(lead, by=world.rep, now=NOW, **told)


def in_pipeline(world: World) -> Lead:
    lead = accepted(world)
    register(world, lead)
    return lead


def test_registering_makes_the_deal(world):
    lead = in_pipeline(world)
    lead, deal = Lead.objects.get(pk=lead.pk), Deal.objects.get()
    assert (lead.stage, lead.pipeline_at, lead.sql_at, lead.deal) == (Stage.PIPELINE, NOW, NOW, deal)
    assert (deal.source, deal.external_id, deal.account, deal.department) == (
        world.source, "006-1", world.account, world.department,
    )  # fmt: skip
    assert (deal.offering, deal.owner, deal.amount, deal.currency) == (world.offering, world.rep, AMOUNT, "JPY")
    assert (deal.expected_on, deal.opened_on, deal.status) == (MARCH, TODAY, DealStatus.OPEN)


def test_registering_links_a_deal_the_sfa_already_had(world):
    known = Deal.objects.create(source=world.source, external_id="006-1", account=world.account, currency="JPY")
    lead = in_pipeline(world)
    assert lead.deal == known
    assert Deal.objects.get().amount == AMOUNT


def test_several_leads_may_feed_one_deal(world):
    first = in_pipeline(world)
    second = lead_at(world, Stage.MQL, department=None)
    leads.hand_over(second, assignee=world.rep, by=world.marketer, now=NOW)
    leads.accept(second, by=world.rep, now=NOW, next_action="call", next_action_on=TODAY)
    register(world, second)
    assert second.deal == first.deal


def test_another_accounts_deal_is_not_taken(world, refused):
    other = Account.objects.create(name="別会社", key=company_key("別会社"))
    Deal.objects.create(source=world.source, external_id="006-1", account=other, currency="JPY")
    lead = accepted(world)
    with refused("deal_elsewhere"):
        register(world, lead)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"source": None}, ("deal_system",)),
        ({"deal_id": ""}, ("deal_id",)),
        ({"amount": None}, ("amount",)),
        ({"close_on": None}, ("close_on",)),
    ],
)
def test_a_registration_names_what_is_missing(world, refused, changes, missing):
    lead = accepted(world)
    with refused("missing") as caught:
        register(world, lead, **changes)
    assert caught.value.missing == missing


def test_a_pipeline_has_money(world, refused):
    lead = accepted(world)
    with refused("amount_positive"):
        register(world, lead, amount=Decimal(0))


def test_a_lead_without_an_offering_gets_one_at_registration(world, refused):
    lead = lead_at(world, Stage.MQL, offering=None)
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    leads.accept(lead, by=world.rep, now=NOW, next_action="call", next_action_on=TODAY)
    with refused("missing"):
        register(world, lead)
    register(world, lead, offering=world.offering)
    assert Lead.objects.get(pk=lead.pk).offering == world.offering


def test_an_offering_that_has_its_open_lead_is_not_taken_twice(world, refused):
    other = Offering.objects.create(code="plm", name="PLM")
    accepted(world)
    second = lead_at(world, Stage.MQL, offering=other)
    leads.hand_over(second, assignee=world.rep, by=world.marketer, now=NOW)
    leads.accept(second, by=world.rep, now=NOW, next_action="call", next_action_on=TODAY)
    with refused("open_lead_exists"):
        register(world, second, offering=world.offering)


def test_an_mql_does_not_jump_into_the_pipeline(world, refused):
    lead = waiting(world)
    with refused("stage"):
        register(world, lead)


def test_a_win_makes_the_contract_and_the_customer(world):
    lead = in_pipeline(world)
    deals.win(lead, by=world.rep, now=NOW, amount=AMOUNT + 1, closed_on=TODAY)
    lead, deal, contract = Lead.objects.get(pk=lead.pk), Deal.objects.get(), Contract.objects.get()
    assert (lead.stage, lead.won_at) == (Stage.WON, NOW)
    assert (deal.status, deal.amount, deal.closed_on) == (DealStatus.WON, AMOUNT + 1, TODAY)
    assert (contract.account, contract.department, contract.offering) == (
        world.account, world.department, world.offering,
    )  # fmt: skip
    assert (contract.amount, contract.currency, contract.started_on) == (AMOUNT + 1, "JPY", TODAY)
    world.account.refresh_from_db()
    assert (world.account.relation, world.account.relation_since) == (Relation.CUSTOMER, TODAY)


def test_a_win_needs_amount_and_day(world, refused):
    lead = in_pipeline(world)
    with refused("missing") as caught:
        deals.win(lead, by=world.rep, now=NOW, amount=None, closed_on=None)
    assert caught.value.missing == ("amount", "closed_on")


def test_a_loss_closes_the_deal(world):
    lead = in_pipeline(world)
    deals.lose(lead, by=world.rep, now=NOW, reason="COMPETITOR_LOCKED", competitor="Z")
    lead, deal = Lead.objects.get(pk=lead.pk), Deal.objects.get()
    assert (lead.stage, lead.lost_at, lead.return_on) == (Stage.LOST, NOW, None)
    assert (deal.status, deal.closed_on) == (DealStatus.LOST, TODAY)
    assert lead.moves.last().data["competitor"] == "Z"


def test_a_loss_for_budget_says_when_to_come_back(world, refused):
    lead = in_pipeline(world)
    with refused("missing"):
        deals.lose(lead, by=world.rep, now=NOW, reason="NO_BUDGET")
    with refused("unknown_reason"):
        deals.lose(lead, by=world.rep, now=NOW, reason="BAD_WEATHER")
    deals.lose(lead, by=world.rep, now=NOW, reason="NO_BUDGET", revisit_on=MARCH)
    assert Lead.objects.get(pk=lead.pk).return_on == MARCH


def test_a_loss_keeps_the_lead_free_of_a_reject_reason(world):
    lead = in_pipeline(world)
    deals.lose(lead, by=world.rep, now=NOW, reason="COMPETITOR_LOCKED")
    assert Lead.objects.get(pk=lead.pk).reject_reason is None


def test_a_lost_lead_is_recycled_by_the_clock_where_the_reason_says_so(world):
    lead = in_pipeline(world)
    deals.lose(lead, by=world.rep, now=NOW, reason="NO_BUDGET", revisit_on=MARCH)
    leads.recycle(lead, by=world.clock, now=NOW, reason="NO_BUDGET", return_on=MARCH)
    assert Lead.objects.get(pk=lead.pk).stage == Stage.RECYCLED


@pytest.mark.parametrize("who", ["marketer", "analyst", "manager"])
def test_others_win_nothing(world, refused, who):
    lead = in_pipeline(world)
    with refused("role"):
        deals.win(lead, by=world.users[who], now=NOW, amount=AMOUNT, closed_on=TODAY)


def test_an_imported_pipeline_lead_without_its_record_cannot_be_won(world, refused):
    lead = in_pipeline(world)
    Lead.objects.filter(pk=lead.pk).update(deal=None)
    with refused("no_deal"):
        deals.win(lead, by=world.rep, now=NOW, amount=AMOUNT, closed_on=TODAY)
