"""First touches and ghosts. Accepted on Tuesday 10:00, the first touch is due after 24 business hours: Friday 10:00."""

from datetime import timedelta

import pytest

from audit.models import Entry, OutboxMessage
from engagement.enums import Direction
from engagement.models import Touch
from funnel import follow_up, leads
from funnel.models import Lead
from tests.funnel.people import MINUTE, NOW, accepted, touch, waiting

TOUCH_DUE = NOW + timedelta(days=3)


def call(world, at, **changes) -> Touch:
    made = touch(world, at=at)
    Touch.objects.filter(pk=made.pk).update(**{"user": world.rep, "direction": Direction.OUTBOUND} | changes)
    return made


def watch(world, now) -> dict[str, int]:
    return follow_up.watch(now=now, by=world.clock)


def test_a_call_in_time_is_the_first_touch(world):
    lead = accepted(world)
    call(world, NOW + 2 * MINUTE)
    call(world, NOW + MINUTE)
    assert watch(world, NOW + 3 * MINUTE) == {"touched": 1, "ghosts": 0}
    assert Lead.objects.get(pk=lead.pk).first_touch_at == NOW + MINUTE
    assert watch(world, TOUCH_DUE + MINUTE) == {"touched": 0, "ghosts": 0}


def test_an_accepted_lead_nobody_touches_is_a_ghost(world):
    lead = accepted(world)
    assert watch(world, TOUCH_DUE) == {"touched": 0, "ghosts": 0}
    assert watch(world, TOUCH_DUE + MINUTE) == {"touched": 0, "ghosts": 1}
    assert Lead.objects.get(pk=lead.pk).ghost_at == TOUCH_DUE
    assert Entry.objects.get(act="leads.flag_ghost").actor_id == world.clock.pk
    assert OutboxMessage.objects.filter(topic="lead.ghosted").count() == 1


def test_a_ghost_is_flagged_once(world):
    accepted(world)
    watch(world, TOUCH_DUE + MINUTE)
    assert watch(world, TOUCH_DUE + 2 * MINUTE) == {"touched": 0, "ghosts": 0}


def test_a_late_call_does_not_unmake_the_ghost(world):
    lead = accepted(world)
    call(world, TOUCH_DUE + MINUTE)
    assert watch(world, TOUCH_DUE + 2 * MINUTE) == {"touched": 1, "ghosts": 1}
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.first_touch_at, lead.ghost_at) == (TOUCH_DUE + MINUTE, TOUCH_DUE)


@pytest.mark.parametrize("changes", [{"user": None}, {"direction": Direction.INBOUND}, {"occurred_at": NOW - MINUTE}])
def test_only_our_own_touches_after_the_acceptance_count(world, changes):
    accepted(world)
    call(world, NOW + MINUTE, **changes)
    assert watch(world, TOUCH_DUE + MINUTE) == {"touched": 0, "ghosts": 1}


def test_a_talk_counts_whoever_began_it(world):
    accepted(world)
    call(world, NOW + MINUTE, direction=Direction.INBOUND, two_way=True)
    assert watch(world, TOUCH_DUE + MINUTE) == {"touched": 1, "ghosts": 0}


def test_a_touch_of_another_department_is_not_of_this_lead(world):
    accepted(world)
    other = world.account.departments.create(name="購買部", key="購買部")
    call(world, NOW + MINUTE, department=other)
    assert watch(world, TOUCH_DUE + MINUTE)["ghosts"] == 1


def test_a_touch_of_no_department_in_particular_counts(world):
    accepted(world)
    call(world, NOW + MINUTE, department=None)
    assert watch(world, TOUCH_DUE + MINUTE)["ghosts"] == 0


def test_leads_that_moved_on_or_wait_are_no_ghosts(world):
    lead = accepted(world)
    leads.recycle(lead, by=world.rep, now=NOW, reason="TIMING", return_on=NOW.date())
    waiting(world)
    assert watch(world, TOUCH_DUE + MINUTE) == {"touched": 0, "ghosts": 0}
