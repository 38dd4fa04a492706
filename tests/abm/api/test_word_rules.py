"""Word rules by API: texts nobody knows, a preview, teaching, taking back; who may."""

import pytest

from accounts import editing, teaching
from accounts.models import Affiliation, WordRule
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db
CAPTAIN = {"naming": "TITLE", "text": "隊長", "meaning": "MANAGER"}


@pytest.fixture
def place(world) -> Affiliation:
    person = editing.add_person(world.account, name="山田", title="隊長", by=world.marketer, now=NOW)
    return person.affiliations.get()


def test_a_title_is_taught_after_a_preview_and_taken_back(ask, world, place):
    client = ask(world.marketer)
    unread = client.get("/word-rules/unread/?naming=TITLE").json()
    assert unread == {"texts": 1, "rows": 1, "most_frequent": [{"text": "隊長", "rows": 1}]}
    seen = client.post("/word-rules/preview/", CAPTAIN, format="json").json()
    assert seen == {"rows": 1, "kept": 0,
                    "changes": [{"text": "隊長", "was": "UNKNOWN", "becomes": "MANAGER", "rows": 1}]}  # fmt: skip
    made = client.post("/word-rules/", CAPTAIN, format="json")
    assert (made.status_code, made.json()["rows"]) == (201, 1)
    (shown,) = client.get(f"/persons/{place.person.public_id}/").json()["affiliations"]
    assert (shown["rank"], shown["rank_rule"], shown["rank_taught"]) == ("MANAGER", "隊長", made.json()["id"])
    back = client.post(f"/word-rules/{made.json()['id']}/take_back/", format="json")
    assert (back.status_code, back.json()["ended_by"]["id"]) == (200, str(world.marketer.public_id))
    again = client.post(f"/word-rules/{made.json()['id']}/take_back/", format="json")
    assert (again.status_code, again.json()["type"]) == (409, "urn:abm:problem:teaching-refused")
    place.refresh_from_db()
    assert place.rank == "UNKNOWN"


def test_only_those_who_teach_may(ask, world, place):
    client = ask(world.rep)
    assert client.post("/word-rules/", CAPTAIN, format="json").status_code == 403
    assert client.post("/word-rules/preview/", CAPTAIN, format="json").status_code == 403
    assert client.get("/word-rules/unread/?naming=TITLE").status_code == 403
    assert not WordRule.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_rules_take_as_many_queries_for_three_as_for_one(ask, world, django_assert_num_queries, number):
    for one in range(number):
        teaching.teach(naming="TITLE", text=f"隊員{one}", meaning="STAFF", by=world.marketer, now=NOW)
    client = ask(world.marketer)
    with django_assert_num_queries(3):
        assert len(client.get("/word-rules/").json()["results"]) == number
