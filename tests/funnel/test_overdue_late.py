"""The clock's job may come late or in pieces: what it writes is what a punctual one would have written."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import OutboxMessage
from funnel import leads, overdue, questions
from funnel.enums import Outcome, Stage
from funnel.models import Handoff, Lead, LeadMove
from funnel.refusals import MoveRefused
from funnel.standing_in import stand_in
from funnel.story import MILESTONES
from tests.funnel.people import DUE, NOW, World, lead_at, waiting
from users import absences
from users.models import User

DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
END = NOW + 40 * DAY
Run = tuple[datetime, int, int]
Event = tuple[datetime, Callable[[], object]]


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

    asks: int | None = None
    answers: int | None = None
    accepts: int | None = None


SCRIPTS = [
    Script(),
    Script(accepts=100),  # late
    Script(asks=3, answers=5),
    Script(asks=3, answers=29),  # later than marketing may
    Script(asks=2, accepts=300),
    Script(asks=47),  # an hour before it is due
]
RUN = (overdue.answer_questions, stand_in, overdue.ignore_overdue, overdue.escalate, overdue.give_up, overdue.warn)
HOURS = [NOW + n * HOUR + timedelta(minutes=2) for n in range(8 * 24) if n % 24 < 9]
OFTEN = [*HOURS[::4], *(NOW + n * DAY + TICK for n in range(8, 38, 6))]
"""Several times a day while answers are due, then every sixth day."""
downtimes = st.lists(
    st.tuples(st.sampled_from([NOW, *HOURS, *OFTEN]), st.integers(0, len(RUN)), st.sampled_from([1, 200])), max_size=3
)
"""When the job runs, after how many of its parts it is killed, and how many leads it takes at a time."""


class Life:
    """A few leads handed over at once, and what people do about them: lived again and again with another clock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.leads = [self._handed_over(world.rep) for _ in SCRIPTS]
        self._handed_over(world.other_rep)  # will be away, and does nothing
        told = {"first_on": DUE.date(), "last_on": DUE.date(), "deputy": world.manager}
        absences.arrange(world.other_rep, by=world.other_rep, now=NOW + HOUR, **told)

    def _handed_over(self, to: User) -> Lead:
        made = lead_at(self.world, Stage.MQL, department=None)
        leads.hand_over(made, assignee=to, by=self.world.marketer, now=NOW)
        return made

    def lived(self, runs: Iterable[Run]) -> list[Any]:
        """Everything that is written when the job runs so; afterwards nothing of it is left."""
        with transaction.atomic():
            for _, act in sorted([*self._acts(), *self._jobs([*runs, (END, len(RUN), 200)])], key=itemgetter(0)):
                with suppress(MoveRefused):
                    act()
            written = [list(rows) for rows in self._written()]
            transaction.set_rollback(True)
        return written

    def _jobs(self, runs: Iterable[Run]) -> Iterator[Event]:
        for at, parts, batch in runs:
            for part in RUN[:parts]:
                told = {"now": at, "by": self.world.clock} | ({} if part is overdue.warn else {"batch": batch})
                yield at, partial(part, **told)

    def _acts(self) -> Iterator[Event]:
        """A minute past the hour, so that nobody acts in the very moment of the job."""
        rep = {"by": self.world.rep}
        for lead, script in zip(self.leads, SCRIPTS, strict=True):
            for after, act, words in (
                (script.asks, questions.ask, {**rep, "question": "?"}),
                (script.answers, questions.answer, {"by": self.world.marketer, "answer": "!"}),
                (script.accepts, leads.accept, {**rep, "next_action": "call", "next_action_on": END.date()}),
            ):
                if after is not None:
                    at = NOW + after * HOUR + timedelta(minutes=1)
                    yield at, partial(act, lead, now=at, **words)

    def _written(self) -> Iterator[Iterable[Any]]:
        """A warning comes too late or not at all; an escalation comes to nothing once somebody has accepted."""
        moves = LeadMove.objects.order_by("lead", "seq")
        yield moves.values_list("lead", "seq", "move", "to_stage", "at", "by", "data__due_at")
        handoffs = Handoff.objects.order_by("lead", "number")
        yield handoffs.values_list("lead", "assignee", "due_at", "outcome", "decided_at", "answer_hours")
        yield handoffs.filter(lead__accepted_at=None).values_list("lead", "escalated_at")
        yield Lead.objects.order_by("pk").values_list("pk", *MILESTONES, "return_on", "answer_hours")
        quiet = Q(topic="lead.at_risk") | Q(topic="lead.escalated")
        yield OutboxMessage.objects.exclude(quiet).order_by("key").values_list("key", flat=True)


def test_whenever_the_job_runs_and_is_killed_it_writes_what_a_punctual_one_does(world):
    life = Life(world)
    punctual = life.lived((at, len(RUN), 200) for at in OFTEN)
    assert {"answer", "ignore", "give_up", "reassign"} <= {row[2] for row in punctual[0]}

    @settings(max_examples=8, deadline=None)
    @given(downtimes)
    def same_however_late(runs: list[Run]) -> None:
        assert life.lived(runs) == punctual

    same_however_late()
