"""Feedback through the API: the same rows as on the page, answered once by whom it is asked of."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from funnel.enums import Stage
from funnel.models import Feedback, Lead
from tests import make
from tests.funnel import people

pytestmark = pytest.mark.django_db
TOLD = {"progress": "MEETING_SET", "quality": 4, "note": "訪問は12月"}


@pytest.fixture
def asked(world: people.World) -> dict[str, Feedback]:
    """One of the rep, one of the partner, open for a month."""
    return {name: asked_of(world, name) for name in ("rep", "partner")}


def asked_of(world: people.World, who: str) -> Feedback:
    now, user = timezone.now(), world.users[who]
    lead = people.lead_at(world, Stage.NURTURE, account=make.account(), department=None)
    Lead.objects.filter(pk=lead.pk).update(assignee=user, team=user.team)
    when = {"asked_at": now, "closes_at": now + timedelta(days=30)}
    return Feedback.objects.create(lead=lead, account=lead.account, user=user, team=user.team, step=30, **when)


def seen(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.content
    return {row["user"]["name"] for row in answer.json()["results"]}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("rep", {"Rep"}),
        ("other_rep", {"Rep"}),
        ("partner", {"Partner"}),
        *[(who, {"Rep", "Partner"}) for who in ("marketer", "manager", "analyst", "admin")],
    ],
)
def test_each_sees_its_own(world, asked, ask, who, expected):
    assert seen(ask(world.users[who]).get("/feedback/")) == expected


@pytest.mark.parametrize("query", ["user=me", "waiting=true&step=30", "answered=false", "step=30"])
def test_it_is_narrowed_as_on_the_page(world, asked, ask, query):
    assert "Rep" in seen(ask(world.rep).get(f"/feedback/?{query}"))


def test_it_is_told_once(world, asked, ask):
    address = f"/feedback/{asked['rep'].public_id}/answer/"
    answer = ask(world.rep).post(address, TOLD)
    assert answer.status_code == 200
    told = answer.json()
    assert {name: told[name] for name in TOLD} == TOLD
    assert told["answered_at"]
    again = ask(world.rep).post(address, TOLD | {"quality": 1})
    assert (again.status_code, again.json()["type"]) == (409, "urn:abm:problem:feedback-refused")
    assert Feedback.objects.get(pk=asked["rep"].pk).quality == 4
    assert Entry.objects.get(act="feedback.answer").door == "API"


@pytest.mark.parametrize(("who", "status"), [("other_rep", 409), ("partner", 404), ("marketer", 409)])
def test_nobody_else_tells_it(world, asked, ask, who, status):
    assert ask(world.users[who]).post(f"/feedback/{asked['rep'].public_id}/answer/", TOLD).status_code == status
    assert Feedback.objects.answered().count() == 0


@pytest.mark.parametrize("broken", [{"quality": 6}, {"quality": None}, {"progress": "FINE"}, {"note": "x" * 301}])
def test_what_cannot_be_understood_is_refused(world, asked, ask, broken):
    assert ask(world.rep).post(f"/feedback/{asked['rep'].public_id}/answer/", TOLD | broken).status_code == 400
    assert Feedback.objects.answered().count() == 0


@pytest.mark.parametrize(("who", "note"), [("marketer", "訪問は12月"), ("analyst", "")])
def test_a_line_is_shown_to_those_who_see_persons(world, asked, ask, who, note):
    ask(world.rep).post(f"/feedback/{asked['rep'].public_id}/answer/", TOLD)
    assert ask(world.users[who]).get(f"/feedback/{asked['rep'].public_id}/").json()["note"] == note


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_takes_as_many_queries_for_three_as_for_one(world, ask, django_assert_num_queries, rows):
    for _ in range(rows):
        asked_of(world, "rep")
    client = ask(world.marketer)
    with django_assert_num_queries(3):
        assert len(client.get("/feedback/").json()["results"]) == rows


def test_the_response_rate_opens_its_rows(world, asked, ask):
    client = ask(world.marketer)
    ask(world.rep).post(f"/feedback/{asked['rep'].public_id}/answer/", TOLD)
    answer = client.get("/metrics/feedback_response_rate/?by=assignee").json()
    assert {row["labels"]["assignee"]: row["value"] for row in answer["results"]} == {"Rep": 1.0, "Partner": 0.0}
    [rep] = [row for row in answer["results"] if row["labels"]["assignee"] == "Rep"]
    found = client.get(rep["rows"]["numerator"].split("/api/v1")[1]).json()["results"]
    assert [row["id"] for row in found] == [str(asked["rep"].public_id)]
