"""Taking a step back adds a move and takes the milestone back; nothing is deleted. And what sales finds itself."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from funnel import corrections, deals, dispositions, invariants, leads
from funnel.enums import DealStatus, Origin, Stage
from funnel.models import Deal, Lead
from tests.funnel.people import DUE, NOW, World, accepted, lead_at, waiting

LATER = NOW + timedelta(hours=1)
MONTH = timedelta(days=30)


def stored(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def in_pipeline(world: World) -> Lead:
    lead = accepted(world)
    told = {"source": world.source, "deal_id": "7", "amount": Decimal(5), "close_on": date(2027, 1, 31)}
    deals.register(lead, by=world.rep, now=NOW, **told)
    return lead


def won(world: World) -> Lead:
    lead = in_pipeline(world)
    deals.win(lead, by=world.rep, now=NOW, amount=Decimal(5), closed_on=NOW.date())
    return lead


def lost(world: World) -> Lead:
    lead = in_pipeline(world)
    deals.lose(lead, by=world.rep, now=NOW, reason="NO_NEED")
    return lead


def disqualified(world: World) -> Lead:
    lead = accepted(world)
    dispositions.disqualify(lead, by=world.marketer, now=NOW, reason="LEGAL", second_person=world.manager)
    return lead


# unqualify


def test_what_never_was_an_mql_goes_back(world):
    lead = lead_at(world, Stage.MQL)
    move = corrections.unqualify(lead, by=world.marketer, now=LATER, cause="a student")
    assert (stored(lead).stage, stored(lead).mql_at, move.note) == (Stage.NURTURE, None, "a student")


@pytest.mark.parametrize(("who", "cause", "code"), [("marketer", "", "missing"), ("rep", "x", "role")])
def test_who_may_unqualify(world, refused, who, cause, code):
    lead = lead_at(world, Stage.MQL)
    with refused(code):
        corrections.unqualify(lead, by=world.users[who], now=LATER, cause=cause)


def test_what_was_delivered_stays_an_mql(world, refused):
    lead = waiting(world)
    with refused("before_any_handoff"):
        corrections.unqualify(lead, by=world.marketer, now=LATER, cause="a student")


# unregister


def test_what_was_no_deal_is_an_sql_again(world):
    lead = in_pipeline(world)
    move = corrections.unregister(lead, by=world.manager, now=LATER, reason="entered twice")
    lead = stored(lead)
    assert (lead.stage, lead.pipeline_at, lead.sql_at, lead.deal) == (Stage.SQL, None, NOW, None)
    assert move.data == {"deal": Deal.objects.get().pk}


@pytest.mark.parametrize(("who", "reason", "code"), [("manager", "", "missing"), ("rep", "x", "role")])
def test_who_may_unregister(world, refused, who, reason, code):
    lead = in_pipeline(world)
    with refused(code):
        corrections.unregister(lead, by=world.users[who], now=LATER, reason=reason)


# reopen


@pytest.mark.parametrize("end", [won, lost])
def test_a_deal_is_reopened_within_thirty_days(world, end):
    lead = end(world)
    corrections.reopen(lead, by=world.manager, now=NOW + MONTH, reason="signed too early")
    lead = stored(lead)
    assert (lead.stage, lead.won_at, lead.lost_at, lead.pipeline_at) == (Stage.PIPELINE, None, None, NOW)
    assert (lead.deal.status, lead.deal.closed_on) == (DealStatus.OPEN, None)
    assert list(invariants.check(now=NOW + MONTH)) == []


def test_a_reopened_deal_can_be_won_again_with_one_contract(world):
    lead = won(world)
    corrections.reopen(lead, by=world.manager, now=LATER, reason="wrong day")
    deals.win(lead, by=world.rep, now=LATER, amount=Decimal(5), closed_on=NOW.date())
    assert (stored(lead).won_at, world.account.contracts.count()) == (LATER, 1)


@pytest.mark.parametrize(
    ("who", "reason", "after", "code"),
    [
        ("manager", "", timedelta(0), "missing"),
        ("rep", "x", timedelta(0), "role"),
        ("manager", "x", MONTH + timedelta(seconds=1), "within_30_days"),
    ],
)
def test_who_may_reopen_until_when(world, refused, who, reason, after, code):
    lead = lost(world)
    with refused(code):
        corrections.reopen(lead, by=world.users[who], now=NOW + after, reason=reason)


@pytest.mark.parametrize(("who", "second"), [("lead_marketer", "manager"), ("manager", "lead_marketer")])
def test_both_leaders_together_bring_a_disqualified_lead_back(world, who, second):
    lead = disqualified(world)
    corrections.reopen(lead, by=world.users[who], now=DUE, reason="they merged", second_person=world.users[second])
    assert (stored(lead).stage, stored(lead).disqualified_at) == (Stage.NURTURE, None)


@pytest.mark.parametrize(
    ("who", "second", "code"),
    [
        ("manager", None, "missing"),
        ("manager", "marketer", "two_persons"),
        ("lead_marketer", "rep", "two_persons"),
        ("marketer", "manager", "role"),
    ],
)
def test_nobody_brings_a_disqualified_lead_back_alone(world, refused, who, second, code):
    lead = disqualified(world)
    with refused(code):
        corrections.reopen(lead, by=world.users[who], now=DUE, reason="x", second_person=second and world.users[second])


def test_a_newer_lead_keeps_its_place(world, refused):
    lead = disqualified(world)
    lead_at(world, Stage.NURTURE)
    with refused("open_lead_exists"):
        corrections.reopen(lead, by=world.manager, now=DUE, reason="x", second_person=world.lead_marketer)


# self_source


@pytest.mark.parametrize(
    ("who", "origin"), [("rep", Origin.SALES), ("manager", Origin.SALES), ("partner", Origin.PARTNER)]
)
def test_what_sales_finds_itself_is_a_sal_outside_the_rate(world, who, origin):
    finder = world.users[who]
    lead = leads.self_source(
        account=world.account, department=world.department, by=finder, now=LATER, first_touch=NOW, note="at the fair"
    )
    lead = stored(lead)
    assert (lead.stage, lead.origin, lead.assignee, lead.team) == (Stage.SAL, origin, finder, finder.team)
    assert (lead.accepted_at, lead.first_touch_at, lead.handed_over_at) == (LATER, NOW, None)
    assert (lead.on_list, lead.moves.get().note) == (True, "at the fair")
    assert list(invariants.check(now=LATER)) == []


@pytest.mark.parametrize(
    ("who", "touch", "code"),
    [("marketer", NOW, "role"), ("rep", None, "missing"), ("rep", LATER + MONTH, "first_touch_ahead")],
)
def test_who_may_source_a_lead(world, refused, who, touch, code):
    with refused(code):
        leads.self_source(account=world.account, by=world.users[who], now=LATER, first_touch=touch)


def test_a_demand_that_is_known_is_not_sourced_again(world, refused):
    lead_at(world, Stage.NURTURE)
    demand = {"account": world.account, "department": world.department, "offering": world.offering}
    with refused("open_lead_exists"):
        leads.self_source(**demand, by=world.rep, now=LATER, first_touch=NOW)
