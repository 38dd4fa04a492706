"""Drawer rounds by API: started, watched, reminded, closed; only for those who bring files in."""

import pytest

from imports.drawers import DrawerInvitation, DrawerRound

pytestmark = pytest.mark.django_db


def started(ask, world):
    body = {"name": "机の名刺", "due_on": "2099-01-01", "people": [str(world.rep.public_id)]}
    return ask(world.marketer).post("/drawer-rounds/", body, format="json")


def test_a_round_is_started_with_its_board_and_closed(ask, world):
    made = started(ask, world)
    assert (made.status_code, made.json()["people"][0]["user"]["name"]) == (201, world.rep.name)
    client, address = ask(world.marketer), f"/drawer-rounds/{made.json()['id']}/"
    before = made.json()["people"][0]["link"]
    renewed = client.post(f"{address}renew_link/", {"user": str(world.rep.public_id)}, format="json").json()
    assert renewed["people"][0]["link"] != before
    more = client.post(f"{address}invite/", {"people": [str(world.manager.public_id)]}, format="json").json()
    assert len(more["people"]) == 2
    assert (
        client.post(f"{address}change/", {"name": "冬", "due_on": "2099-02-01"}, format="json").json()["name"] == "冬"
    )
    refused = client.post(f"{address}remind/")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:abm:problem:round-refused")
    assert client.post(f"{address}close/").json()["closed_at"]


def test_others_neither_see_nor_start_rounds(ask, world):
    made = started(ask, world).json()
    client = ask(world.rep)
    assert client.get("/drawer-rounds/").json()["results"] == []
    assert client.post(f"/drawer-rounds/{made['id']}/close/").status_code == 404
    body = {"name": "x", "due_on": "2099-01-01", "people": [str(world.rep.public_id)]}
    assert client.post("/drawer-rounds/", body, format="json").status_code == 409
    assert (DrawerRound.objects.count(), DrawerInvitation.objects.count()) == (1, 1)
