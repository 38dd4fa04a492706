"""A delivered lead goes back or to somebody else; its first due and first outcome stay."""

from datetime import timedelta

import pytest

from funnel import leads, overdue, rerouting
from funnel.enums import Outcome, Stage
from funnel.models import Lead, LeadMove
from tests.funnel.people import DUE, MINUTE, NOW, World, accepted, lead_at, waiting

LATER = NOW + timedelta(hours=1)
FRESH = DUE + timedelta(hours=1)
AGAIN = DUE + timedelta(days=1)


def stored(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def rejected(world: World, reason: str = "WRONG_OWNER") -> Lead:
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason=reason)
    return lead


def ignored(world: World) -> Lead:
    lead = waiting(world)
    leads.ignore(lead, by=world.clock, now=DUE + MINUTE)
    return lead


# recall


def test_a_recalled_lead_is_withdrawn_with_its_handoff(world):
    lead = waiting(world)
    move = rerouting.recall(lead, by=world.marketer, now=DUE, cause="sent twice")
    handoff = lead.handoffs.get()
    assert (stored(lead).stage, stored(lead).withdrawn_at, move.note) == (Stage.WITHDRAWN, DUE, "sent twice")
    assert (handoff.outcome, handoff.decided_by) == (Outcome.WITHDRAWN, world.marketer)


@pytest.mark.parametrize(
    ("who", "cause", "now", "code"),
    [
        ("marketer", "", LATER, "missing"),
        ("rep", "x", LATER, "role"),
        ("lead_marketer", "x", LATER, "role"),
        ("marketer", "x", DUE + MINUTE, "stage"),
    ],
)
def test_who_may_recall_until_when(world, refused, who, cause, now, code):
    lead = waiting(world)
    with refused(code):
        rerouting.recall(lead, by=world.users[who], now=now, cause=cause)


def test_what_was_not_delivered_cannot_be_recalled(world, refused):
    lead = lead_at(world, Stage.MQL)
    with refused("with_sales"):
        rerouting.recall(lead, by=world.marketer, now=NOW, cause="x")


# reassign


@pytest.mark.parametrize("cause", ["WORKLOAD", "OTHER"])
def test_another_assignee_has_the_time_that_is_left(world, cause):
    lead = waiting(world)
    rerouting.reassign(lead, by=world.manager, now=LATER, assignee=world.other_rep, cause=cause)
    first, second = lead.handoffs.order_by("number")
    assert (first.outcome, first.decided_by, first.decided_at) == (Outcome.REASSIGNED, world.manager, LATER)
    assert (second.number, second.assignee, second.due_at, second.outcome) == (2, world.other_rep, DUE, "")
    lead = stored(lead)
    assert (lead.assignee, lead.first_assignee, lead.due_at) == (world.other_rep, world.rep, DUE)


@pytest.mark.parametrize("cause", ["ABSENCE", "WRONG_OWNER"])
def test_after_an_absence_or_a_wrong_owner_the_time_is_fresh(world, cause):
    lead = waiting(world)
    rerouting.reassign(lead, by=world.lead_marketer, now=LATER, assignee=world.other_rep, cause=cause)
    assert (stored(lead).due_at, lead.handoffs.latest("number").due_at) == (FRESH, FRESH)


def test_an_ignored_lead_may_go_to_somebody_else_and_stays_counted(world):
    lead = ignored(world)
    rerouting.reassign(lead, by=world.manager, now=AGAIN, assignee=world.other_rep, cause="WORKLOAD")
    lead = stored(lead)
    assert (lead.stage, lead.first_outcome, lead.due_at) == (Stage.MQL, Outcome.IGNORED, DUE)
    assert [handoff.outcome for handoff in lead.handoffs.order_by("number")] == [Outcome.IGNORED, ""]
    assert lead.handoffs.latest("number").due_at > AGAIN


def test_a_second_assignee_who_is_silent_too_is_ignored_at_the_first_due(world):
    lead = waiting(world)
    rerouting.reassign(lead, by=world.manager, now=LATER, assignee=world.other_rep, cause="WORKLOAD")
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    assert stored(lead).ignored_at == DUE


@pytest.mark.parametrize(
    ("who", "to", "cause", "code"),
    [
        ("manager", "other_rep", "", "missing"),
        ("manager", None, "ABSENCE", "missing"),
        ("rep", "other_rep", "ABSENCE", "role"),
        ("marketer", "other_rep", "ABSENCE", "role"),
        ("manager", "other_rep", "BORED", "unknown_cause"),
        ("manager", "rep", "ABSENCE", "same_assignee"),
        ("manager", "analyst", "ABSENCE", "cannot_receive"),
    ],
)
def test_who_may_reassign_to_whom_and_why(world, refused, who, to, cause, code):
    lead = waiting(world)
    with refused(code):
        rerouting.reassign(lead, by=world.users[who], now=LATER, assignee=to and world.users[to], cause=cause)


# requeue


def test_somebody_elses_lead_goes_to_whose_it_is(world):
    lead = rejected(world)
    rerouting.requeue(lead, by=world.marketer, now=LATER, assignee=world.other_rep, note="her region")
    lead = stored(lead)
    assert (lead.stage, lead.first_outcome, lead.rejected_at) == (Stage.MQL, Outcome.REJECTED, NOW)
    assert [handoff.outcome for handoff in lead.handoffs.order_by("number")] == [Outcome.REJECTED, ""]
    assert LeadMove.objects.get(lead=lead, move="requeue").note == "her region"


@pytest.mark.parametrize(
    ("who", "to", "reason", "code"),
    [
        ("marketer", "other_rep", "NO_NEED", "disposition_requeue"),
        ("marketer", None, "WRONG_OWNER", "missing"),
        ("marketer", "admin", "WRONG_OWNER", "cannot_receive"),
        ("manager", "other_rep", "WRONG_OWNER", "role"),
    ],
)
def test_who_may_requeue_what(world, refused, who, to, reason, code):
    lead = rejected(world, reason)
    with refused(code):
        rerouting.requeue(lead, by=world.users[who], now=LATER, assignee=to and world.users[to])


# reclaim


def test_a_manager_takes_an_accepted_lead_back(world):
    lead = accepted(world)
    rerouting.reclaim(lead, by=world.manager, now=LATER, assignee=world.other_rep)
    lead = stored(lead)
    assert (lead.stage, lead.accepted_at, lead.assignee) == (Stage.MQL, NOW, world.other_rep)
    assert [handoff.outcome for handoff in lead.handoffs.order_by("number")] == [Outcome.ACCEPTED, ""]


def test_a_reclaimed_ghost_stays_a_ghost(world):
    lead = accepted(world)
    Lead.objects.filter(pk=lead.pk).update(ghost_at=LATER)
    rerouting.reclaim(lead, by=world.clock, now=LATER + MINUTE, assignee=world.other_rep)
    assert (stored(lead).stage, stored(lead).ghost_at) == (Stage.MQL, LATER)


@pytest.mark.parametrize(
    ("who", "to", "code"),
    [
        ("clock", "other_rep", "is_ghost"),
        ("rep", "other_rep", "role"),
        ("manager", None, "missing"),
        ("manager", "marketer", "cannot_receive"),
    ],
)
def test_who_may_reclaim(world, refused, who, to, code):
    lead = accepted(world)
    with refused(code):
        rerouting.reclaim(lead, by=world.users[who], now=LATER, assignee=to and world.users[to])


def test_only_an_accepted_lead_is_reclaimed(world, refused):
    lead = waiting(world)
    with refused("stage"):
        rerouting.reclaim(lead, by=world.manager, now=LATER, assignee=world.other_rep)
