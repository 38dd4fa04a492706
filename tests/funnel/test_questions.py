"""A question stops sales' clock and starts marketing's; while it is open the lead is neither overdue nor matured.

Asked on Tuesday 11:00, marketing answers until Wednesday 11:00; 15 of sales' 16 business hours are left.
"""

from datetime import timedelta

import pytest

from funnel import dispositions, invariants, leads, overdue, questions, rerouting
from funnel.cohorts import LEADS
from funnel.enums import Outcome, Stage
from funnel.measures import Terms
from funnel.models import Handoff, Lead, LeadMove
from tests.funnel.people import DUE, MINUTE, NOW, World, lead_at, waiting

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ASKED, LIMIT = NOW + HOUR, NOW + DAY + HOUR
NEXT = {"next_action": "call", "next_action_on": DUE.date()}


def stored(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def dues(lead: Lead) -> tuple[object, object]:
    return stored(lead).due_at, lead.handoffs.latest("number").due_at


def asked(world: World) -> Lead:
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=ASKED, question="Which plant?")
    return lead


def counted(now) -> dict[str, int]:
    keys = ("matured", "open", "accepted_in_time", "rejected_in_time", "ignored")
    terms = Terms(as_of=now)
    return {key: LEADS.rows(key, terms, None).count() for key in keys}


def test_a_question_is_kept_with_its_words_and_asker(world):
    lead = asked(world)
    move = LeadMove.objects.get(lead=lead, move="ask")
    assert (move.note, move.by, stored(lead).question_at) == ("Which plant?", world.rep, ASKED)
    assert dues(lead) == (DUE, DUE)


@pytest.mark.parametrize(
    ("who", "question", "code"),
    [
        ("rep", "", "missing"),
        ("manager", "?", "role"),
        ("marketer", "?", "role"),
        ("partner", "?", "partner_own_leads"),
    ],
)
def test_who_may_ask_and_with_what(world, refused, who, question, code):
    lead = waiting(world)
    with refused(code):
        questions.ask(lead, by=world.users[who], now=ASKED, question=question)


def test_there_is_one_question_at_a_time_and_only_before_the_answer(world, refused):
    lead = asked(world)
    with refused("no_question"):
        questions.ask(lead, by=world.rep, now=ASKED, question="And when?")
    leads.reject(lead, by=world.rep, now=ASKED, reason="TIMING")
    with refused("stage"):
        questions.ask(lead, by=world.rep, now=ASKED, question="And when?")


def test_after_the_due_no_question_stops_the_clock(world, refused):
    lead = waiting(world)
    with refused("stage"):
        questions.ask(lead, by=world.rep, now=DUE + MINUTE, question="Which plant?")


def test_an_undelivered_lead_has_nobody_to_ask(world, refused):
    lead = lead_at(world, Stage.MQL)
    with refused("with_sales"):
        questions.ask(lead, by=world.rep, now=ASKED, question="Which plant?")


def test_the_answer_moves_both_dues_by_the_pause(world):
    lead = asked(world)
    questions.answer(lead, by=world.marketer, now=ASKED + 3 * HOUR, answer="The one in Ota")
    assert dues(lead) == (DUE + 2 * HOUR, DUE + 2 * HOUR)
    assert stored(lead).question_at is None


@pytest.mark.parametrize(
    ("who", "answer", "code"),
    [
        ("marketer", "", "missing"),
        ("rep", "Ota", "role"),
        ("manager", "Ota", "role"),
        ("clock", "", "answer_limit_passed"),
    ],
)
def test_who_may_answer_and_with_what(world, refused, who, answer, code):
    lead = asked(world)
    with refused(code):
        questions.answer(lead, by=world.users[who], now=ASKED + HOUR, answer=answer)


def test_without_a_question_there_is_nothing_to_answer(world, refused):
    lead = waiting(world)
    with refused("question_open"):
        questions.answer(lead, by=world.marketer, now=ASKED, answer="Ota")


def test_the_clock_answers_at_the_limit_as_marketings_breach(world):
    lead = asked(world)
    assert overdue.answer_questions(now=LIMIT, by=world.clock) == {"answered": 0, "failed": 0}
    assert overdue.answer_questions(now=LIMIT + 40 * HOUR, by=world.clock) == {"answered": 1, "failed": 0}
    move = LeadMove.objects.get(lead=lead, move="answer")
    assert (move.at, move.by, move.data["breach"]) == (LIMIT, world.clock, True)
    assert dues(lead) == (DUE + DAY, DUE + DAY)
    assert overdue.answer_questions(now=LIMIT + 41 * HOUR, by=world.clock)["answered"] == 0


def test_after_a_downtime_both_clocks_keep_their_times(world):
    lead = asked(world)
    counts = overdue.come_round(now=DUE + 5 * DAY, by=world.clock)
    assert (counts["answered"], counts["ignored"]) == (1, 1)
    assert stored(lead).ignored_at == DUE + DAY


def test_an_answer_that_meets_a_sleeping_clock_is_as_late_as_it_is(world):
    lead = asked(world)
    leads.accept(lead, by=world.rep, now=DUE + 5 * DAY, **NEXT)
    names = list(lead.moves.order_by("seq").values_list("move", flat=True))
    assert names[-4:] == ["ask", "answer", "ignore", "accept"]
    assert stored(lead).first_outcome == Outcome.IGNORED
    assert list(invariants.check(now=DUE + 6 * DAY)) == []


def test_while_it_is_open_nothing_is_overdue_or_matured(world):
    lead = asked(world)
    now = DUE + DAY
    Lead.objects.filter(pk=lead.pk).update(question_at=ASKED)
    assert not Handoff.objects.overdue(now).exists()
    assert overdue.ignore_overdue(now=now, by=world.clock)["ignored"] == 0
    assert counted(now) == {"matured": 0, "open": 1, "accepted_in_time": 0, "rejected_in_time": 0, "ignored": 0}


def test_before_the_question_the_cohort_is_as_it_was_then(world):
    asked(world)
    assert counted(NOW)["open"] == 1


def test_once_answered_the_identity_holds_at_the_new_due(world):
    lead = asked(world)
    questions.answer(lead, by=world.marketer, now=ASKED + 3 * HOUR, answer="Ota")
    assert counted(DUE + HOUR)["open"] == 1
    assert counted(DUE + 3 * HOUR) == {
        "matured": 1, "open": 0, "accepted_in_time": 0, "rejected_in_time": 0, "ignored": 1,
    }  # fmt: skip


def test_a_question_about_a_second_delivery_leaves_the_first_answer_counted(world):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="WRONG_OWNER")
    rerouting.requeue(lead, by=world.marketer, now=DUE + HOUR, assignee=world.other_rep)
    questions.ask(lead, by=world.other_rep, now=DUE + 2 * HOUR, question="Why me?")
    found = counted(DUE + 3 * HOUR)
    assert (found["matured"], found["rejected_in_time"], found["open"]) == (1, 1, 0)


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_sales_may_answer_instead_of_waiting(world, answer):
    lead, now = asked(world), ASKED + 3 * HOUR
    if answer == "accept":
        leads.accept(lead, by=world.rep, now=now, **NEXT)
    else:
        leads.reject(lead, by=world.rep, now=now, reason="TIMING")
    assert dues(lead) == (DUE + 2 * HOUR, DUE + 2 * HOUR)
    assert stored(lead).question_at is None


def test_a_merge_during_a_question_leaves_the_denominator(world):
    lead, other = asked(world), lead_at(world, Stage.NURTURE, department=None)
    dispositions.merge_duplicate(lead, by=world.marketer, now=ASKED + HOUR, duplicate_of=other)
    assert counted(DUE + 9 * DAY)["matured"] == 0


def test_a_reassignment_ends_the_question_and_keeps_the_time_left(world):
    lead = asked(world)
    rerouting.reassign(lead, by=world.manager, now=ASKED + 3 * HOUR, assignee=world.other_rep, cause="WORKLOAD")
    assert dues(lead) == (DUE + 2 * HOUR, DUE + 2 * HOUR)
    assert stored(lead).question_at is None
