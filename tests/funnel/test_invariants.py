"""Each invariant is missed when it is broken, and only then."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import TaskRun
from funnel import invariants, leads, overdue, tasks
from funnel.invariants import Breach
from funnel.models import Handoff, Lead
from tests.funnel.people import DUE, MINUTE, NOW, accepted, waiting

NEXT = {"next_action": "call", "next_action_on": DUE.date()}


def breaches(now=DUE + MINUTE) -> list[Breach]:
    return list(invariants.check(now=now))


def without_triggers(sql: str, *params: object) -> None:
    """What only a hand at the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_nothing_is_broken_by_the_acts(world):
    lead = waiting(world)
    leads.accept(lead, by=world.rep, now=DUE + MINUTE, **NEXT)
    leads.recycle(lead, by=world.rep, now=DUE + MINUTE, reason="TIMING", return_on=DUE.date())
    accepted(world)
    assert breaches() == []


def test_an_unanswered_lead_is_a_breach_once_the_clock_is_far_behind(world):
    lead = waiting(world)
    assert breaches(DUE + timedelta(hours=1)) == []
    (breach,) = breaches(DUE + timedelta(hours=2))
    assert (breach.invariant, breach.lead_id) == (1, lead.pk)
    overdue.ignore_overdue(now=DUE + timedelta(hours=2), by=world.clock)
    assert breaches(DUE + timedelta(hours=2)) == []


@pytest.mark.parametrize(
    "change", [{"stage": "SQL"}, {"accepted_at": None}, {"due_at": DUE + MINUTE}, {"first_outcome": ""}, {"seq": 9}]
)
def test_a_row_that_differs_from_its_moves(world, change):
    lead = accepted(world)
    Lead.objects.filter(pk=lead.pk).update(**change)
    (breach,) = breaches(NOW)
    assert (breach.invariant, breach.lead_id) == (2, lead.pk)
    assert breach.what.startswith(next(iter(change)))


def test_a_lost_move(world):
    lead = accepted(world)
    without_triggers("DELETE FROM funnel_leadmove WHERE lead_id = %s AND seq = 2", lead.pk)
    assert [(b.invariant, b.lead_id) for b in breaches(NOW)] == [(2, lead.pk)]


def test_a_handoff_closed_behind_the_lead(world):
    lead = waiting(world)
    Handoff.objects.update(outcome="REJECTED", decided_at=NOW)
    assert [(b.invariant, b.lead_id) for b in breaches(NOW)] == [(2, lead.pk)]


def test_a_sal_without_an_accepted_handoff(world):
    lead = accepted(world)
    Handoff.objects.update(outcome="REJECTED")
    assert [(b.invariant, b.lead_id) for b in breaches(NOW)] == [(3, lead.pk)]


def test_a_move_without_its_audit_entry(world):
    lead = accepted(world)
    without_triggers("DELETE FROM audit_entry WHERE act = 'leads.accept'")
    assert breaches(NOW) == [Breach(5, lead.pk, "move 3 without an audit entry")]


def test_a_move_audited_under_another_name(world):
    lead = accepted(world)
    without_triggers("UPDATE audit_entry SET actor_id = %s WHERE act = 'leads.accept'", world.manager.pk)
    assert breaches(NOW) == [Breach(5, lead.pk, "move 3 without an audit entry")]


def test_the_command_says_that_all_is_well(world):
    accepted(world)
    out = StringIO()
    call_command("check_invariants", stdout=out)
    assert out.getvalue() == "0 breaches\n"


def test_the_command_fails_on_a_breach(world):
    lead = accepted(world)
    Lead.objects.filter(pk=lead.pk).update(stage="SQL")
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("check_invariants", "--json", stdout=out)
    assert caught.value.returncode == 1
    assert json.loads(out.getvalue()) == {
        "breaches": 1,
        "shown": [{"invariant": 2, "lead_id": lead.pk, "what": "stage is SQL, its moves say SAL"}],
    }


def test_the_tasks_count_what_they_did(world, monkeypatch):
    lead = waiting(world)
    monkeypatch.setattr(tasks.timezone, "now", lambda: DUE + MINUTE)
    tasks.ignore_overdue()
    tasks.check_invariants()
    assert Lead.objects.get(pk=lead.pk).stage == "IGNORED"
    runs = TaskRun.objects.order_by("task").values_list("task", "counts")
    walks = ("answered", "warned", "ignored", "stood_in", "escalated", "given_up", "failed")
    assert list(runs) == [
        ("funnel.check_invariants", {"breaches": 0}),
        ("funnel.ignore_overdue", {name: int(name == "ignored") for name in walks}),
    ]
