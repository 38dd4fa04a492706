"""A person corrected, told everything, erased by page; taken out as a file; and the log of it."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from accounts import erasing
from accounts.consent import Erasure
from accounts.models import Account, Person
from audit import outbox
from audit.models import Access
from funnel import transfers
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    user = make.user("MARKETING_LEAD", name="責任者")
    client.force_login(user)
    return user


@pytest.fixture
def person(db):
    return make.person(make.account("青葉精機"), "山田 太郎", email="taro@example.jp")


def test_a_person_is_found_corrected_told_everything_and_erased(client, lead, person):
    path = f"/persons/{person.public_id}/"
    for who in ("山田太郎", "TARO@example", "山田　太"):
        assert "山田 太郎" in client.get("/accounts/persons/", {"who": who}).content.decode()
    assert "Nobody fits" in client.get("/accounts/persons/", {"who": "佐藤"}).content.decode()
    assert client.post(f"{path}correct/", {"name": ""}).status_code == 200
    assert client.post(f"{path}correct/", {"name": "山田 太朗", "email": "taro@example.jp"}).status_code == 302
    assert Person.objects.get().name == "山田 太朗"
    assert (client.post(f"{path}everything/", {"written": "json"}).status_code, Access.objects.count()) == (200, 0)
    told = client.post(f"{path}everything/", {"written": "json", "purpose": "本人より"})
    assert (told.json()["person"][0]["name"], told.headers["Cache-Control"]) == ("山田 太朗", "no-store")
    lines = client.post(f"{path}everything/", {"written": "csv", "purpose": "本人より"}).content.decode()
    assert "person,1,email,taro@example.jp" in lines
    assert (client.post(f"{path}erase/", {"ground": ""}).status_code, Person.objects.count()) == (200, 1)
    assert "within minutes" in client.get(f"{path}erase/").content.decode()
    how_far = client.post(f"{path}erase/", {"ground": "本人の請求"}).headers["Location"]
    assert "every 3s" in client.get(how_far).content.decode()
    shown = client.get(f"{path}origins/").content.decode()
    assert ("Being erased at their wish" in shown, "Correct…" in shown, how_far in shown) == (True, False, True)
    outbox.deliver(now=timezone.now(), lane=outbox.ERASURES)
    shown = client.get(how_far).content.decode()
    assert ("Erased everywhere" in shown, "every 3s" in shown, "山田" in shown) == (True, False, False)
    assert (Person.objects.count(), Erasure.objects.get().by) == (0, lead)
    assert client.get(f"{path}origins/").status_code == 404
    log = client.get("/settings/access/").content.decode()
    assert ("本人の請求" in log, log.count("本人より")) == (True, 2)
    assert client.post("/settings/access/", {"address": "x@example.jp", "because": "申込書"}).status_code == 200
    assert client.post("/settings/access/", {"address": "taro@example.jp", "because": "申込書"}).status_code == 302
    assert not Erasure.objects.get().keys.exists()


def test_persons_leave_as_a_file_once_it_is_said_what_for(client, lead, person):
    make.person(make.account("みどり"), "佐藤", email="sato@example.jp")
    path = "/accounts/persons/export/?search=青葉"
    assert "1 place of a person fits." in client.get(path).content.decode()
    assert (client.post(path, {"purpose": "x"}).status_code, Access.objects.count()) == (200, 0)
    answer = client.post(path, {"purpose": "セミナー案内", "only_reachable": "on"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert [line.split(",")[4] for line in text.splitlines()] == ["Full Name", "山田 太郎"]
    noted = Access.objects.get()
    assert (noted.kind, noted.rows, noted.purpose, noted.filters) == ("EXPORT", 1, "セミナー案内", {"search": "青葉"})


def test_what_partners_were_given_is_shown_narrowed_and_taken_out(client, lead, person):
    firm = make.team("みらい代理店", "PARTNER")
    Account.objects.update(partner=firm)
    transfers.record(now=timezone.now())
    path = "/settings/access/transfers/"
    shown = client.get(path).content.decode()
    assert ("山田 太郎" in shown, "みらい代理店" in shown, "An account in its care" in shown) == (True, True, True)
    for narrowed, fits in (({"who": "山田"}, True), ({"who": "佐藤"}, False), ({"last_on": "2020-01-01"}, False)):
        assert ("山田 太郎" in client.get(path, narrowed).content.decode()) is fits
    assert "1 record fits." in client.get(f"{path}export/", {"partner": firm.public_id}).content.decode()
    assert (client.post(f"{path}export/", {"purpose": "x"}).status_code, Access.objects.count()) == (200, 0)
    answer = client.post(f"{path}export/?who=山田", {"purpose": "監督官庁より"})
    assert "taro@example.jp" in b"".join(answer.streaming_content).decode("utf-8-sig")
    assert Access.objects.values_list("what", "rows", "filters").get() == ("transfers", 1, {"who": "山田"})


def test_who_sees_no_persons_sees_the_records_without_names(client, person):
    Account.objects.update(partner=make.team("みらい代理店", "PARTNER"))
    transfers.record(now=timezone.now())
    client.force_login(make.user("ADMIN"))
    shown = client.get("/settings/access/transfers/", {"who": "佐藤"}).content.decode()
    assert ("みらい代理店" in shown, "山田" in shown, "not shown to your role" in shown) == (True, False, True)


def test_whom_a_leak_concerns_is_counted_and_taken_out(client, lead, person):
    firm, today = make.team("みらい代理店", "PARTNER"), timezone.localdate()
    Account.objects.update(partner=firm)
    transfers.record(now=timezone.now())
    path, asked = "/settings/access/leak/", {"team": firm.public_id, "first_on": today, "last_on": today}
    shown = client.get(path, asked).content.decode()
    assert ("Persons concerned" in shown, "Could be seen as a partner" in shown, "taro" in shown) == (True, True, False)
    for wrong, why in (
        (asked | {"user": lead.public_id}, "choose a user or a team"),
        (asked | {"last_on": "2020-01-01"}, "ends before it begins"),
    ):
        assert why in client.get(path, wrong).content.decode()
    address = f"{path}export/?{urlencode(asked)}"
    assert (client.post(address, {"purpose": "x"}).status_code, Access.objects.count()) == (200, 0)
    assert client.post(f"{path}export/", {"purpose": "委員会への報告"}).status_code == 200
    answer = client.post(address, {"purpose": "委員会への報告"})
    assert "taro@example.jp" in b"".join(answer.streaming_content).decode("utf-8-sig")
    assert Access.objects.values_list("what", "rows", "purpose").get() == ("leak_report", 1, "委員会への報告")


def test_reading_many_is_noted_and_a_few_is_not(client, lead):
    company = make.account()
    for number in range(20):
        assert Access.objects.count() == 0
        client.get("/accounts/persons/")
        make.person(company, f"人{number}")
    client.get("/accounts/persons/")
    assert list(Access.objects.values_list("kind", "rows", "actor_name")) == [("READ", 20, "責任者")]


def test_an_erasure_that_is_not_done_in_time_stands_on_the_operations_page(client, lead, person):
    made = erasing.ask(person, ground="本人の請求", by=lead, now=timezone.now())
    assert ("1 waiting" in (shown := client.get("/operations/").content.decode()), "over 15 minutes" in shown) == (
        True, False,
    )  # fmt: skip
    Erasure.objects.update(at=made.at - timedelta(minutes=16))
    shown = client.get("/operations/").content.decode()
    assert ("over 15 minutes" in shown, f"/settings/access/erasures/{made.public_id}/" in shown) == (True, True)
    assert "takes longer than it should" in client.get(f"/settings/access/erasures/{made.public_id}/").content.decode()
