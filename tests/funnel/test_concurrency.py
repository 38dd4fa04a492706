"""Two at once: exactly one wins, the other hears who, and nothing is written twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from audit.models import OutboxMessage
from funnel import invariants, leads, overdue
from funnel.enums import Stage
from funnel.models import Lead, LeadMove, RejectReason
from funnel.refusals import AlreadyAnswered, MoveRefused
from funnel.terms import Policy
from tests.funnel import people
from tests.funnel.people import DUE, MINUTE, NOW, lead_at, waiting
from users.models import BusinessCalendar, User

pytestmark = pytest.mark.django_db(transaction=True)
NEXT = {"next_action": "call", "next_action_on": DUE.date()}


@pytest.fixture
def world() -> people.World:
    made = people.build()
    people.sign_list(made)
    return made


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Each act in a thread and connection of its own, started together; what each returned or was refused with."""
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            together.wait(timeout=10)
            return act()
        except MoveRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_accept_against_reject(world):
    for _ in range(5):
        lead = lead_at(world, Stage.MQL, department=None)
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
        results = at_once(
            lambda lead=lead: leads.accept(fresh(lead), by=world.rep, now=NOW, **NEXT),
            lambda lead=lead: leads.reject(fresh(lead), by=world.manager, now=NOW, reason="NO_NEED"),
        )
        (won,) = (result for result in results if isinstance(result, LeadMove))
        (lost,) = (result for result in results if isinstance(result, AlreadyAnswered))
        assert lost.answered_by == won.by
        assert fresh(lead).stage == won.to_stage
        assert LeadMove.objects.filter(lead=lead, seq=3).count() == 1
        assert OutboxMessage.objects.filter(key=f"lead:{lead.pk}:3").count() == 1
    assert list(invariants.check(now=NOW)) == []


def test_many_accepts_have_one_winner(world):
    lead = waiting(world)
    results = at_once(*[lambda: leads.accept(fresh(lead), by=world.rep, now=NOW, **NEXT)] * 8)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyAnswered"] * 7 + ["LeadMove"]
    assert fresh(lead).seq == 3


def test_two_clocks_ignore_each_lead_once(world):
    made = [lead_at(world, Stage.MQL, department=None) for _ in range(6)]
    for lead in made:
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    counts = at_once(*[lambda: overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock, batch=2)] * 2)
    assert sum(count["ignored"] for count in counts) == 6
    assert LeadMove.objects.filter(move="ignore").count() == 6


def test_a_late_accept_against_the_clock_ends_as_ignored_and_accepted(world):
    lead = waiting(world)
    at_once(
        lambda: leads.accept(fresh(lead), by=world.rep, now=DUE + MINUTE, **NEXT),
        lambda: overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock),
    )
    assert (fresh(lead).stage, fresh(lead).first_outcome) == (Stage.SAL, "IGNORED")
    assert LeadMove.objects.filter(lead=lead, move="ignore").count() == 1


def test_two_openings_of_one_demand(world):
    results = at_once(*[lambda: lead_at(world, Stage.NURTURE)] * 2)
    (made,) = (result for result in results if isinstance(result, Lead))
    (refusal,) = (result for result in results if isinstance(result, MoveRefused))
    assert refusal.code == "open_lead_exists"
    assert list(Lead.objects.all()) == [made]


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_rows_of_migrations_survive_tests_with_real_transactions(time):
    assert User.objects.system().username == "system"
    assert BusinessCalendar.objects.get().name == "Standard"
    assert (RejectReason.objects.count(), Policy.objects.count()) == (17, 1)
