"""What SYSTEM does by itself with leads that wait for marketing; nothing where the switch is off, nothing twice."""

from datetime import timedelta

import pytest

from accounts.models import Account
from funnel import dispatch, dispositions, leads
from funnel.enums import Outcome, Stage
from funnel.models import Automation, Deal, Lead, RoutingRule
from tests import make
from tests.funnel.people import NOW, accepted, lead_at, waiting

MINUTE = timedelta(minutes=1)
DISPOSED = NOW + timedelta(days=1)
"""Eight business hours after NOW."""


def stored(lead):
    return Lead.objects.get(pk=lead.pk)


def rejected(world, reason):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason=reason)
    return lead


def switch(**to):
    Automation.objects.update_or_create(pk=1, defaults=to)


# routing


def test_nothing_is_routed_until_it_is_switched_on(world):
    lead = lead_at(world, Stage.MQL)
    assert "routed" not in dispatch.come_round(now=NOW, by=world.clock)
    switch(routes=True)
    assert dispatch.come_round(now=NOW, by=world.clock)["routed"] == 1
    assert (stored(lead).assignee, stored(lead).handoffs.get().sent_by) == (world.rep, world.clock)
    assert dispatch.come_round(now=NOW, by=world.clock)["routed"] == 0


def test_what_cannot_be_routed_stays_with_its_reason_for_the_desk(world):
    lead = lead_at(world, Stage.MQL)
    Deal.objects.create(source=world.source, external_id="1", account=world.account, owner=world.partner)
    assert dispatch.route(now=NOW, by=world.clock) == {"routed": 0, "not_routed": 1}
    assert stored(lead).handed_over_at is None


# requeue


def test_somebody_elses_lead_goes_to_the_only_one_the_rules_know(world):
    lead = rejected(world, "WRONG_OWNER")
    Account.objects.update(owner=world.other_rep)
    assert dispatch.requeue(now=NOW + 2 * MINUTE, by=world.clock) == {"requeued": 1, "failed": 0}
    lead = stored(lead)
    assert (lead.stage, lead.assignee, lead.first_outcome) == (Stage.MQL, world.other_rep, Outcome.REJECTED)
    assert dispatch.requeue(now=NOW + 3 * MINUTE, by=world.clock) == {"requeued": 0, "failed": 0}


def test_a_partners_account_goes_to_that_partner(world):
    lead = rejected(world, "PARTNER_CONFLICT")
    Account.objects.update(partner=world.partner.team)
    dispatch.requeue(now=NOW + 2 * MINUTE, by=world.clock)
    assert stored(lead).assignee == world.partner


def test_a_rejection_just_given_may_still_be_taken_back(world):
    lead = rejected(world, "WRONG_OWNER")
    Account.objects.update(owner=world.other_rep)
    assert dispatch.requeue(now=NOW + MINUTE, by=world.clock)["requeued"] == 0
    assert stored(lead).stage == Stage.REJECTED


def test_where_several_could_have_it_or_nobody_marketing_decides(world):
    lead = rejected(world, "WRONG_OWNER")
    assert dispatch.requeue(now=NOW + 2 * MINUTE, by=world.clock)["requeued"] == 0
    RoutingRule.objects.create(position=1, name="all", target="TEAM", team=world.rep.team)
    assert dispatch.requeue(now=NOW + 2 * MINUTE, by=world.clock)["requeued"] == 0
    assert stored(lead).stage == Stage.REJECTED


# recycle


@pytest.mark.parametrize(("reason", "days"), [("TIMING", 90), ("COMPETITOR_LOCKED", 365)])
def test_what_was_too_early_is_recycled_with_the_time_its_clock_ran_out(world, reason, days):
    lead = rejected(world, reason)
    assert dispatch.recycle(now=DISPOSED, by=world.clock) == {"recycled": 0, "failed": 0}
    assert dispatch.recycle(now=DISPOSED + timedelta(days=9), by=world.clock) == {"recycled": 1, "failed": 0}
    lead = stored(lead)
    assert (lead.stage, lead.recycled_at) == (Stage.RECYCLED, DISPOSED)
    assert lead.return_on == (DISPOSED + timedelta(days=days)).date()
    assert lead.moves.latest("seq").reason.code == reason
    assert dispatch.recycle(now=DISPOSED + timedelta(days=9), by=world.clock) == {"recycled": 0, "failed": 0}


def test_other_reasons_and_open_appeals_are_left_to_people(world):
    lead = rejected(world, "NO_NEED")
    assert dispatch.recycle(now=DISPOSED + MINUTE, by=world.clock)["recycled"] == 0
    Lead.objects.filter(pk=lead.pk).update(reject_reason=None)
    other = waiting_elsewhere(world)
    leads.reject(other, by=world.rep, now=NOW, reason="TIMING")
    dispositions.appeal(other, by=world.marketer, now=NOW + MINUTE, argument="they called")
    assert dispatch.recycle(now=DISPOSED + MINUTE, by=world.clock)["recycled"] == 0
    dispositions.appeal(other, by=world.manager, now=DISPOSED, verdict="DENIED")
    assert dispatch.recycle(now=DISPOSED + MINUTE, by=world.clock)["recycled"] == 0
    assert dispatch.recycle(now=DISPOSED + timedelta(days=2), by=world.clock)["recycled"] == 1


def waiting_elsewhere(world):
    lead = lead_at(world, Stage.MQL, department=make.department(world.account, "二課"))
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    return lead


def test_a_switch_keeps_system_from_recycling(world):
    rejected(world, "TIMING")
    switch(recycles=False, requeues=False)
    assert dispatch.come_round(now=DISPOSED + MINUTE, by=world.clock) == {}


# ghosts


def ghost(world):
    lead = accepted(world)
    Lead.objects.filter(pk=lead.pk).update(ghost_at=NOW)
    return lead


def test_a_ghost_is_taken_back_only_where_that_is_switched_on(world):
    lead = ghost(world)
    world.rep.manager = world.manager
    world.rep.save()
    late = NOW + timedelta(days=7)
    assert "reclaimed" not in dispatch.come_round(now=late, by=world.clock)
    switch(reclaims_ghosts=True, ghost_hours=8)
    assert dispatch.come_round(now=NOW + timedelta(hours=7), by=world.clock)["reclaimed"] == 0
    assert dispatch.come_round(now=late, by=world.clock)["reclaimed"] == 1
    lead = stored(lead)
    assert (lead.stage, lead.assignee, lead.ghost_at) == (Stage.MQL, world.manager, NOW)
    assert dispatch.come_round(now=late, by=world.clock)["reclaimed"] == 0


def test_a_ghost_that_was_called_after_all_stays(world):
    lead = ghost(world)
    Lead.objects.filter(pk=lead.pk).update(first_touch_at=NOW + MINUTE)
    assert dispatch.reclaim(now=NOW + timedelta(days=7), by=world.clock, hours=8)["reclaimed"] == 0
