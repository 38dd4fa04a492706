"""The review by API: doubts with their evidence, decided; merges previewed, done, led to, taken back."""

from typing import Any

import pytest

from accounts import merging
from accounts.models import Account, Doubt, Merge
from tests import make
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db


def told(ask: Any, world: Any, number: int = 1) -> Doubt:
    """Another system tells of a company that could be one of two."""
    name = f"みどり{number}商事"
    make.account(name, prefecture="東京都"), make.account(name, prefecture="大阪府")
    answer = ask(world.marketer).put(f"/accounts/by-external-id/crm/C-{number}/", {"name": name}, format="json")
    assert answer.status_code == 400
    return Doubt.objects.latest("pk")


def test_what_was_told_in_doubt_waits_and_is_decided_once(ask, world):
    doubt = told(ask, world)
    client = ask(world.marketer)
    (row,) = client.get("/doubts/?state=OPEN").json()["results"]
    assert client.get(f"/doubts/?import_job={doubt.public_id}").json()["results"] == []
    assert (row["kind"], row["rule"], row["facts"]["external_id"], row["source"]) == ("TOLD", "NAMESAKES", "C-1", "crm")
    assert row["evidence"][0] == {
        "what": "name",
        "cells": [{"said": ["みどり1商事"], "same": same} for same in (None, True, True)],
    }
    address = f"/doubts/{doubt.public_id}/decide/"
    assert client.post(address, {"decision": "link", "candidate": 7}, format="json").status_code == 400
    decided = client.post(address, {"decision": "link", "candidate": 2}, format="json").json()
    assert (decided["state"], decided["account"]["id"]) == ("LINKED", row["candidates"][1]["account"]["id"])
    again = client.post(address, {"decision": "dismiss"}, format="json")
    assert (again.status_code, again.json()["type"]) == (409, "urn:abm:problem:doubt-refused")
    put = client.put("/accounts/by-external-id/crm/C-1/", {"name": "みどり1商事"}, format="json")
    assert (put.status_code, put.json()["id"]) == (200, decided["account"]["id"])


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_takes_as_many_queries_for_three_as_for_one(ask, world, django_assert_num_queries, number):
    for one in range(number):
        told(ask, world, one)
    client = ask(world.marketer)
    client.get("/doubts/")
    with django_assert_num_queries(8):
        assert len(client.get("/doubts/").json()["results"]) == number


def test_a_merge_is_previewed_done_led_to_and_taken_back(ask, world):
    client, gone = ask(world.marketer), make.account("乙")
    make.touch(gone)
    two = {"kind": "ACCOUNT", "kept": str(world.account.public_id), "gone": str(gone.public_id)}
    seen = client.post("/merges/preview/", two, format="json").json()
    assert (seen["moved"]["engagement.touch"], seen["obstacle"], Account.objects.count()) == (1, "", 2)
    done = client.post("/merges/", two, format="json")
    assert (done.status_code, done.json()["merged"], done.json()["account"]["id"]) == (201, two["gone"], two["kept"])
    led = client.get(f"/accounts/{two['gone']}/")
    assert (led.status_code, led.json()) == (301, {"merged_into": two["kept"]})
    assert led["Location"].endswith(f"/accounts/{two['kept']}/")
    assert client.post("/merges/", two, format="json").status_code == 404
    undone = client.post(f"/merges/{done.json()['id']}/undo/")
    assert (undone.status_code, undone.json()["undone_by"]["id"]) == (200, str(world.marketer.public_id))
    assert client.get(f"/accounts/{two['gone']}/").status_code == 200
    assert client.post(f"/merges/{done.json()['id']}/undo/").json()["type"] == "urn:abm:problem:merge-refused"


@pytest.mark.parametrize("number", [1, 3])
def test_the_merges_take_as_many_queries_for_three_as_for_one(ask, world, django_assert_num_queries, number):
    for _ in range(number):
        merging.merge(world.account, make.account(), by=world.marketer, now=NOW)
    client = ask(world.marketer)
    client.get("/merges/")
    with django_assert_num_queries(3):
        assert len(client.get("/merges/").json()["results"]) == number


@pytest.mark.parametrize("who", ["rep", "manager", "partner", "analyst"])
def test_others_neither_see_nor_decide(ask, world, who):
    doubt, gone = told(ask, world), make.account()
    two = {"kind": "ACCOUNT", "kept": str(world.account.public_id), "gone": str(gone.public_id)}
    client = ask(world.users[who])
    assert client.get("/doubts/").json()["results"] == []
    assert client.post(f"/doubts/{doubt.public_id}/decide/", {"decision": "new"}, format="json").status_code == 404
    for address in ("/merges/", "/merges/preview/"):
        assert client.post(address, two, format="json").status_code == 403
    assert (Merge.objects.count(), Doubt.objects.get().state) == (0, "OPEN")
