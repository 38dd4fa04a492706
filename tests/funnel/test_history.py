"""Histories from elsewhere: the same reducer, the same rates, thousands at a time."""

from datetime import timedelta

import pytest

from audit.models import Entry, OutboxMessage
from funnel import invariants, leads
from funnel.enums import MoveName, Origin, Outcome, Stage
from funnel.history import PastMove, Trip, import_history, import_many
from funnel.models import Handoff, Lead, LeadMove, RejectReason
from tests.funnel.people import DUE, MINUTE, NOW, World, lead_at, waiting

LATER = DUE + timedelta(days=60)


def past(world: World, *steps: tuple) -> list[PastMove]:
    """From (verb, when[, further fields])."""
    return [
        PastMove(move=MoveName(verb), at=when, by=world.marketer, **(more[0] if more else {}))
        for verb, when, *more in steps
    ]


def delivered(world: World) -> list[tuple]:
    return [("qualify", NOW), ("hand_over", NOW, {"assignee": world.rep})]


def draft(world: World, **changes) -> Lead:
    return Lead(account=world.account, created_at=NOW, **changes)


def test_a_past_is_told_with_its_own_times(world):
    lead = lead_at(world, Stage.NURTURE)
    steps = [*delivered(world), ("accept", NOW + MINUTE, {"data": {"next_action": "call"}})]
    import_history(lead, past(world, *steps), by=world.admin, now=LATER)
    lead, handoff = Lead.objects.get(pk=lead.pk), Handoff.objects.get()
    assert (lead.stage, lead.seq, lead.accepted_at, lead.due_at) == (Stage.SAL, 3, NOW + MINUTE, DUE)
    assert (lead.assignee, lead.first_assignee, lead.first_team) == (world.rep, world.rep, world.rep.team)
    assert lead.first_touch_due_at is not None
    assert (handoff.outcome, handoff.decided_at, handoff.due_at) == (Outcome.ACCEPTED, NOW + MINUTE, DUE)
    assert all(LeadMove.objects.values_list("imported", flat=True))


def test_a_late_answer_elsewhere_was_an_ignore_here(world):
    lead = lead_at(world, Stage.NURTURE)
    import_history(lead, past(world, *delivered(world), ("accept", DUE + MINUTE)), by=world.admin, now=LATER)
    assert (lead.stage, lead.first_outcome, lead.ignored_at) == (Stage.SAL, Outcome.IGNORED, DUE)
    assert lead.moves.get(move="ignore").by == world.clock


def test_what_was_never_answered_is_ignored_by_now(world):
    lead = lead_at(world, Stage.NURTURE)
    import_history(lead, past(world, *delivered(world)), by=world.admin, now=LATER)
    assert (lead.stage, lead.ignored_at) == (Stage.IGNORED, DUE)


def test_what_still_waits_goes_on_waiting(world):
    lead = lead_at(world, Stage.NURTURE)
    import_history(lead, past(world, *delivered(world)), by=world.admin, now=DUE)
    assert lead.stage == Stage.MQL
    leads.accept(lead, by=world.rep, now=DUE, next_action="call", next_action_on=DUE.date())
    assert lead.first_outcome == Outcome.ACCEPTED
    assert list(invariants.check(now=LATER)) == []


def test_a_due_known_elsewhere_counts(world):
    lead = lead_at(world, Stage.NURTURE)
    steps = [("qualify", NOW), ("hand_over", NOW, {"assignee": world.rep, "due_at": NOW + MINUTE})]
    import_history(lead, past(world, *steps), by=world.admin, now=NOW)
    assert (lead.due_at, Handoff.objects.get().due_at) == (NOW + MINUTE, NOW + MINUTE)


def test_a_second_delivery_makes_a_second_handoff(world):
    reason = RejectReason.objects.get(code="WRONG_OWNER")
    steps = [
        *delivered(world),
        ("reject", NOW + MINUTE, {"reason": reason}),
        ("requeue", NOW + 2 * MINUTE, {"assignee": world.other_rep}),
    ]
    lead = lead_at(world, Stage.NURTURE)
    import_history(lead, past(world, *steps), by=world.admin, now=NOW + 3 * MINUTE)
    assert (lead.assignee, lead.first_assignee, lead.reject_reason) == (world.other_rep, world.rep, reason)
    assert list(Handoff.objects.values_list("number", "outcome")) == [(1, "REJECTED"), (2, "")]


def test_a_reassignment_ends_the_first_handoff_and_keeps_the_due(world):
    steps = [*delivered(world), ("reassign", NOW + 60 * MINUTE, {"assignee": world.other_rep, "cause": "CAPACITY"})]
    lead = lead_at(world, Stage.NURTURE)
    import_history(lead, past(world, *steps), by=world.admin, now=DUE)
    assert list(Handoff.objects.values_list("outcome", "due_at")) == [("REASSIGNED", DUE), ("", DUE)]


def test_self_sourced_leads_stand_apart(world):
    lead = draft(world, origin=Origin.SALES, assignee=world.rep)
    import_many([Trip(lead, past(world, ("self_source", NOW)))], by=world.admin, now=LATER)
    assert (lead.stage, lead.accepted_at, lead.first_outcome) == (Stage.SAL, NOW, "")
    assert list(invariants.check(now=LATER)) == []


@pytest.mark.parametrize(
    "steps",
    [
        [("accept", NOW)],
        [("qualify", NOW), ("accept", NOW)],
        [("qualify", NOW), ("hand_over", NOW)],
        [("qualify", NOW), ("qualify", NOW)],
        [("qualify", NOW), ("unqualify", NOW - MINUTE)],
    ],
)
def test_a_history_outside_the_waterfall_is_refused_with_its_step(world, refused, steps):
    lead = lead_at(world, Stage.NURTURE)
    with refused("broken_history") as caught:
        import_history(lead, past(world, *steps), by=world.admin, now=LATER)
    assert f"at step {len(steps)} ({steps[-1][0]})" in str(caught.value)


def test_an_ambiguous_verb_says_where_to(world, refused):
    reason = RejectReason.objects.get(code="NO_NEED")
    steps = [*delivered(world), ("reject", NOW, {"reason": reason}), ("appeal", NOW)]
    lead = lead_at(world, Stage.NURTURE)
    with refused("broken_history"):
        import_history(lead, past(world, *steps), by=world.admin, now=NOW)
    steps[-1] = ("appeal", NOW, {"to_stage": Stage.REJECTED})
    import_history(lead, past(world, *steps), by=world.admin, now=NOW)
    assert lead.seq == 4


def test_a_lead_that_has_moved_gets_no_other_past(world, refused):
    lead = waiting(world)
    with refused("has_history"):
        import_history(lead, past(world, ("qualify", NOW)), by=world.admin, now=LATER)


def test_the_past_is_no_news(world):
    import_many([Trip(draft(world), past(world, *delivered(world)))], by=world.admin, now=LATER)
    assert OutboxMessage.objects.count() == 0
    entry = Entry.objects.get(act="leads.import_history")
    assert (entry.actor_id, entry.detail) == (world.admin.pk, {"moves": 3})


def test_many_at_once_are_stored_or_none(world, refused):
    same = {"department": world.department, "offering": world.offering}
    trips = [Trip(draft(world, **same), past(world, *delivered(world))) for _ in range(2)]
    with refused("open_lead_exists"):
        import_many(trips, by=world.admin, now=LATER)


def test_three_hundred_leads_take_few_queries_and_keep_every_promise(world, django_assert_max_num_queries):
    steps = past(world, *delivered(world), ("accept", NOW + MINUTE), ("recycle", DUE + MINUTE))
    trips = [Trip(draft(world), steps) for _ in range(300)]
    with django_assert_max_num_queries(20):
        stored = import_many(trips, by=world.admin, now=LATER)
    assert (len(stored), LeadMove.objects.count(), Handoff.objects.count()) == (300, 1200, 300)
    assert list(invariants.check(now=LATER)) == []
