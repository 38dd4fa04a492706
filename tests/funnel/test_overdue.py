"""The clock marks what nobody answered, once, at its due, however late it comes round."""

from datetime import timedelta

from audit.models import OutboxMessage
from funnel import leads, overdue, rerouting
from funnel.enums import Outcome, Stage
from funnel.models import Handoff, Lead, LeadMove
from tests.funnel.people import DUE, MINUTE, NOW, World, accepted, lead_at, waiting
from users.models import User


def many_waiting(world: World, count: int) -> list[Lead]:
    made = []
    for _ in range(count):
        lead = lead_at(world, Stage.MQL, department=None)
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
        made.append(lead)
    return made


def test_an_unanswered_lead_is_ignored_at_its_due(world):
    lead = waiting(world)
    assert overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock) == {"ignored": 1, "failed": 0}
    lead, handoff = Lead.objects.get(pk=lead.pk), lead.handoffs.get()
    assert (lead.stage, lead.ignored_at, lead.first_outcome) == (Stage.IGNORED, DUE, Outcome.IGNORED)
    assert (handoff.outcome, handoff.decided_by, handoff.decided_at) == (Outcome.IGNORED, world.clock, DUE)


def test_after_a_downtime_the_due_still_counts(world):
    lead = waiting(world)
    overdue.ignore_overdue(now=DUE + timedelta(days=9), by=world.clock)
    assert Lead.objects.get(pk=lead.pk).ignored_at == DUE


def test_on_the_very_due_nothing_is_ignored(world):
    waiting(world)
    assert overdue.ignore_overdue(now=DUE, by=world.clock) == {"ignored": 0, "failed": 0}


def test_running_again_changes_nothing(world):
    waiting(world)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    moves = list(LeadMove.objects.values())
    assert overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock) == {"ignored": 0, "failed": 0}
    assert list(LeadMove.objects.values()) == moves


def test_answered_and_undelivered_leads_are_left_alone(world):
    accepted(world)
    lead_at(world, Stage.MQL, department=None)
    assert overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)["ignored"] == 0


def test_all_batches_are_worked_through(world):
    many_waiting(world, 5)
    assert overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock, batch=2) == {"ignored": 5, "failed": 0}


def test_a_broken_lead_does_not_stop_the_others(world):
    first, second = many_waiting(world, 2)
    Lead.objects.filter(pk=first.pk).update(seq=7)
    assert overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock) == {"ignored": 1, "failed": 1}
    assert Lead.objects.get(pk=second.pk).stage == Stage.IGNORED


def test_ignoring_by_hand_is_the_clocks_right_alone(world, refused):
    lead = waiting(world)
    with refused("role"):
        leads.ignore(lead, by=world.manager, now=DUE + MINUTE)
    with refused("due_passed"):
        leads.ignore(lead, by=world.clock, now=DUE)


def test_the_clock_acts_under_its_own_name(world):
    waiting(world)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    assert LeadMove.objects.get(move="ignore").by == User.objects.system()


# escalation and giving up


def ignored(world: World) -> Lead:
    lead = waiting(world)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    return lead


OFFERED = DUE + timedelta(days=1)
"""Eight business hours after the due."""


def test_what_stays_unanswered_is_offered_to_the_manager_once(world):
    lead = ignored(world)
    assert overdue.escalate(now=OFFERED, by=world.clock) == {"escalated": 0, "failed": 0}
    assert overdue.escalate(now=OFFERED + timedelta(days=3), by=world.clock) == {"escalated": 1, "failed": 0}
    assert lead.handoffs.get().escalated_at == OFFERED
    assert overdue.escalate(now=OFFERED + timedelta(days=4), by=world.clock) == {"escalated": 0, "failed": 0}
    assert OutboxMessage.objects.filter(topic="lead.escalated").count() == 1


def test_a_late_answer_needs_no_second_escalation(world):
    lead = ignored(world)
    leads.accept(lead, by=world.rep, now=DUE + MINUTE, next_action="call", next_action_on=DUE.date())
    assert overdue.escalate(now=OFFERED + MINUTE, by=world.clock)["escalated"] == 0


def test_each_delivery_that_is_ignored_escalates_anew(world):
    lead = ignored(world)
    overdue.escalate(now=OFFERED + MINUTE, by=world.clock)
    later = OFFERED + timedelta(hours=1)
    rerouting.reassign(lead, by=world.manager, now=later, assignee=world.other_rep, cause="OTHER")
    counts = overdue.come_round(now=later + timedelta(days=9), by=world.clock)
    assert (counts["ignored"], counts["given_up"]) == (1, 0)
    assert overdue.come_round(now=later + timedelta(days=12), by=world.clock)["escalated"] in (0, 1)
    assert OutboxMessage.objects.filter(topic="lead.escalated").count() == 2


def test_giving_up_counts_from_the_last_time_it_was_ignored(world):
    lead = ignored(world)
    later = DUE + timedelta(days=20)
    rerouting.reassign(lead, by=world.manager, now=later, assignee=world.other_rep, cause="OTHER")
    overdue.come_round(now=later + timedelta(days=9), by=world.clock)
    assert overdue.give_up(now=DUE + timedelta(days=40), by=world.clock)["given_up"] == 0
    assert overdue.give_up(now=DUE + timedelta(days=60), by=world.clock)["given_up"] == 1


def test_the_golden_cases_stand_still(world):
    world.source.is_sample = True
    world.source.save()
    lead = ignored(world)
    Lead.objects.filter(pk=lead.pk).update(source=world.source)
    counts = overdue.come_round(now=DUE + timedelta(days=99), by=world.clock)
    assert (counts["given_up"], counts["escalated"]) == (0, 0)


def test_a_lead_ignored_twice_waits_once_with_its_latest_delivery(world):
    lead = waiting(world)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    first = lead.handoffs.get()
    same = {"lead": lead, "account": lead.account, "sent_by": world.marketer, "sent_at": NOW, "due_at": DUE}
    ended = {"outcome": "IGNORED", "decided_by": world.clock, "decided_at": DUE}
    latest = Handoff.objects.create(number=2, assignee=world.other_rep, **same, **ended)
    assert first.outcome == "IGNORED"
    assert list(Handoff.objects.unanswered()) == [latest]
