"""Accounts, departments, persons, lists, touches and deals, as clients write them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import Account, Contract, Department, Person, Source
from audit.models import Entry
from engagement.models import Touch
from funnel.models import Deal
from targets.models import TargetEntry, TargetList
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db

READERS = ("partner", "analyst", "admin")
TOUCH = {"kind": "DOWNLOAD", "occurred_at": "2026-11-23T09:00:00+09:00", "source": "ma", "external_id": "e1"}


def etag_of(client: Any, path: str) -> str:
    return str(client.get(path).headers["ETag"])


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


# Accounts


def test_a_company_is_registered_once(world, ask):
    client, body = ask(world.marketer), {"name": "株式会社黒田製作所", "corporate_number": "7010001008844"}
    made = client.post("/accounts/", body)
    assert (made.status_code, made.json()["corporate_number"]) == (201, "7010001008844")
    assert made.headers["Location"].endswith(f"/api/v1/accounts/{made.json()['id']}/")
    again = client.post("/accounts/", body | {"name": "黒田製作所"})
    assert (again.status_code, again.json()["existing"]) == (409, made.json()["id"])
    assert client.post("/accounts/", body | {"source": "another"}).status_code == 409
    assert not Source.objects.filter(code="another").exists()
    assert Entry.objects.filter(act="accounts.open").count() == 1


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, "#/name"),
        ({"name": "A", "corporate_number": "1234567890123"}, "#/corporate_number"),
        ({"name": "A\x00"}, "#/name"),
        ({"name": "A", "employees": -1}, "#/employees"),
        ({"name": "A", "revenue": {"amount": "1"}}, "#/revenue/currency"),
        ({"name": "A", "revenue": {"amount": "-1", "currency": "JPY"}}, "#/revenue/amount"),
        ({"name": "A", "source": "no spaces"}, "#/source"),
    ],
)
def test_a_company_that_cannot_be_understood(world, ask, body, wrong):
    answer = ask(world.marketer).post("/accounts/", body)
    assert (answer.status_code, pointers(answer)) == (400, [wrong])
    assert Account.objects.count() == 1


@pytest.mark.parametrize("who", READERS)
def test_readers_keep_nothing(world, ask, who):
    client, account = ask(world.users[who]), str(world.account.public_id)
    bodies = {
        "/accounts/": {"name": "A"},
        "/departments/": {"account": account, "name": "A"},
        "/persons/": {"account": account, "name": "A"},
        "/lists/": {"name": "A"},
        "/imports/": {},
    }
    expected = {"/lists/": 409} | ({"/imports/": 415} if who == "admin" else {})
    for path, body in bodies.items():
        assert client.post(path, body).status_code == expected.get(path, 403), path
    assert (Account.objects.count(), Department.objects.count(), Person.objects.count()) == (1, 1, 0)
    assert TargetList.objects.count() == 1


def test_a_change_needs_the_state_last_seen(world, ask):
    client, path = ask(world.marketer), f"/accounts/{world.account.public_id}/"
    seen = etag_of(client, path)
    assert client.patch(path, {"industry": "Machines"}).status_code == 428
    first = client.patch(path, {"industry": "Machines"}, headers={"if-match": seen})
    second = client.patch(path, {"industry": "Tools"}, headers={"if-match": seen})
    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["ETag"] == etag_of(client, path)
    assert Account.objects.get(pk=world.account.pk).industry == "Machines"


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_told_that_it_saw_an_old_state(ask):
    world, together = people.build(), Barrier(2)
    path = f"/accounts/{world.account.public_id}/"
    seen = etag_of(ask(world.marketer), path)

    def change(industry: str) -> int:
        try:
            together.wait(timeout=30)
            return int(ask(world.marketer).patch(path, {"industry": industry}, headers={"if-match": seen}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(change, ["Machines", "Tools"])) == [200, 412]


def test_a_new_name_makes_the_old_one_a_former_name(world, ask):
    client, path = ask(world.marketer), f"/accounts/{world.account.public_id}/"
    shown = client.patch(path, {"name": "青葉テック"}, headers={"if-match": etag_of(client, path)}).json()
    assert [(name["kind"], name["name"]) for name in shown["names"]] == [("FORMER", "青葉精機")]
    assert len(client.get("/accounts/?search=青葉テック").json()["results"]) == 1


def test_owner_revenue_and_parent_can_be_set_and_taken_back(world, ask):
    client, path, parent = ask(world.manager), f"/accounts/{world.account.public_id}/", make.account("親会社")
    told = {"owner": str(world.other_rep.public_id), "parent": str(parent.public_id)}
    told |= {"revenue": {"amount": "5000000000", "currency": "JPY"}}
    shown = client.patch(path, told, headers={"if-match": etag_of(client, path)}).json()
    assert (shown["owner"]["name"], shown["parent"]["name"]) == ("Other_Rep", "親会社")
    assert shown["revenue"] == {"amount": "5000000000", "currency": "JPY"}
    cleared = client.patch(path, {"owner": None, "revenue": None}, headers={"if-match": etag_of(client, path)}).json()
    assert (cleared["owner"], cleared["revenue"]) == (None, None)


def test_another_companys_number_is_refused(world, ask):
    make.account("黒田", corporate_number="7010001008844")
    client, path = ask(world.marketer), f"/accounts/{world.account.public_id}/"
    answer = client.patch(path, {"corporate_number": "7010001008844"}, headers={"if-match": "*"})
    assert (answer.status_code, pointers(answer)) == (400, ["#/corporate_number"])
    assert Account.objects.get(pk=world.account.pk).corporate_number is None


def test_a_source_tells_of_its_company_under_its_own_id(world, ask):
    client, path = ask(world.marketer), "/accounts/by-external-id/salesforce/001A/"
    made = client.put(path, {"name": "株式会社黒田製作所", "industry": "Machines"})
    same = client.put(path, {"name": "株式会社黒田製作所", "industry": "Tools"})
    assert (made.status_code, same.status_code) == (201, 200)
    assert made.json()["id"] == same.json()["id"]
    assert same.json()["industry"] == "Tools"
    assert same.json()["external_ids"] == [{"source": "salesforce", "external_id": "001A"}]


@pytest.mark.parametrize("path", ["no%20spaces/1", "sfa/%00", f"sfa/{'x' * 201}"])
def test_an_external_id_that_is_none_is_refused(world, ask, path):
    answer = ask(world.marketer).put(f"/accounts/by-external-id/{path}/", {"name": "A"})
    assert answer.status_code == 400
    assert Account.objects.count() == 1


# Departments and persons


def test_a_department_is_added_once_and_read_for_what_it_does(world, ask):
    client, body = ask(world.rep), {"account": str(world.account.public_id), "name": "情報システム部"}
    made = client.post("/departments/", body)
    assert (made.status_code, made.json()["function"], made.json()["function_rule"]) == (201, "IT", "情報システム")
    assert pointers(client.post("/departments/", body)) == ["#/name"]
    assert Department.objects.count() == 2


def test_somebody_is_added_once_per_mail_address(world, ask):
    client = ask(world.rep)
    body = {"account": str(world.account.public_id), "name": "佐藤 美咲", "email": "sato@aoba.example", "title": "部長"}
    made = client.post("/persons/", body | {"department": str(world.department.public_id)})
    (place,) = made.json()["affiliations"]
    assert (made.status_code, place["rank"], place["rank_rule"]) == (201, "GENERAL_MANAGER", "部長")
    again = client.post("/persons/", body | {"email": "SATO@aoba.example"})
    assert (again.status_code, again.json()["existing"]) == (409, made.json()["id"])
    assert Person.objects.count() == 1


def test_a_person_is_changed_by_whoever_saw_the_last_state(world, ask):
    person, client = make.person(world.account), ask(world.rep)
    path = f"/persons/{person.public_id}/"
    shown = client.patch(path, {"phone": "03-1111-2222"}, headers={"if-match": etag_of(client, path)})
    assert (shown.status_code, shown.json()["phone"]) == (200, "03-1111-2222")
    other = make.person(world.account, "別人", email="other@aoba.example")
    answer = client.patch(path, {"email": "Other@aoba.example"}, headers={"if-match": "*"})
    assert (answer.status_code, pointers(answer)) == (400, ["#/email"])
    assert Person.objects.get(pk=other.pk).email == "other@aoba.example"


def test_an_opt_out_is_for_good(world, ask):
    person, client = make.person(world.account), ask(world.marketer)
    for _ in range(2):
        assert client.post(f"/persons/{person.public_id}/opt_out/").json()["opted_out_at"] == "2026-11-24T01:00:00Z"
    assert Entry.objects.filter(act="persons.opt_out").count() == 1
    assert ask(world.analyst).post(f"/persons/{person.public_id}/opt_out/").status_code == 404


# Lists


def test_a_list_comes_into_force_by_two_signatures(world, ask):
    lead, manager = ask(world.lead_marketer), ask(world.manager)
    at = lead.post("/lists/", {"name": "2027"}).headers["Location"]
    entry = lead.post(f"{at}versions/1/entries/", {"account": str(world.account.public_id), "tier": "1:1"})
    assert (entry.status_code, entry.json()["owner"]["name"]) == (201, "Rep")
    assert lead.post(f"{at}versions/1/sign/").json()["versions"][0]["state"] == "SIGNING"
    assert lead.delete(f"{at}versions/1/entries/{entry.json()['id']}/").status_code == 409
    shown = manager.post(f"{at}versions/1/sign/").json()["versions"][0]
    assert (shown["state"], [s["side"] for s in shown["signatures"]]) == ("ACTIVE", ["MARKETING", "SALES"])
    assert lead.post(f"{at}versions/").json()["versions"][0]["number"] == 2
    second = f"{at}versions/2/entries/"
    copied = lead.get(second).json()["results"][0]["id"]
    assert lead.delete(f"{second}{copied}/").status_code == 204
    assert TargetEntry.objects.filter(version__list__name="2027").count() == 1


@pytest.mark.parametrize("who", ["rep", "marketer", "analyst"])
def test_others_do_not_sign(world, ask, who):
    draft = make.lists.create(name="2027", by=world.marketer, now=NOW)
    make.lists.add_accounts(draft.versions.get(), [world.account], by=world.marketer, now=NOW)
    answer = ask(world.users[who]).post(f"/lists/{draft.public_id}/versions/1/sign/")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:abm:problem:list-refused")
    assert draft.versions.get().state == "DRAFT"


# Touches


def test_the_same_event_twice_is_one_touch(world, ask, at_a_standstill):
    client, body = ask(world.marketer), TOUCH | {"account": str(world.account.public_id)}
    first = client.post("/touches/", body)
    at_a_standstill.shift(1)
    second = client.post("/touches/", body | {"title": "Again"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert first.json()["occurred_at"] == "2026-11-23T00:00:00Z"
    assert Touch.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"occurred_at": "2026-11-23T09:00:00"}, "#/occurred_at"),
        ({"occurred_at": "2026-12-24T09:00:00Z"}, "#/occurred_at"),
        ({"occurred_at": "0001-01-01T00:00:00+09:00"}, "#/occurred_at"),
        ({"minutes": -1}, "#/minutes"),
        ({"kind": "DREAM"}, "#/kind"),
        ({"account": None}, "#/account"),
        ({"account": "0"}, "#/account"),
    ],
)
def test_a_touch_that_cannot_be_understood(world, ask, change, wrong):
    answer = ask(world.marketer).post("/touches/", TOUCH | {"account": str(world.account.public_id)} | change)
    assert (answer.status_code, pointers(answer)) == (400, [wrong])
    assert (Touch.objects.count(), Source.objects.filter(code=TOUCH["source"]).count()) == (0, 0)


def test_a_batch_answers_item_by_item_in_order(world, ask):
    good = TOUCH | {"account": str(world.account.public_id)}
    items = [good, good | {"kind": "DREAM"}, good, good | {"external_id": "e2"}]
    results = ask(world.marketer).post("/touches/batch/", {"items": items}).json()["results"]
    assert [result["status"] for result in results] == [201, 400, 200, 201]
    assert results[0]["id"] == results[2]["id"]
    assert results[1]["errors"][0]["pointer"] == "#/kind"
    assert Touch.objects.count() == 2


@pytest.mark.parametrize("count", [1, 200])
def test_a_batch_costs_the_same_however_many(world, ask, django_assert_num_queries, count):
    good = TOUCH | {"account": str(world.account.public_id), "offering": str(world.offering.public_id)}
    client = ask(world.marketer)
    make.source("ma")
    with django_assert_num_queries(17):
        client.post("/touches/batch/", {"items": [good | {"external_id": str(number)} for number in range(count)]})


def test_all_or_none_on_request(world, ask):
    good = TOUCH | {"account": str(world.account.public_id)}
    body = {"items": [good, good | {"kind": "DREAM"}], "all_or_none": True}
    answer = ask(world.marketer).post("/touches/batch/", body)
    assert (answer.status_code, pointers(answer)) == (400, ["#/items/1/kind"])
    assert Touch.objects.count() == 0


@pytest.mark.parametrize("items", [[], [{}] * 201, "no", ["no"]])
def test_a_batch_has_1_to_200_items(world, ask, items):
    assert ask(world.marketer).post("/touches/batch/", {"items": items}).status_code == 400


@pytest.mark.parametrize("who", ["analyst", "admin"])
def test_those_who_meet_nobody_record_nothing(world, ask, who):
    body = TOUCH | {"account": str(world.account.public_id)}
    assert ask(world.users[who]).post("/touches/", body).status_code == 403
    assert Touch.objects.count() == 0


# Deals


def test_the_sfa_tells_of_a_deal_under_its_own_id(world, ask):
    client, path = ask(world.manager), "/deals/by-external-id/sfa/006A/"
    told = {"account": str(world.account.public_id), "amount": {"amount": "900000", "currency": "JPY"}}
    made = client.put(path, told | {"status": "OPEN"})
    won = client.put(path, {"status": "WON", "closed_on": "2026-11-24", "offering": str(world.offering.public_id)})
    assert (made.status_code, won.status_code) == (201, 200)
    assert won.json()["amount"] == {"amount": "900000", "currency": "JPY"}
    assert Contract.objects.get().account == world.account


@pytest.mark.parametrize("who", ["rep", "partner", "marketer", "analyst", "admin"])
def test_others_do_not_speak_for_the_sfa(world, ask, who):
    assert ask(world.users[who]).put("/deals/by-external-id/sfa/006A/", {}).status_code == 403
    assert Deal.objects.count() == 0
