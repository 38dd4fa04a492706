"""Time to answer: stored when an answer comes, questions not counted; what still waits is never left out."""

from datetime import timedelta

import pytest

from funnel import invariants, leads, metrics, questions, rerouting
from funnel.history import Trip, import_many
from funnel.models import Handoff, Lead
from tests.funnel.people import DUE, NOW, waiting
from tests.funnel.test_history import delivered, draft, past

HOUR = timedelta(hours=1)
PROMISE = {"next_action": "call", "next_action_on": NOW.date()}
KEYS = ["answer_hours_median", "answer_hours_p75", "handoff_answer_hours_median", "handoff_answer_hours_p75"]


def hours(now=DUE, **terms):
    return [row.value for row in metrics.evaluate(KEYS, as_of=now, **terms)]


def stored():
    return Lead.objects.get().answer_hours, list(Handoff.objects.values_list("answer_hours", flat=True))


def test_an_answer_keeps_its_business_hours(world):
    leads.accept(waiting(world), by=world.rep, now=NOW + 24 * HOUR, **PROMISE)
    assert stored() == (8.0, [8.0])


def test_the_time_of_a_question_is_not_counted(world):
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=NOW + HOUR, question="?")
    questions.answer(lead, by=world.marketer, now=NOW + 4 * HOUR, answer="!")
    leads.reject(lead, by=world.rep, now=NOW + 5 * HOUR, reason="NO_NEED")
    assert stored() == (2.0, [2.0])


def test_an_answer_ends_its_own_question(world):
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=NOW + HOUR, question="?")
    leads.accept(lead, by=world.rep, now=NOW + 5 * HOUR, **PROMISE)
    assert stored() == (1.0, [1.0])


def test_a_lead_waits_from_its_first_delivery_a_handoff_from_its_own(world):
    lead = waiting(world)
    rerouting.reassign(lead, by=world.manager, now=NOW + HOUR, assignee=world.other_rep, cause="WORKLOAD")
    leads.accept(lead, by=world.other_rep, now=NOW + 5 * HOUR, **PROMISE)
    assert stored() == (4.0, [None, 3.0])
    assert hours(NOW + 6 * HOUR) == [4.0, 4.0, 3.0, 3.0]


def test_a_late_answer_counts_with_its_whole_time(world):
    leads.accept(waiting(world), by=world.rep, now=DUE + HOUR, **PROMISE)
    assert stored() == (17.0, [17.0])


def test_an_imported_answer_keeps_its_business_hours_too(world):
    steps = [*delivered(world), ("ask", NOW + HOUR), ("accept", NOW + 5 * HOUR)]
    import_many([Trip(draft(world), past(world, *steps))], by=world.admin, now=DUE)
    assert stored() == (1.0, [1.0])


def demands(world, answers):
    """Leads of one rep: a number is how many hours later it was accepted, None that it never was."""
    trips = []
    for n in answers:
        steps = [*delivered(world), *([("accept", NOW + n * HOUR)] if n else [])]
        trips.append(Trip(draft(world), past(world, *steps)))
    import_many(trips, by=world.admin, now=NOW + 5 * HOUR)


def test_what_still_waits_pulls_the_median_up(world):
    demands(world, [1, 2, None, None])
    assert hours(NOW + 5 * HOUR)[:2] == [2.0, None]
    assert hours(NOW + HOUR)[:2] == [None, None]


def test_what_was_answered_alone_would_look_faster(world):
    demands(world, [1, 1, 2, 5, None])
    assert hours(NOW + 5 * HOUR) == [2.0, 4.0, 2.0, 4.0]


def test_a_pause_of_an_open_lead_is_no_waiting(world):
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=NOW + HOUR, question="?")
    demands(world, [2])
    assert hours(NOW + 5 * HOUR)[0] == 2.0


@pytest.mark.parametrize("by", ["team", "assignee", "partner", "source", "tier", "month"])
def test_every_slice_has_its_own_time_and_opens_its_rows(world, by):
    demands(world, [1, 2, 3, None])
    for row in metrics.evaluate(KEYS, by=[by], as_of=DUE):
        assert (row.numerator, row.denominator) == (3, 4)
        assert row.value in (2.0, 3.0)
        filters = {by: row.slice[by]}
        assert metrics.rows(row.metric.key, "denominator", as_of=DUE, filters=filters).count() == 4


def test_the_times_keep_every_promise(world):
    demands(world, [1, None])
    assert list(invariants.check(now=NOW + 5 * HOUR)) == []
