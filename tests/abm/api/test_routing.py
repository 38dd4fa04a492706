"""Routing through the API: rules, dry run, proposals, switches, piles, next trips; and who may."""

import pytest

from funnel import leads
from funnel.enums import Stage
from funnel.models import Automation, Lead, RoutingRule
from tests.funnel import people
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db

OUTSIDE = ("rep", "partner", "analyst")


def test_a_rule_is_made_moved_changed_and_removed(world, ask):
    client, team = ask(world.manager), str(world.rep.team.public_id)
    first = client.post("/routing-rules/", {"name": "a", "target": "TEAM", "team": team}, format="json")
    second = client.post(
        "/routing-rules/", {"name": "b", "target": "PARTNER", "prefectures": ["東京都"]}, format="json"
    )
    assert (first.status_code, second.json()["prefectures"]) == (201, ["東京都"])
    at = f"/routing-rules/{second.json()['id']}/"
    assert client.post(f"{at}move/", {"up": True}, format="json").status_code == 200
    assert [row["name"] for row in client.get("/routing-rules/").json()["results"]] == ["b", "a"]
    assert client.patch(at, {"is_active": False}, format="json").json()["is_active"] is False
    assert client.delete(at).status_code == 204
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["a"]


def test_a_marketer_reads_rules_and_changes_none(world, ask):
    client = ask(world.marketer)
    assert client.get("/routing-rules/").status_code == 200
    refused = client.post("/routing-rules/", {"name": "a", "target": "PARTNER"}, format="json")
    assert (refused.status_code, RoutingRule.objects.count()) == (409, 0)
    assert client.patch("/automation/", {"routes": True}, format="json").status_code == 409
    assert not Automation.objects.exists()


@pytest.mark.parametrize("who", OUTSIDE)
def test_others_see_none_of_it(world, ask, who):
    lead = people.waiting(world, "partner" if who == "partner" else "rep")
    client = ask(world.users[who])
    paths = ["/routing-rules/", "/routing-rules/dry-run/", "/automation/", f"/leads/{lead.public_id}/routing/"]
    paths += [f"/desk/{pile}/" for pile in ("route", "rejected", "asked", "appealed", "back")]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 403)


def test_the_dry_run_and_the_proposal_say_why(world, ask):
    lead = people.lead_at(world, Stage.MQL)
    client = ask(world.marketer)
    expected = {
        "lead": str(lead.public_id),
        "assignee": {"id": str(world.rep.public_id), "name": "Rep"},
        "why": ["Who wants the account on the list.", "Rep."],
        "conflicts": [],
    }
    assert client.get(f"/leads/{lead.public_id}/routing/").json() == expected
    assert client.get("/routing-rules/dry-run/?day=2026-11-24").json() == [expected]
    assert client.get("/routing-rules/dry-run/?day=2026-11-23").json() == []
    assert client.get("/routing-rules/dry-run/?day=x").status_code == 400


def test_a_switch_is_changed_alone(world, ask):
    client = ask(world.admin)
    assert client.patch("/automation/", {"routes": True}, format="json").json() == {
        "routes": True, "requeues": True, "recycles": True, "reclaims_ghosts": False, "ghost_hours": 24
    }  # fmt: skip


def test_a_pile_tells_each_leads_clock(world, ask):
    lead = people.lead_at(world, Stage.MQL)
    [row] = ask(world.marketer).get("/desk/route/").json()
    assert (row["lead"], row["since"], row["due_at"], row["is_late"]) == (
        str(lead.public_id), "2026-11-24T01:00:00Z", "2026-11-24T06:00:00Z", False
    )  # fmt: skip
    assert ask(world.marketer).get("/desk/nowhere/").status_code == 404


def test_the_next_trip_is_started_once(world, ask):
    lead = people.accepted(world)
    leads.recycle(lead, by=world.rep, now=NOW, reason="TIMING", return_event="fair")
    client, at = ask(world.marketer), f"/leads/{lead.public_id}/start_next_trip/"
    made = client.post(at)
    assert (made.status_code, made.json()["previous"], made.json()["stage"]) == (201, str(lead.public_id), "NURTURE")
    assert client.post(at).json()["code"] == "trip_started"
    assert Lead.objects.filter(previous=lead).count() == 1


def test_against_a_conflict_only_the_marketing_lead_hands_over_with_a_note(world, ask):
    world.account.partner = world.partner.team
    world.account.save()
    lead = people.lead_at(world, Stage.MQL)
    at, to = f"/leads/{lead.public_id}/hand_over/", {"assignee": str(world.rep.public_id)}
    assert ask(world.marketer).post(at, to | {"note": "x"}, format="json").json()["code"] == "not_protected"
    assert ask(world.lead_marketer).post(at, to, format="json").json()["missing"] == ["note"]
    assert ask(world.lead_marketer).post(at, to | {"note": "agreed"}, format="json").status_code == 200
