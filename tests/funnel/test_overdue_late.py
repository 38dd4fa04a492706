"""The clock's job may come late or in pieces: what it writes is what a punctual one would have written."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from funnel import leads, overdue, questions
from funnel.enums import Outcome, Stage
from funnel.models import Handoff, Lead, LeadMove
from funnel.refusals import MoveRefused
from tests.funnel.people import DUE, NOW, World, lead_at, waiting
from users import absences

DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
PUNCTUAL = [NOW + n * DAY for n in range(36)]
END = NOW + 40 * DAY


@pytest.mark.parametrize(
    ("late", "stage", "outcome"), [(timedelta(0), Stage.MQL, ""), (TICK, Stage.IGNORED, Outcome.IGNORED)]
)
def test_the_very_due_is_in_time_and_a_microsecond_later_is_not(world, late, stage, outcome):
    lead = waiting(world)
    overdue.come_round(now=DUE + late, by=world.clock)
    lead.refresh_from_db()
    assert (lead.stage, lead.handoffs.get().outcome) == (stage, outcome)


def test_an_answer_on_the_very_due_is_in_time_and_a_microsecond_later_is_late(world):
    first, second = waiting(world), None
    leads.accept(first, by=world.rep, now=DUE, next_action="call", next_action_on=DUE.date())
    second = lead_at(world, Stage.MQL, department=None)
    leads.hand_over(second, assignee=world.rep, by=world.marketer, now=NOW)
    leads.accept(second, by=world.rep, now=DUE + TICK, next_action="call", next_action_on=DUE.date())
    assert (first.first_outcome, first.ignored_at) == (Outcome.ACCEPTED, None)
    assert (second.first_outcome, second.ignored_at, second.accepted_at) == (Outcome.IGNORED, DUE, DUE + TICK)


def test_after_weeks_without_the_job_everything_is_dated_as_it_was_due(world):
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=NOW, question="Which plant?")
    counts = overdue.come_round(now=NOW + 60 * DAY, by=world.clock)
    done = {"failed": 0, "answered": 1, "stood_in": 0, "ignored": 1, "escalated": 1, "given_up": 1}
    assert counts.items() >= done.items()
    limit, due = NOW + DAY, DUE + DAY  # eight business hours for marketing, then sixteen for sales
    moves = lead.moves.filter(seq__gt=3).order_by("seq").values_list("move", "at")
    given_up = Lead.objects.get().gave_up_at
    assert list(moves) == [("answer", limit), ("ignore", due), ("give_up", given_up)]
    assert given_up == due + 28 * DAY  # twenty business days
    assert lead.handoffs.get().escalated_at == due + 3 * DAY  # a weekend lies between


@dataclass(frozen=True)
class Script:
    """What people do about a lead, in hours after its hand-over; None: nothing."""

    asks: int | None
    answers: int | None
    accepts: int | None


def live(world: World, scripts: list[Script], runs: Iterable[datetime]) -> list[Any]:
    """Everything that is written when the job runs at these moments; afterwards nothing of it is left."""
    with transaction.atomic():
        made = []
        for _ in [*scripts, "of somebody who will be away"]:
            made.append(lead_at(world, Stage.MQL, department=None))
            leads.hand_over(made[-1], assignee=world.rep, by=world.marketer, now=NOW)
        leads_of_rep, swallowed = made[:-1], made[-1]
        Handoff.objects.filter(lead=swallowed).update(assignee=world.other_rep)
        Lead.objects.filter(pk=swallowed.pk).update(assignee=world.other_rep)
        _note_absence(world)
        for _, act in sorted([*_acts(world, leads_of_rep, scripts), *_jobs(world, runs)], key=lambda one: one[0]):
            with suppress(MoveRefused):
                act()
        first = made[0].pk
        moves = LeadMove.objects.order_by("lead", "seq").values_list(
            "lead", "seq", "move", "to_stage", "at", "data__due_at"
        )
        handoffs = Handoff.objects.order_by("lead", "number").values_list("lead", "due_at", "outcome", "decided_at")
        written = [[(row[0] - first, *row[1:]) for row in rows] for rows in (moves, handoffs)]
        transaction.set_rollback(True)
    return written


def _note_absence(world: World) -> None:
    day = DUE.date()
    absences.arrange(
        world.other_rep, by=world.other_rep, now=NOW + HOUR, first_on=day, last_on=day, deputy=world.manager
    )


def _jobs(world: World, runs: Iterable[datetime]) -> list[Any]:
    return [(at, lambda at=at: overdue.come_round(now=at, by=world.clock)) for at in [*runs, END]]


def _acts(world: World, made: list[Lead], scripts: list[Script]) -> list[Any]:
    """A minute past the hour, so that nobody acts in the very moment of the job."""
    found = []
    for lead, script in zip(made, scripts, strict=True):
        promise = {"next_action": "call", "next_action_on": END.date()}
        for after, act, words in (
            (script.asks, questions.ask, {"by": world.rep, "question": "?"}),
            (script.answers, questions.answer, {"by": world.marketer, "answer": "!"}),
            (script.accepts, leads.accept, {"by": world.rep, **promise}),
        ):
            if after is not None:
                at = NOW + after * HOUR + timedelta(minutes=1)
                found.append((at, lambda act=act, lead=lead, at=at, words=words: act(lead, now=at, **words)))
    return found


def test_a_job_that_runs_now_and_then_writes_what_a_punctual_one_does(world):
    scripts = [Script(3, 5, None), Script(2, None, 300)]
    assert live(world, scripts, [PUNCTUAL[3], PUNCTUAL[20]]) == live(world, scripts, PUNCTUAL)
