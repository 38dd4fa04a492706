"""Pasted names by API: what is beyond doubt comes in, what is not waits for the review."""

import pytest

from accounts.models import Doubt
from targets import lists
from targets.models import TargetEntry
from tests import make
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db


def test_names_come_in_or_wait_and_are_taken_in_once_decided(ask, world):
    client = ask(world.marketer)
    found, one, _other = make.account("ミナト"), make.account("青葉電機"), make.account("青葉電機")
    version = lists.create(name="Pasted", by=world.marketer, now=NOW).versions.get()
    address = f"/lists/{version.list.public_id}/versions/1/entries"
    taken = client.post(f"{address}/paste/", {"names": "ミナト\n青葉電機\n未知"}, format="json").json()
    doubt = Doubt.objects.get()
    waiting = {"text": "青葉電機", "tier": "1:many", "doubt": str(doubt.public_id), "state": "OPEN", "account": None}
    assert taken == {"added": 1, "unknown": ["未知"], "waiting": [waiting]}
    assert client.get(f"{address}/waiting/").json() == [waiting]
    link = {"decision": "link", "candidate": 1}
    client.post(f"/doubts/{doubt.public_id}/decide/", link, format="json")
    (entry,) = client.post(f"{address}/take_in/").json()
    assert entry["account"]["name"] == "青葉電機"
    assert set(TargetEntry.objects.filter(version=version).values_list("account", flat=True)) == {found.pk, one.pk}
    assert client.get(f"{address}/waiting/").json() == []
