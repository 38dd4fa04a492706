"""Settings, routing: rules by hand, their order, a try before they are kept, and the switches."""

import pytest
import time_machine

from funnel.enums import Stage
from funnel.models import Automation, RoutingRule
from tests.funnel import people
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = people.build()
    people.sign_list(made)
    with time_machine.travel(NOW, tick=False):
        yield made


def told(world, **more):
    return {
        "name": "東京", "prefectures": "東京都、千葉県", "tiers": ["1:1"], "existing": "False", "target": "TEAM",
        "team": world.rep.team_id, "is_active": "on", **more,
    }  # fmt: skip


def test_a_rule_is_written_down_as_it_is_told(client, world):
    client.force_login(world.lead_marketer)
    client.post("/settings/routing/new/", told(world))
    rule = RoutingRule.objects.get()
    assert (rule.prefectures, rule.tiers, rule.existing, rule.partner_account, rule.team) == (
        ["東京都", "千葉県"], ["1:1"], False, None, world.rep.team
    )  # fmt: skip
    page = client.get("/settings/routing/").content.decode()
    assert "東京都 千葉県" in page
    form = client.get(f"/settings/routing/{rule.public_id}/").content.decode()
    assert 'value="東京都, 千葉県"' in form


def test_trying_shows_what_would_happen_and_keeps_nothing(client, world):
    people.lead_at(world, Stage.MQL)
    client.force_login(world.lead_marketer)
    rule = told(world, prefectures="", tiers=[], existing="", target="USER", user=world.other_rep.pk)
    page = client.post("/settings/routing/new/", rule | {"try": "1"}).content.decode()
    assert "Rule 1 “東京” fits." in page
    assert "Other_Rep" in page
    assert not RoutingRule.objects.exists()


def test_an_incomplete_rule_is_refused_with_everything_typed(client, world):
    client.force_login(world.admin)
    page = client.post("/settings/routing/new/", told(world, target="USER")).content.decode()
    assert "Please choose who gets the leads." in page
    assert 'value="東京都、千葉県"' in page
    assert not RoutingRule.objects.exists()


def test_a_marketer_reads_and_cannot_change(client, world):
    rule = RoutingRule.objects.create(position=1, name="a", target="PARTNER")
    client.force_login(world.marketer)
    assert "New rule" not in client.get("/settings/routing/").content.decode()
    for path in ("new/", f"{rule.public_id}/", f"{rule.public_id}/remove/", f"{rule.public_id}/up/", "switches/"):
        client.post(f"/settings/routing/{path}", told(world, ghost_hours=3))
    assert list(RoutingRule.objects.values_list("name", "target")) == [("a", "PARTNER")]
    assert not Automation.objects.exists()


def test_the_order_changes_and_a_rule_goes(client, world):
    rules = [RoutingRule.objects.create(position=n, name=str(n), target="PARTNER") for n in (1, 2)]
    client.force_login(world.manager)
    client.post(f"/settings/routing/{rules[1].public_id}/up/")
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["2", "1"]
    client.post(f"/settings/routing/{rules[0].public_id}/remove/")
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["2"]


def test_the_switches_hold_from_then_on(client, world):
    client.force_login(world.manager)
    client.post("/settings/routing/switches/", {"routes": "on", "ghost_hours": "8"})
    switches = Automation.current()
    assert (switches.routes, switches.requeues, switches.ghost_hours) == (True, False, 8)
    client.post("/settings/routing/switches/", {"ghost_hours": "soon"})
    assert Automation.current().ghost_hours == 8


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_takes_as_many_queries_for_three_rules_as_for_one(client, world, n, django_assert_num_queries):
    for number in range(n):
        RoutingRule.objects.create(position=number, name=str(number), target="TEAM", team=world.rep.team)
    people.lead_at(world, Stage.MQL)
    client.force_login(world.manager)
    with django_assert_num_queries(16):
        client.get("/settings/routing/?day=2026-11-24")
