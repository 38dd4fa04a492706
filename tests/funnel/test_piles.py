"""What waits on the desk, with each lead's own clock; and the harvest."""

from datetime import date, timedelta

import pytest

from funnel import dispositions, leads, piles, questions
from funnel.enums import Stage
from funnel.models import Policy
from funnel.piles import Pile
from tests import make
from tests.funnel.people import NOW, accepted, lead_at, waiting

HOUR = timedelta(hours=1)


def on(pile, world, who="marketer", now=NOW):
    return piles.waiting(pile, world.users[who], now=now)


def test_each_pile_has_its_clock(world):
    to_route = lead_at(world, Stage.MQL, department=None)
    [row] = on(Pile.ROUTE, world)
    assert (row.lead, row.since, row.due_at) == (to_route, NOW, NOW + 5 * HOUR)  # four hours and the lunch break
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=NOW, question="who?")
    [asked] = on(Pile.ASKED, world)
    assert (asked.lead, asked.note, asked.due_at) == (lead, "who?", NOW + timedelta(days=1))
    questions.answer(lead, by=world.marketer, now=NOW, answer="you")
    leads.reject(lead, by=world.rep, now=NOW, reason="TIMING", note="spring")
    [rejected] = on(Pile.REJECTED, world)
    assert (rejected.lead, rejected.note, rejected.due_at) == (lead, "spring", NOW + timedelta(days=1))
    assert (rejected.is_late(NOW), rejected.is_late(NOW + timedelta(days=2))) == (False, True)


def test_the_least_time_left_comes_first_not_the_oldest(world):
    Policy.objects.create(tier="1:1", version=1, routing_hours=1, active_from=NOW - timedelta(days=9))
    slow = lead_at(world, Stage.MQL)
    quick = lead_at(world, Stage.MQL, department=make.department(world.account, "二課"))
    type(quick).objects.filter(pk=quick.pk).update(tier="1:1")
    assert [row.lead for row in on(Pile.ROUTE, world)] == [quick, slow]


def test_an_appeal_moves_the_lead_to_the_managers_pile_until_the_verdict(world):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="TIMING")
    dispositions.appeal(lead, by=world.marketer, now=NOW + HOUR, argument="they called")
    assert on(Pile.REJECTED, world) == []
    [row] = on(Pile.APPEALED, world, "manager")
    assert (row.lead, row.note, row.since) == (lead, "they called", NOW + HOUR)
    dispositions.appeal(lead, by=world.manager, now=NOW + 2 * HOUR, verdict="DENIED")
    assert on(Pile.APPEALED, world, "manager") == []
    assert [row.since for row in on(Pile.REJECTED, world)] == [NOW + 2 * HOUR]


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("pile", Pile)
def test_a_pile_takes_as_many_queries_for_three_as_for_one(world, pile, n, django_assert_num_queries):
    for number in range(n):
        lead = lead_at(world, Stage.MQL, department=make.department(world.account, str(number)))
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
        if pile is not Pile.ROUTE:
            leads.reject(lead, by=world.rep, now=NOW, reason="TIMING")
    with django_assert_num_queries(2):
        on(pile, world)


def recycled(world, department, **condition):
    lead = lead_at(world, Stage.MQL, department=make.department(world.account, department))
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    leads.reject(lead, by=world.rep, now=NOW, reason="TIMING")
    leads.recycle(lead, by=world.marketer, now=NOW, reason="TIMING", **condition)
    return lead


def test_the_harvest_is_told_by_week_then_by_month_then_by_condition(world):
    soon = recycled(world, "a", return_on=date(2026, 11, 27))
    same = recycled(world, "b", return_on=date(2026, 11, 25))
    far = recycled(world, "c", return_on=date(2027, 4, 9))
    score, event = recycled(world, "d", return_score=80.0), recycled(world, "e", return_event="fair")
    recycled(world, "f", return_on=date(2026, 11, 24))  # due today: on the pile, not to come
    found = piles.harvest(world.marketer, today=date(2026, 11, 24))
    assert [(span.first, span.is_week, span.leads) for span in found.spans] == [
        (date(2026, 11, 23), True, [same, soon]),
        (date(2027, 4, 1), False, [far]),
    ]
    assert {(row.lead, row.score, row.event) for row in found.conditions} == {(score, 80.0, ""), (event, None, "fair")}


def test_a_duplicate_is_proposed_to_be_merged_into_the_lead_it_repeats(world):
    kept = accepted(world)
    lead = lead_at(world, Stage.MQL, department=make.department(world.account, "二課"))
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    leads.reject(lead, by=world.rep, now=NOW, reason="DUPLICATE")
    assert piles.repeated([lead]) == {lead.pk: kept}
    assert piles.repeated([kept]) == {}
