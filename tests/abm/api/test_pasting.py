"""Pasted names by API: what is beyond doubt comes in, what is not waits for the review."""

import pytest

from accounts.models import Doubt
from targets import lists, pasting
from targets.models import TargetEntry
from tests import make
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db


def test_names_come_in_or_wait_and_are_taken_in_once_decided(ask, world):
    client = ask(world.marketer)
    found, first, other = make.account("ミナト"), make.account("青葉電機"), make.account("青葉電機")
    version = lists.create(name="Pasted", by=world.marketer, now=NOW).versions.get()
    address = f"/lists/{version.list.public_id}/versions/1/entries"
    taken = client.post(f"{address}/paste/", {"names": "ミナト\n青葉電機\n未知"}, format="json").json()
    doubt = Doubt.objects.get()
    waiting = {
        "id": str(version.waiting.get().public_id), "text": "青葉電機", "tier": "1:many", "state": "COMPANY",
        "doubt": str(doubt.public_id), "rule": "NAMESAKES", "score": 100.0, "account": None, "department": "",
        "accounts": [{"id": str(one.public_id), "name": "青葉電機"} for one in (first, other)], "departments": [],
    }  # fmt: skip
    assert taken == {"added": 1, "unknown": ["未知"], "waiting": [waiting]}
    assert client.get(f"{address}/waiting/").json() == [waiting]
    link = {"decision": "link", "candidate": 1}
    client.post(f"/doubts/{doubt.public_id}/decide/", link, format="json")
    (entry,) = client.post(f"{address}/take_in/").json()
    assert entry["account"]["name"] == "青葉電機"
    assert set(TargetEntry.objects.filter(version=version).values_list("account", flat=True)) == {found.pk, first.pk}
    assert client.get(f"{address}/waiting/").json() == []


def test_a_typo_and_an_unknown_department_are_decided_by_api(ask, world):
    client = ask(world.marketer)
    account = make.account("みどり電機工業")
    it = make.department(account, "情報システム部", function="IT")
    version = lists.create(name="Pasted", by=world.marketer, now=NOW).versions.get()
    address = f"/lists/{version.list.public_id}/versions/1/entries"
    text = "みどり電気工業\nみどり電機工業\t情シス\nみどり電機工業\tDX室\nみどり電機工業\t不要"
    typo, near, new, out = client.post(f"{address}/paste/", {"names": text}, format="json").json()["waiting"]
    assert (typo["rule"], [one["name"] for one in typo["accounts"]]) == ("FUZZY", ["みどり電機工業"])
    assert (near["state"], near["departments"]) == ("DEPARTMENT", [{"id": str(it.public_id), "name": "情報システム部"}])

    def decide(line, **told):
        return client.post(f"{address}/waiting/{line['id']}/decide/", told, format="json")

    assert decide(near, decision="take").status_code == 400
    assert decide(near, decision="take", account=str(account.public_id)).status_code == 409
    assert (version.entries.count(), version.waiting.count()) == (0, 4)
    (made,) = decide(typo, decision="take", account=str(account.public_id)).json()
    assert (made["account"]["name"], made["department"]) == ("みどり電機工業", None)
    assert (
        decide(near, decision="take", department=str(it.public_id)).json()[0]["department"]["name"] == "情報システム部"
    )
    assert decide(new, decision="make").json()[0]["department"]["name"] == "DX室"
    assert decide(out, decision="none").json() == []
    assert decide(out, decision="none").status_code == 404
    assert (version.entries.count(), version.waiting.count()) == (3, 0)


def test_only_those_who_draw_up_lists_decide_by_api(ask, world):
    account = make.account("みどり電機工業")
    version = lists.create(name="Pasted", by=world.marketer, now=NOW).versions.get()
    pasting.paste(version, "みどり電気工業", by=world.marketer, now=NOW)
    address = f"/lists/{version.list.public_id}/versions/1/entries/waiting/{version.waiting.get().public_id}/decide/"
    told = {"decision": "take", "account": str(account.public_id)}
    for user, status in ((world.rep, 409), (world.partner, 404), (world.manager, 409)):
        assert ask(user).post(address, told, format="json").status_code == status
    assert (version.entries.count(), version.waiting.count()) == (0, 1)
