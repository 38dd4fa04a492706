"""Changing the rules: who may, in which order they are asked, what is kept in the trail, and the dry run."""

from datetime import timedelta

import pytest

from audit.models import Entry
from funnel import leads, routing, steering
from funnel.enums import Stage
from funnel.models import Automation, RoutingRule
from funnel.steering import SteeringRefused
from tests import make
from tests.funnel.people import NOW, lead_at

TODAY = NOW.date()


def add(world, name="all", who="lead_marketer", **told):
    told = {"target": "TEAM", "team": world.rep.team} | told
    return steering.add(by=world.users[who], now=NOW, name=name, **told)


def names():
    return list(RoutingRule.objects.values_list("name", flat=True))


@pytest.mark.parametrize("who", ["lead_marketer", "manager", "admin"])
def test_who_leads_a_side_or_administers_steers(world, who):
    add(world, who=who)
    steering.switch(by=world.users[who], now=NOW, routes=True)
    assert (names(), Automation.current().routes) == (["all"], True)


@pytest.mark.parametrize("who", ["marketer", "rep", "partner", "analyst"])
def test_nobody_else_does(world, who):
    rule = add(world)
    by, before = world.users[who], Entry.objects.count()
    for act in (
        lambda: add(world, who=who),
        lambda: steering.change(rule, by=by, now=NOW, name="mine"),
        lambda: steering.move(rule, by=by, now=NOW, up=True),
        lambda: steering.remove(rule, by=by, now=NOW),
        lambda: steering.switch(by=by, now=NOW, routes=True),
    ):
        with pytest.raises(SteeringRefused):
            act()
    assert (names(), Entry.objects.count(), Automation.objects.exists()) == (["all"], before, False)


def test_rules_move_up_and_down_and_stop_at_the_ends(world):
    first, _second, third = add(world, "a"), add(world, "b"), add(world, "c")
    steering.move(third, by=world.manager, now=NOW, up=True)
    assert names() == ["a", "c", "b"]
    steering.move(first, by=world.manager, now=NOW, up=True)
    assert names() == ["a", "c", "b"]
    steering.move(first, by=world.manager, now=NOW, up=False)
    assert names() == ["c", "a", "b"]


def test_a_change_keeps_the_place_and_the_trail_says_what_it_became(world):
    rule = add(world, "a")
    add(world, "b")
    steering.change(rule, by=world.manager, now=NOW, name="東", prefectures=["東京都"], target="USER", user=world.rep)
    changed = RoutingRule.objects.get(pk=rule.pk)
    assert (names(), changed.prefectures, changed.user, changed.team) == (["東", "b"], ["東京都"], world.rep, None)
    entry = Entry.objects.get(act="routing.change")
    assert (entry.actor_name, entry.detail["prefectures"], entry.detail["user"]) == (
        "Manager", ["東京都"], world.rep.pk
    )  # fmt: skip


def test_a_removed_rule_stays_in_the_trail(world):
    steering.remove(add(world, "a"), by=world.manager, now=NOW)
    assert (names(), Entry.objects.get(act="routing.remove").detail["name"]) == ([], "a")


@pytest.mark.parametrize("told", [{"target": "USER", "user": None}, {"target": "TEAM", "team": None}])
def test_a_rule_names_whom_it_sends_to(world, told):
    with pytest.raises(SteeringRefused, match="Please choose who gets the leads"):
        add(world, **told)
    assert names() == []


def test_nobody_who_cannot_receive_is_named(world):
    with pytest.raises(SteeringRefused, match="cannot receive"):
        add(world, target="USER", user=world.analyst)
    assert names() == []


def test_only_tiers_there_are_may_be_named(world):
    with pytest.raises(SteeringRefused, match="Please choose among the tiers"):
        add(world, tiers=["2:2"])
    assert names() == []


# dry run


def test_a_dry_run_asks_of_the_leads_that_waited_on_that_day(world):
    lead = lead_at(world, Stage.MQL)
    assert [proposal.lead for proposal in routing.dry_run(TODAY, now=NOW)] == [lead]
    assert routing.dry_run(TODAY - timedelta(days=1), now=NOW) == []
    leads.hand_over(lead, assignee=world.other_rep, by=world.marketer, now=NOW + timedelta(hours=1))
    assert [(p.lead.first_assignee, p.assignee) for p in routing.dry_run(TODAY, now=NOW)] == [
        (world.other_rep, world.rep)
    ]
    assert routing.dry_run(TODAY + timedelta(days=1), now=NOW) == []


def test_a_dry_run_with_a_draft_changes_nothing(world):
    lead_at(world, Stage.MQL)
    wanted = steering.draft(name="draft", target="USER", user=world.other_rep, is_active=True)
    [proposal] = routing.dry_run(TODAY, now=NOW, rules=[wanted])
    assert (proposal.assignee, names()) == (world.other_rep, [])


@pytest.mark.parametrize("n", [1, 3])
def test_a_dry_run_takes_as_many_queries_for_three_as_for_one(world, n, django_assert_num_queries):
    for number in range(n):
        lead_at(world, Stage.MQL, department=make.department(world.account, str(number)))
    with django_assert_num_queries(7):
        routing.dry_run(TODAY, now=NOW)
