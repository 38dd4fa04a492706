"""What becomes of a lead that sales did not take or keep."""

from datetime import date, timedelta

import pytest

from audit.models import OutboxMessage
from funnel import dispositions, leads, overdue
from funnel.enums import Outcome, Stage
from funnel.models import Lead, LeadMove
from tests.funnel.people import DUE, MINUTE, NOW, World, accepted, lead_at, touch, waiting

LATER = NOW + timedelta(hours=1)
SPRING = date(2027, 4, 1)
GIVEN_UP = DUE + timedelta(days=28)


def stored(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def rejected(world: World, reason: str = "BAD_DATA") -> Lead:
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason=reason)
    return lead


def ignored(world: World) -> Lead:
    lead = waiting(world)
    leads.ignore(lead, by=world.clock, now=DUE + MINUTE)
    return lead


# repair


def test_a_repaired_lead_may_qualify_and_go_to_sales_again(world):
    lead = rejected(world)
    dispositions.repair(lead, by=world.marketer, now=LATER, fixed="new phone number")
    assert (stored(lead).stage, stored(lead).first_outcome) == (Stage.NURTURE, Outcome.REJECTED)
    touch(world)
    leads.qualify(lead, by=world.marketer, now=LATER, note="still wants it")
    leads.hand_over(lead, by=world.marketer, now=LATER, assignee=world.rep)
    assert (stored(lead).mql_at, lead.handoffs.count()) == (NOW, 2)


@pytest.mark.parametrize(
    ("who", "reason", "fixed", "code"),
    [
        ("marketer", "BAD_DATA", "", "missing"),
        ("marketer", "NO_NEED", "x", "disposition_repair"),
        ("rep", "BAD_DATA", "x", "role"),
    ],
)
def test_who_may_repair_what(world, refused, who, reason, fixed, code):
    lead = rejected(world, reason)
    with refused(code):
        dispositions.repair(lead, by=world.users[who], now=LATER, fixed=fixed)


# appeal


def appealed(world: World) -> Lead:
    lead = rejected(world, "NO_NEED")
    dispositions.appeal(lead, by=world.marketer, now=LATER, argument="They asked for a quotation")
    return lead


def test_an_upheld_appeal_brings_the_lead_back_to_routing(world):
    lead = appealed(world)
    assert stored(lead).stage == Stage.REJECTED
    move = dispositions.appeal(lead, by=world.manager, now=LATER, verdict="UPHELD", note="true")
    assert (stored(lead).stage, move.data, move.note) == (Stage.MQL, {"verdict": "UPHELD"}, "true")
    assert list(Lead.objects.to_route()) == [lead]
    assert stored(lead).first_outcome == Outcome.REJECTED


def test_a_denied_appeal_leaves_it_rejected(world):
    lead = appealed(world)
    dispositions.appeal(lead, by=world.manager, now=LATER, verdict="DENIED")
    assert stored(lead).stage == Stage.REJECTED


def test_an_appeal_is_possible_once(world, refused):
    lead = appealed(world)
    with refused("once_per_lead"):
        dispositions.appeal(lead, by=world.marketer, now=LATER, argument="Again")
    dispositions.appeal(lead, by=world.manager, now=LATER, verdict="DENIED")
    with refused("once_per_lead"):
        dispositions.appeal(lead, by=world.marketer, now=LATER, argument="Again")
    with refused("appeal_open"):
        dispositions.appeal(lead, by=world.manager, now=LATER, verdict="UPHELD")


@pytest.mark.parametrize(
    ("who", "told", "code"),
    [
        ("marketer", {}, "missing"),
        ("rep", {"argument": "x"}, "role"),
        ("manager", {"verdict": "UPHELD"}, "appeal_open"),
    ],
)
def test_who_may_appeal(world, refused, who, told, code):
    lead = rejected(world)
    with refused(code):
        dispositions.appeal(lead, by=world.users[who], now=LATER, **told)


@pytest.mark.parametrize(("verdict", "code"), [("", "missing"), ("MAYBE", "verdict_upheld")])
def test_a_verdict_is_one_of_two(world, refused, verdict, code):
    lead = appealed(world)
    with refused(code):
        dispositions.appeal(lead, by=world.manager, now=LATER, verdict=verdict)


# disqualify


def test_two_persons_disqualify_and_the_entry_is_proposed_for_removal(world):
    lead = rejected(world, "NOT_TARGET")
    move = dispositions.disqualify(lead, by=world.marketer, now=LATER, reason="NOT_TARGET", second_person=world.manager)
    assert (stored(lead).stage, stored(lead).disqualified_at) == (Stage.DISQUALIFIED, LATER)
    assert (move.reason.code, move.data) == ("NOT_TARGET", {"second_person": world.manager.pk})
    assert OutboxMessage.objects.get(topic="entry.removal_proposed").payload["entry_id"] == world.entry.pk


def test_the_manager_may_begin_and_a_reason_may_be_words(world):
    lead = accepted(world)
    move = dispositions.disqualify(lead, by=world.manager, now=LATER, reason="they moved", second_person=world.marketer)
    assert (move.reason, move.data["reason"]) == (None, "they moved")


@pytest.mark.parametrize(
    ("who", "second", "reason", "code"),
    [
        ("marketer", None, "LEGAL", "missing"),
        ("marketer", "manager", "", "missing"),
        ("marketer", "lead_marketer", "LEGAL", "two_persons"),
        ("marketer", "marketer", "LEGAL", "two_persons"),
        ("manager", "manager", "LEGAL", "two_persons"),
        ("manager", "rep", "LEGAL", "two_persons"),
        ("rep", "manager", "LEGAL", "role"),
    ],
)
def test_nobody_disqualifies_alone(world, refused, who, second, reason, code):
    lead = rejected(world)
    with refused(code):
        dispositions.disqualify(
            lead, by=world.users[who], now=LATER, reason=reason, second_person=second and world.users[second]
        )


def test_who_has_left_signs_nothing(world, refused):
    lead = rejected(world)
    world.manager.is_active = False
    with refused("two_persons"):
        dispositions.disqualify(lead, by=world.marketer, now=LATER, reason="LEGAL", second_person=world.manager)


# merge_duplicate


def test_a_duplicate_is_linked_and_keeps_its_first_outcome(world):
    lead, kept = rejected(world, "DUPLICATE"), lead_at(world, Stage.NURTURE, department=None)
    dispositions.merge_duplicate(lead, by=world.marketer, now=LATER, duplicate_of=kept)
    lead = stored(lead)
    assert (lead.stage, lead.duplicate_of, lead.first_outcome) == (Stage.WITHDRAWN, kept, Outcome.REJECTED)
    assert lead.handoffs.get().outcome == Outcome.REJECTED


def test_a_merged_accepted_lead_keeps_its_acceptance(world):
    lead, kept = accepted(world), lead_at(world, Stage.NURTURE, department=None)
    dispositions.merge_duplicate(lead, by=world.marketer, now=LATER, duplicate_of=kept)
    assert lead.handoffs.get().outcome == Outcome.ACCEPTED


def test_a_merge_before_the_answer_withdraws_the_handoff(world):
    lead, kept = waiting(world), lead_at(world, Stage.NURTURE, department=None)
    dispositions.merge_duplicate(lead, by=world.clock, now=LATER, duplicate_of=kept)
    assert lead.handoffs.get().outcome == Outcome.WITHDRAWN


def test_a_lead_repeats_another_lead_of_its_account(world, refused):
    lead, kept = waiting(world), lead_at(world, Stage.NURTURE, department=None)
    with refused("missing"):
        dispositions.merge_duplicate(lead, by=world.marketer, now=LATER, duplicate_of=None)
    with refused("duplicate_itself"):
        dispositions.merge_duplicate(lead, by=world.marketer, now=LATER, duplicate_of=lead)
    with refused("role"):
        dispositions.merge_duplicate(lead, by=world.rep, now=LATER, duplicate_of=kept)
    kept.account_id += 1
    with refused("duplicate_elsewhere"):
        dispositions.merge_duplicate(lead, by=world.marketer, now=LATER, duplicate_of=kept)


# give_up


def test_a_marketer_gives_an_ignored_lead_up_until_a_day(world):
    lead = ignored(world)
    dispositions.give_up(lead, by=world.marketer, now=DUE + MINUTE, return_on=SPRING)
    lead = stored(lead)
    assert (lead.stage, lead.return_on, lead.gave_up_at) == (Stage.RECYCLED, SPRING, DUE + MINUTE)


@pytest.mark.parametrize(
    ("who", "return_on", "code"),
    [("marketer", None, "missing"), ("rep", SPRING, "role"), ("clock", SPRING, "give_up_time")],
)
def test_who_may_give_up_and_when(world, refused, who, return_on, code):
    lead = ignored(world)
    with refused(code):
        dispositions.give_up(lead, by=world.users[who], now=GIVEN_UP, return_on=return_on)


def test_what_waits_in_time_is_not_given_up(world, refused):
    lead = waiting(world)
    with refused("stage"):
        dispositions.give_up(lead, by=world.marketer, now=NOW, return_on=SPRING)


def test_the_clock_gives_up_after_twenty_business_days_with_that_time(world):
    lead = ignored(world)
    assert overdue.give_up(now=GIVEN_UP, by=world.clock) == {"given_up": 0, "failed": 0}
    assert overdue.give_up(now=GIVEN_UP + timedelta(days=9), by=world.clock) == {"given_up": 1, "failed": 0}
    lead = stored(lead)
    assert (lead.stage, lead.gave_up_at, lead.recycled_at) == (Stage.RECYCLED, GIVEN_UP, GIVEN_UP)
    assert lead.return_on == (GIVEN_UP + overdue.RETURN_AFTER).date()
    assert overdue.give_up(now=GIVEN_UP + timedelta(days=10), by=world.clock) == {"given_up": 0, "failed": 0}


def test_the_next_trip_is_linked_by_itself(world):
    lead = ignored(world)
    dispositions.give_up(lead, by=world.marketer, now=DUE + MINUTE, return_on=SPRING)
    second = lead_at(world, Stage.NURTURE)
    assert second.previous == lead
    assert lead_at(world, Stage.NURTURE, department=None).previous is None
    assert LeadMove.objects.filter(lead=second).count() == 0
