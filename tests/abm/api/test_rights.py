"""What persons may ask for, and where we know them from: opt-outs, disclosure, erasure, files, sources by API."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.consent import Erasure
from accounts.models import Account, Person
from audit import outbox
from audit.models import Access
from funnel import transfers
from tests import make
from tests.abm.api.test_writing import pointers

pytestmark = pytest.mark.django_db


def test_an_opt_out_of_an_address_is_recorded_looked_up_and_lifted_with_evidence(world, ask):
    client, told = (
        ask(world.rep),
        {"address": "Sato@Aoba.example", "channel": "電話", "at": "2026-11-20T09:00:00+09:00"},
    )
    made = client.post("/opt-outs/", told)
    assert (made.status_code, made.json()["address"], made.json()["at"]) == (
        201, "sato@aoba.example", "2026-11-20T00:00:00Z",
    )  # fmt: skip
    assert client.post("/opt-outs/", told).json()["id"] == made.json()["id"]
    somebody = {"account": str(world.account.public_id), "name": "佐藤 美咲", "email": "sato@aoba.example"}
    assert client.post("/persons/", somebody).json()["opted_out_at"] == "2026-11-20T00:00:00Z"
    path = f"/opt-outs/{made.json()['id']}/lift/"
    assert (client.post(path, {"because": ""}).status_code, Person.objects.reachable().count()) == (400, 0)
    assert ask(world.partner).post(path, {"because": "申込書"}).status_code == 403
    assert client.post(path, {"because": "申込書"}).json()["lifted_because"] == "申込書"
    assert (client.post(path, {"because": "申込書"}).status_code, Person.objects.reachable().count()) == (409, 1)
    (row,) = client.get("/opt-outs/", {"address": "SATO@aoba.example", "lifted": "true"}).json()["results"]
    assert row["id"] == made.json()["id"]


def test_an_opt_out_ahead_is_refused(world, ask):
    told = {"address": "a@b.example", "at": "2027-01-01T00:00:00Z"}
    assert ask(world.rep).post("/opt-outs/", told).status_code == 409
    assert ask(world.analyst).post("/opt-outs/", {"address": "a@b.example"}).status_code == 403
    assert ask(world.rep).get("/opt-outs/").json()["results"] == []


# A person's rights


def test_a_person_is_told_everything_and_erased_by_api(world, ask):
    person, client = make.person(world.account, "山田 太郎", email="taro@aoba.example"), ask(world.lead_marketer)
    path = f"/persons/{person.public_id}"
    assert client.post(f"{path}/everything/", {"purpose": "x"}).status_code == 400
    assert ask(world.marketer).post(f"{path}/everything/", {"purpose": "本人より"}).status_code == 403
    told = client.post(f"{path}/everything/", {"purpose": "本人より"}).json()
    assert told["person"][0]["email"] == "taro@aoba.example"
    assert ask(world.marketer).post(f"{path}/erase/", {"ground": "本人の請求"}).status_code == 403
    assert Person.objects.count() == 1
    asked = client.post(f"{path}/erase/", {"ground": "本人の請求"})
    assert (asked.status_code, asked.json()["state"], Person.objects.reachable().count()) == (202, "ASKED", 0)
    assert client.post(f"{path}/erase/", {"ground": "もう一度"}).json() == asked.json()
    assert client.get(asked.headers["Location"]).json() == asked.json()
    assert client.get("/erasures/", {"done": "true"}).json()["results"] == []
    outbox.deliver(now=timezone.now(), lane=outbox.ERASURES)
    done = client.post(f"{path}/erase/", {"ground": "三度目"})
    assert (done.status_code, done.json()["state"], client.get(f"{path}/").status_code) == (200, "DONE", 404)
    (row,) = client.get("/erasures/", {"done": "true"}).json()["results"]
    assert (row, Erasure.objects.count()) == (done.json(), 1)
    assert [client.post(f"/persons/{one}/erase/", {"ground": "x"}).status_code for one in ("x", uuid4())] == [404, 404]
    somebody = {"account": str(world.account.public_id), "name": "山田 太郎", "email": "taro@aoba.example"}
    assert pointers(client.post("/persons/", somebody)) == ["#/email"]
    again = {"address": "taro@aoba.example", "because": "申込書"}
    assert ask(world.admin).post("/erasures/readmit/", again).status_code == 403
    assert client.post("/erasures/readmit/", again).status_code == 200
    assert client.post("/erasures/readmit/", again).status_code == 409
    assert client.post("/persons/", somebody).status_code == 201
    assert [row["kind"] for row in client.get("/accesses/").json()["results"]] == ["DISCLOSE"]


def test_persons_leave_by_api_with_a_purpose_and_reading_many_is_noted(world, ask):
    for number in range(20):
        make.person(world.account, f"人{number}")
    client = ask(world.lead_marketer)
    client.get("/persons/", {"limit": 19})
    assert client.get("/accesses/").json()["results"] == []
    client.get("/persons/", {"search": "人"}, headers={"purpose": "nightly sync"})
    assert client.post("/persons/export/", {}).status_code == 400
    assert ask(world.rep).post("/persons/export/", {"purpose": "seminar"}).status_code == 403
    answer = client.post("/persons/export/?search=人1", {"purpose": "seminar"})
    assert len(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()) == 12
    rows = client.get("/accesses/").json()["results"]
    assert [(row["kind"], row["rows"], row["purpose"], row["filters"]) for row in rows] == [
        ("EXPORT", 11, "seminar", {"search": "人1"}), ("READ", 20, "nightly sync", {"search": "人"}),
    ]  # fmt: skip


def given_to_a_partner(world):
    person = make.person(world.account, "山田 太郎", email="taro@aoba.example")
    Account.objects.filter(pk=world.account.pk).update(partner=world.partner.team)
    transfers.record(now=timezone.now())
    return person


def test_what_partners_were_given_is_read_and_taken_out_by_api(world, ask):
    person, client = given_to_a_partner(world), ask(world.lead_marketer)
    narrowed = {"search": "taro@aoba.example", "partner": str(world.partner.team.public_id)}
    (row,) = client.get("/transfers/", narrowed).json()["results"]
    assert (row["person"]["id"], row["handoff"], row["data"]) == (
        str(person.public_id),
        None,
        ["NAME", "MAIL", "PLACE"],
    )
    assert client.get("/transfers/", {"search": "佐藤"}).json()["results"] == []
    assert [row["person"] for row in ask(world.admin).get("/transfers/").json()["results"]] == [None]
    assert ask(world.admin).get("/transfers/", {"search": "山田"}).json()["results"] == []
    for who in (world.marketer, world.partner):
        assert ask(who).get("/transfers/").json()["results"] == []
        assert ask(who).post("/transfers/export/", {"purpose": "開示請求"}).status_code == 403
    assert (client.post("/transfers/export/", {}).status_code, Access.objects.count()) == (400, 0)
    answer = client.post("/transfers/export/?search=山田", {"purpose": "開示請求"})
    assert "taro@aoba.example" in b"".join(answer.streaming_content).decode()
    assert Access.objects.values_list("what", "rows", "purpose", "filters").get() == (
        "transfers", 1, "開示請求", {"search": "山田"},
    )  # fmt: skip


def test_whom_a_leak_concerns_is_counted_and_taken_out_by_api(world, ask):
    person, client = given_to_a_partner(world), ask(world.lead_marketer)
    now, path = timezone.now(), "/accesses/leak-report/"
    period = {"after": (now - timedelta(days=1)).isoformat(), "before": (now + timedelta(days=1)).isoformat()}
    asked = period | {"team": str(world.partner.team.public_id)}
    counted = client.get(path, asked).json()
    assert (counted["persons"], counted["ways"]["GIVEN"], counted["data"]) == (1, 1, {"NAME": 1, "MAIL": 1, "PLACE": 1})
    for wrong in (period, asked | {"user": str(world.rep.public_id)}, asked | {"before": "2020-01-01T00:00:00Z"}):
        assert client.get(path, wrong).status_code == 400
    assert [ask(who).get(path, asked).status_code for who in (world.admin, world.marketer)] == [200, 403]
    for who in (world.admin, world.marketer, world.partner):
        assert ask(who).post(path, asked | {"purpose": "委員会への報告"}).status_code == 403
    assert (client.post(path, asked).status_code, Access.objects.count()) == (400, 0)
    answer = client.post(path, asked | {"purpose": "委員会への報告"})
    assert "taro@aoba.example" in b"".join(answer.streaming_content).decode()
    assert Access.objects.values_list("what", "persons").get() == ("leak_report", [person.pk])
    whose = [{"user": str(user.public_id)} for user in (world.lead_marketer, world.rep)]
    whose.append({"team": str(world.partner.team.public_id)})
    assert [len(client.get("/accesses/", who).json()["results"]) for who in whose] == [1, 0, 0]


# Sources


def test_a_source_s_ground_and_costs_are_kept_by_api(world, ask):
    client = ask(world.marketer)
    changed = client.patch("/sources/sfa/", {"basis": "DEALINGS", "purpose": "商談"}).json()
    assert (changed["basis"], changed["cost"], changed["cost_per_lead"]) == ("DEALINGS", None, None)
    cost = {"kind": "PER_SEMINAR", "amount": "150000", "units": 2, "first_on": "2026-10-01"}
    assert client.post("/sources/sfa/costs/", cost | {"kind": "FLAT"}).status_code == 409
    made = client.post("/sources/sfa/costs/", cost)
    assert (made.status_code, made.json()["total"]) == (201, {"amount": "300000", "currency": "JPY"})
    assert client.get("/sources/sfa/costs/").json() == [made.json()]
    (row,) = client.get("/sources/").json()
    assert (row["code"], row["cost"]["amount"]) == ("sfa", "300000")
    assert ask(world.rep).get("/sources/").status_code == 403
    assert client.delete(f"/sources/sfa/costs/{made.json()['id']}/").status_code == 204
    assert client.get("/sources/sfa/costs/").json() == []


def test_persons_are_narrowed_by_whether_their_ground_is_known(world, ask):
    make.person(world.account, "内田 一郎")
    client = ask(world.marketer)
    assert [row["bases"] for row in client.get("/persons/", {"basis_known": "false"}).json()["results"]] == [[]]
    assert client.get("/persons/", {"basis_known": "true"}).json()["results"] == []
