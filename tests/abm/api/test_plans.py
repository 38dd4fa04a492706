"""The dormant-asset audit and revival plans by API."""

import pytest

from targets.models import RevivalPlan
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def idle(world):
    """Two dormant persons at the wanted account."""
    return [make.person(world.account, name) for name in ("一", "二")]


def test_the_audit_and_its_persons_agree(ask, world, idle):
    client = ask(world.marketer)
    found = client.get(f"/dormant/?account={world.account.public_id}").json()
    assert found["counts"]["dormant"] == found["accounts"][0]["persons"] >= 2
    for part, n in found["counts"].items():
        assert client.get(f"/persons/?dormant={part}&count=exact").json()["count"] == n
    assert client.get("/dormant/?x=1").status_code == 400
    assert client.get("/dormant/?account=x").status_code == 400


def test_a_plan_is_started_changed_and_closed(ask, world, idle):
    client = ask(world.marketer)
    body = {"persons": [str(idle[0].public_id)], "name": "冬"}
    made = client.post("/plans/", body, format="json")
    assert (made.status_code, [row["person"]["name"] for row in made.json()["persons"]]) == (201, ["一"])
    address = f"/plans/{made.json()['id']}/"
    given = client.patch(
        address, {"owner": str(world.rep.public_id)}, format="json", headers={"If-Match": made["ETag"]}
    )
    assert given.json()["owner"]["id"] == str(world.rep.public_id)
    row = made.json()["persons"][0]["id"]
    assert client.post(f"{address}drop/", {"row": row}, format="json").json()["persons"] == []
    assert client.post(f"{address}close/").json()["closed_at"]
    again = client.post(f"{address}close/")
    assert (again.status_code, again.json()["type"]) == (409, "urn:abm:problem:plan-refused")


def test_who_sees_no_persons_sees_the_plan_without_them(ask, world, idle):
    plan = ask(world.marketer).post("/plans/", {}, format="json").json()
    assert ask(world.analyst).get(f"/plans/{plan['id']}/").json()["persons"] == []
    partner = ask(make.user(Role.PARTNER))
    assert [partner.get(path).status_code for path in (f"/plans/{plan['id']}/", "/dormant/")] == [404, 403]
    assert ask(world.rep).post("/plans/", {}, format="json").status_code == 409
    assert RevivalPlan.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_as_many_queries_for_three_as_for_one(ask, world, django_assert_num_queries, number):
    client = ask(world.marketer)
    for _one in range(number):
        person = make.person(world.account)
        client.post("/plans/", {"persons": [str(person.public_id)]}, format="json")
    client.get("/plans/")
    with django_assert_num_queries(3):
        assert len(client.get("/plans/").json()["results"]) == number
