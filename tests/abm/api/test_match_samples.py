"""Labelled samples by API."""

import pytest

from imports.samples import Sample
from tests import make

pytestmark = pytest.mark.django_db


def test_a_sample_is_drawn_and_labelled(ask, world):
    people = [make.person(world.account, name, last_name="青木") for name in ("青木 一", "青木 二")]
    client = ask(world.marketer)
    made = client.post("/match-samples/")
    assert (made.status_code, made.json()["accuracy"]["drawn"]) == (201, 1)
    (pair,) = made.json()["pairs"]
    assert {pair["person"]["name"], pair["other"]["name"]} == {one.name for one in people}
    address = f"/match-samples/{made.json()['id']}/"
    told = {"pair": pair["id"], "label": "DIFFERENT"}
    (rule,) = client.post(f"{address}label/", told, format="json").json()["accuracy"]["rules"]
    assert (rule["stratum"], rule["different"], rule["precision"]["rate"]) == ("NEAR", 1, 0.0)
    assert ask(world.admin).get(address).json()["pairs"] == []
    assert ask(world.admin).post(f"{address}label/", told, format="json").status_code == 404


def test_who_does_not_review_draws_nothing(ask, world):
    answer = ask(world.rep).post("/match-samples/")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:abm:problem:sample-refused")
    assert Sample.objects.count() == 0
