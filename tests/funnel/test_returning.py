"""The next trip of a recycled lead: by its day, by hand, by a crossing; once, linked, and told."""

from datetime import date, timedelta

import pytest

from audit import outbox
from audit.models import OutboxMessage
from funnel import leads, returning
from funnel.enums import Stage
from funnel.models import Lead
from tests.funnel.people import NOW, accepted, lead_at
from users.models import Notification

TODAY = date(2026, 11, 24)


def recycled(world, **condition):
    lead = accepted(world)
    leads.recycle(lead, by=world.rep, now=NOW, reason="TIMING", **(condition or {"return_on": TODAY}))
    return lead


def test_the_next_trip_starts_in_nurture_and_is_linked(world):
    last = recycled(world)
    made = returning.start(last, by=world.marketer, now=NOW)
    assert (made.stage, made.previous, made.account, made.department, made.offering) == (
        Stage.NURTURE, last, last.account, last.department, last.offering
    )  # fmt: skip


def test_the_daily_walk_starts_what_is_due_and_nothing_twice(world):
    recycled(world)
    assert returning.start_due(now=NOW, by=world.clock) == {"returned": 1, "left": 0}
    assert returning.start_due(now=NOW, by=world.clock) == {"returned": 0, "left": 0}
    assert Lead.objects.filter(stage=Stage.NURTURE).count() == 1


@pytest.mark.parametrize("condition", [{"return_on": TODAY + timedelta(days=1)}, {"return_score": 80.0}])
def test_what_is_not_due_by_its_day_stays(world, condition):
    recycled(world, **condition)
    assert returning.start_due(now=NOW, by=world.clock) == {"returned": 0, "left": 0}


def test_the_day_is_that_of_our_time_zone(world):
    recycled(world, return_on=TODAY + timedelta(days=1))
    assert returning.start_due(now=NOW + timedelta(hours=14), by=world.clock)["returned"] == 1


def test_an_open_lead_of_the_same_demand_holds_it_back(world, refused):
    last = recycled(world)
    lead_at(world, Stage.NURTURE)
    Lead.objects.exclude(pk=last.pk).update(previous=None)
    assert returning.start_due(now=NOW, by=world.clock) == {"returned": 0, "left": 1}
    with refused("open_lead_exists"):
        returning.start(last, by=world.marketer, now=NOW)


@pytest.mark.parametrize("who", ["rep", "manager", "partner", "analyst"])
def test_only_marketing_starts_one_by_hand(world, refused, who):
    last = recycled(world, return_event="fair")
    with refused("may_not_create"):
        returning.start(last, by=world.users[who], now=NOW)


def test_only_a_recycled_lead_without_a_next_trip_starts_one(world, refused):
    lead = accepted(world)
    with refused("not_recycled"):
        returning.start(lead, by=world.marketer, now=NOW)
    leads.recycle(lead, by=world.rep, now=NOW, reason="TIMING", return_event="fair")
    returning.start(lead, by=world.marketer, now=NOW)
    with refused("trip_started"):
        returning.start(lead, by=world.marketer, now=NOW)


def told(world):
    message = OutboxMessage.objects.get(topic="lead.returned")
    outbox.deliver(now=NOW + timedelta(minutes=1))
    return message, {notice.user for notice in Notification.objects.filter(key=message.key)}


def test_who_handed_the_last_trip_over_is_told(world):
    recycled(world)
    returning.start_due(now=NOW, by=world.clock)
    assert told(world)[1] == {world.marketer}


def test_where_nobody_of_marketing_did_its_leads_are_told(world):
    last = recycled(world)
    last.handoffs.update(sent_by=world.clock)
    returning.start_due(now=NOW, by=world.clock)
    assert told(world)[1] == {world.lead_marketer}
