"""Clocks and absences, as clients arrange them."""

import pytest

from funnel import agreeing
from funnel.models import RejectReason
from funnel.terms import Policy, Proposal
from tests import make
from tests.funnel.people import NOW
from users.models import Absence, BusinessCalendar
from users.roles import Role

pytestmark = pytest.mark.django_db


def propose(world, **terms) -> Proposal:
    return agreeing.propose(by=world.admin, now=NOW, active_from=None, **{"answer_hours": 8} | terms)


# Clocks


def test_clocks_are_proposed_signed_by_both_and_then_read_as_a_policy(world, ask):
    body = {"answer_hours": 8, "tier": "1:1", "active_from": "2026-12-01T00:00:00+09:00"}
    made = ask(world.manager).post("/policy-proposals/", body)
    assert (made.status_code, made.json()["answer_hours"], made.json()["first_touch_hours"]) == (201, 8, 24)
    sign = f"/policy-proposals/{made.json()['id']}/sign/"
    first, second = (ask(user).post(sign) for user in (world.manager, world.lead_marketer))
    assert (first.status_code, first.json()["sales_by"]["name"], first.json()["marketing_by"]) == (200, "Manager", None)
    assert (second.status_code, second.json()["version"]) == (201, 1)
    read = ask(world.rep).get("/policies/?tier=1:1").json()["results"]
    assert [(row["answer_hours"], row["active_from"]) for row in read] == [(8, "2026-11-30T15:00:00Z")]
    assert ask(world.rep).get("/policy-proposals/").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"answer_hours": 0}, 400),
        ({"answer_hours": 161}, 400),
        ({"source": "nowhere"}, 400),
        ({"answer_hours": 16}, 409),
        ({"answer_hours": 8, "active_from": "2026-11-23T00:00:00Z"}, 409),
        ({"answer_hours": 8, "active_from": "2026-11-29T00:00:00"}, 400),
    ],
)
def test_clocks_that_cannot_be_are_refused_and_nothing_is_stored(world, ask, body, status):
    assert ask(world.manager).post("/policy-proposals/", body).status_code == status
    assert not Proposal.objects.exists()


def test_a_proposal_is_changed_by_whoever_has_seen_it(world, ask):
    path, client = f"/policy-proposals/{propose(world).public_id}/", ask(world.manager)
    assert client.patch(path, {"answer_hours": 9}).status_code == 428
    seen = client.get(path).headers["ETag"]
    assert client.patch(path, {"answer_hours": 9}, headers={"If-Match": seen}).json()["answer_hours"] == 9
    assert client.patch(path, {"answer_hours": 7}, headers={"If-Match": seen}).status_code == 412
    assert Proposal.objects.get().answer_hours == 9


def test_a_proposal_is_sent_back_and_withdrawn(world, ask):
    path, client = f"/policy-proposals/{propose(world).public_id}/", ask(world.manager)
    client.post(f"{path}sign/")
    refused = client.delete(path)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:abm:problem:agreement-refused")
    assert client.post(f"{path}send-back/").json()["sales_by"] is None
    assert client.delete(path).status_code == 204
    assert (Proposal.objects.count(), Policy.objects.count()) == (0, 1)


def test_a_partner_reads_its_own_policies_and_no_proposals(world, ask):
    for firm in (world.partner.team, make.team("Other firm", "PARTNER")):
        Policy.objects.create(partner=firm, active_from=NOW)
    path = f"/policy-proposals/{propose(world).public_id}/"
    client = ask(world.partner)
    assert len(client.get("/policies/").json()["results"]) == 2
    assert client.get("/policy-proposals/").json()["results"] == []
    assert (client.get(path).status_code, client.post(f"{path}sign/").status_code) == (404, 404)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", ["/policies/", "/policy-proposals/", "/absences/"])
def test_lists_take_as_many_queries_for_three_as_for_one(world, ask, rows, path, django_assert_num_queries):
    for n in range(rows):
        firm = make.team(f"Firm {n}", "PARTNER")
        Policy.objects.create(partner=firm, active_from=NOW)
        propose(world, partner=firm)
        rep = make.user(Role.REP)
        Absence.objects.create(
            user=rep, deputy=world.rep, first_on=NOW.date(), last_on=NOW.date(), created_by=rep, created_at=NOW
        )
    client = ask(world.manager)
    with django_assert_num_queries(3):
        client.get(path)


# Absences


def test_an_absence_is_arranged_read_and_cancelled(world, ask):
    client = ask(world.rep)
    body = {
        "user": str(world.rep.public_id), "first_on": "2026-11-26", "last_on": "2026-11-27",
        "deputy": str(world.other_rep.public_id),
    }  # fmt: skip
    made = client.post("/absences/", body)
    assert (made.status_code, made.json()["deputy"]["name"]) == (201, "Other_Rep")
    assert [row["last_on"] for row in client.get("/absences/?user=me").json()["results"]] == ["2026-11-27"]
    assert client.get("/absences/?last_after=2026-11-28").json()["results"] == []
    again = client.post("/absences/", body)
    assert (again.status_code, again.json()["type"]) == (409, "urn:abm:problem:absence-refused")
    assert client.delete(f"/absences/{made.json()['id']}/").status_code == 204
    assert client.get("/absences/").json()["results"] == []


def test_others_neither_arrange_nor_cancel_it(world, ask):
    body = {"user": str(world.rep.public_id), "first_on": "2026-11-26", "last_on": "2026-11-27"}
    assert ask(world.other_rep).post("/absences/", body).status_code == 409
    assert ask(world.partner).post("/absences/", body).status_code == 400  # does not know the rep
    assert not Absence.objects.exists()
    path = ask(world.rep).post("/absences/", body).headers["Location"]
    assert ask(world.other_rep).delete(path).status_code == 409
    assert ask(world.partner).delete(path).status_code == 404
    assert Absence.objects.kept().count() == 1


# Reasons


def test_reasons_are_added_worded_and_ordered(world, ask):
    client = ask(world.lead_marketer)
    new = {"code": "TOO_FAR", "label_en": "Too far", "label_ja": "遠すぎる", "disposition": "recycle"}
    made = client.post("/reject-reasons/", new)
    assert (made.status_code, made.json()) == (201, new | {"is_active": True, "position": 16})
    changed = client.patch("/reject-reasons/TOO_FAR/", {"is_active": False, "position": 0})
    assert changed.json() == new | {"is_active": False, "position": 0}
    assert [row["code"] for row in client.get("/reject-reasons/").json()][:2] == ["TOO_FAR", "NOT_TARGET"]


@pytest.mark.parametrize(
    ("who", "code", "body", "status"),
    [
        ("rep", "TIMING", {"position": 0}, 409),
        ("admin", "OTHER", {"is_active": False}, 409),
        ("admin", "OTHER", {"position": 0, "is_active": False}, 409),
        ("admin", "TIMING", {"disposition": "forget"}, 400),
        ("admin", "NOWHERE", {"position": 0}, 404),
    ],
)
def test_what_may_not_be_changed_about_reasons(world, ask, who, code, body, status):
    before = list(RejectReason.objects.values())
    assert ask(world.users[who]).patch(f"/reject-reasons/{code}/", body).status_code == status
    assert list(RejectReason.objects.values()) == before


# Calendars


def test_a_calendar_is_drawn_up_previewed_changed_and_used(world, ask):
    client = ask(world.admin)
    made = client.post("/calendars/", {"name": "Osaka", "closed_days": ["12-29"]})
    assert (made.status_code, made.json()["weekdays"]) == (201, [0, 1, 2, 3, 4])
    path = f"/calendars/{made.json()['id']}/"
    preview = client.post(f"{path}preview/", {"closed_days": ["2026-11-25"]})
    assert preview.json() == {"due_at": "2026-11-27T01:00:00Z"}
    assert client.get(path).json()["closed_days"] == ["12-29"]
    assert client.patch(path, {"holidays_country": ""}).json()["holidays_country"] == ""
    used = client.put(f"/teams/{world.rep.team.public_id}/calendar/", {"calendar": made.json()["id"]})
    assert used.json()["calendar"] == made.json()["id"]
    assert client.put(f"/teams/{world.rep.team.public_id}/calendar/", {"calendar": None}).json()["calendar"] is None


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("rep", {"name": "Osaka"}, 409),
        ("admin", {"name": "Osaka", "weekdays": []}, 409),
        ("admin", {"name": "Osaka", "weekdays": [7]}, 400),
        ("admin", {"name": "Osaka", "hours": [["18:00", "09:00"]]}, 409),
        ("admin", {"name": "Standard"}, 409),
        ("admin", {}, 409),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(world, ask, who, body, status):
    assert ask(world.users[who]).post("/calendars/", body).status_code == status
    assert BusinessCalendar.objects.count() == 2
