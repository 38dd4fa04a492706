"""Who answers how, and A + J + I = M, over HTTP."""

import pytest

from tests.funnel import people
from tests.funnel.test_behaviour import LATER, deliver

pytestmark = pytest.mark.django_db
TERMS = {"as_of": LATER.isoformat(), "from": "2026-11-01"}


@pytest.fixture
def delivered(world: people.World) -> people.World:
    deliver(world, world.rep, accepted=2)
    deliver(world, world.other_rep, accepted=0, ignored=1)
    return world


def test_each_line_opens_its_deliveries(delivered, ask):
    client = ask(delivered.manager)
    answer = client.get("/behaviour/", TERMS | {"by": "assignee"}).json()
    assert (answer["ranked"], [line["label"] for line in answer["unranked"]]) == ([], ["Other_Rep", "Rep"])
    rate = answer["unranked"][1]["metrics"]["handoff_sal_rate"]
    assert (rate["numerator"], rate["denominator"]) == (2, 2)
    rows = client.get(rate["rows"]["numerator"]).json()["results"]
    assert [row["outcome"] for row in rows] == ["ACCEPTED", "ACCEPTED"]
    assert rows[0]["answer_hours"] == 1.0
    assert set(answer["marketing"]) == {"routing_breach_rate", "question_breach_rate", "disposition_breach_rate"}


def test_a_rep_is_told_of_no_colleague(delivered, ask):
    answer = ask(delivered.rep).get("/behaviour/", TERMS).json()
    assert [line["label"] for line in answer["unranked"]] == ["Rep"]
    assert answer["mean"]["handoff_sal_rate"]["denominator"] == 3
    assert answer["marketing"] == {}


@pytest.mark.parametrize("query", [{"by": "dog"}, {"team": "nobody"}, {"x": "1"}, {"as_of": "yesterday"}])
def test_a_wrong_question_is_refused(delivered, ask, query):
    assert ask(delivered.manager).get("/behaviour/", query).status_code == 400


def test_the_three_and_their_sum_are_told_per_slice(delivered, ask):
    client = ask(delivered.manager)
    [one] = client.get("/partition/", TERMS | {"by": "team"}).json()
    names = ("accepted_in_time", "rejected_in_time", "ignored", "matured")
    assert [one[name]["numerator"] for name in names] == [2, 0, 1, 3]
    assert one["holds"] is True
    assert len(client.get(one["matured"]["rows"]["numerator"]).json()["results"]) == 3
