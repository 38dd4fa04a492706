"""The review on pages: doubts side by side, decided; merges and their undoing; who may."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from accounts import doubts, editing, merging
from accounts.models import Account, Doubt, Merge, Person
from accounts.registering import AccountFacts
from imports import jobs, load
from imports.models import ImportJob
from tests import make
from tests.make import NOW
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client) -> User:
    user = make.user(Role.MARKETER, "hoshi", name="星 直子")
    client.force_login(user)
    return user


def ask(name: str = "みどり商事", number: int = 1) -> Doubt:
    """A doubt among two namesakes."""
    make.account(name, prefecture="東京都"), make.account(name, prefecture="大阪府")
    facts = AccountFacts(name=name, external_id=f"C-{number}", details={"prefecture": "大阪府"})
    editing.tell_account(facts, source=make.source("crm"), by=make.system(), now=NOW)
    return Doubt.objects.latest("pk")


def text(response) -> str:
    return response.content.decode()


def test_the_first_doubt_is_open_with_its_evidence(client, marketer):
    ask()
    page = text(client.get("/review/"))
    assert "Which company is “みどり商事”?" in page
    assert (page.count("the same:"), page.count("different:")) == (3, 1)
    assert 'data-key="2"' in page
    assert "crm" not in page.lower().split("<table")[1].split("</table>")[0]


@pytest.mark.parametrize("number", [1, 3])
def test_the_review_takes_as_many_queries_for_three_as_for_one(client, marketer, django_assert_num_queries, number):
    for one in range(number):
        ask(f"みどり{one}商事", one)
    client.get("/review/")
    with django_assert_num_queries(11):
        assert client.get("/review/").status_code == 200


def test_a_key_links_and_the_next_opens(client, marketer):
    doubt, after = ask(), ask("あおば商事", 2)
    second = doubt.candidates.get(position=2).account
    page = client.post(f"/review/{doubt.public_id}/decide/", {"decision": "link", "candidate": "2"}, follow=True)
    assert "Linked with みどり商事." in text(page)
    assert f"/review/{after.public_id}/decide/" in text(page)
    assert second.external_ids.get().external_id == "C-1"


@pytest.mark.parametrize(
    "data", [{}, {"decision": "link"}, {"decision": "link", "candidate": "9"}, {"decision": "x\0"}]
)
def test_a_decision_that_names_nobody_changes_nothing(client, marketer, data):
    doubt = ask()
    page = client.post(f"/review/{doubt.public_id}/decide/", data, follow=True)
    assert "Please choose one of the candidates." in text(page)
    assert Doubt.objects.get().state == "OPEN"


def test_a_pair_is_merged_after_a_look_and_taken_back(client, marketer):
    kept, gone = make.account("甲社"), make.account("乙社")
    make.touch(gone)
    doubts.raise_pair(kept, gone, rule="FUZZY", score=90, by=make.system(), now=NOW)
    address = f"/review/merge/accounts/{kept.public_id}/{gone.public_id}/"
    assert address in text(client.get("/review/"))
    seen = text(client.get(address))
    assert "Is 乙社 part of 甲社?" in seen
    assert "<dt>Touches</dt><dd>1</dd>" in seen
    assert Account.objects.count() == 2
    client.post(address)
    assert Account.objects.get() == kept
    assert client.get(f"/accounts/{gone.public_id}/")["Location"] == f"/accounts/{kept.public_id}/"
    client.post(f"/review/merges/{Merge.objects.get().public_id}/take-back/")
    assert client.get(f"/accounts/{gone.public_id}/").status_code == 200


def test_what_contradicts_a_merge_is_said_and_no_button_offered(client, marketer):
    kept, gone = (
        make.account("甲", corporate_number="8700110005901"),
        make.account("乙", corporate_number="1180301018771"),
    )
    address = f"/review/merge/accounts/{kept.public_id}/{gone.public_id}/"
    page = text(client.get(address))
    assert "different corporate numbers" in page
    assert 'data-key="m"' not in page
    assert "different corporate numbers" in text(client.post(address, follow=True))
    assert Account.objects.count() == 2


def test_the_preview_says_who_will_see_it(client, marketer):
    firm = make.team("代理店", "PARTNER")
    kept, gone = make.account("甲"), make.account("乙", partner=firm)
    page = text(client.get(f"/review/merge/accounts/{kept.public_id}/{gone.public_id}/"))
    assert "The partner 代理店 sees 乙 now and will not see it any more." in page
    page = text(client.get(f"/review/merge/accounts/{gone.public_id}/{kept.public_id}/"))
    assert "The partner 代理店 will also see what is 甲’s now." in page


def test_persons_are_for_those_who_see_them(client, marketer):
    company = make.account()
    one, other = make.person(company), make.person(company)
    doubt = doubts.raise_pair(one, other, rule="NAME_AND_ACCOUNT", score=9, by=make.system(), now=NOW)
    address = f"/review/merge/persons/{one.public_id}/{other.public_id}/"
    assert [client.get(path).status_code for path in ("/review/", address)] == [200, 200]
    client.force_login(make.user(Role.ADMIN))
    assert "山田" not in text(client.get("/review/"))
    for path in (f"/review/{doubt.public_id}/", address):
        assert client.get(path).status_code == 404
    assert client.post(address).status_code == 404
    assert Person.objects.count() == 2


@pytest.mark.parametrize("number", [1, 3])
def test_merges_take_as_many_queries_for_three_as_for_one(client, marketer, django_assert_num_queries, number):
    for one in range(number):
        merging.merge(make.account(), make.account(f"乙{one}"), by=marketer, now=NOW)
    client.get("/review/merges/")
    with django_assert_num_queries(6):
        assert client.get("/review/merges/").status_code == 200


def test_a_file_leads_to_its_doubts_and_comes_in_again_once_they_are_decided(client, marketer):
    make.account("みどり商事"), make.account("みどり商事")
    given = {"kind": "persons", "source": "eight", "by": marketer, "now": NOW, "wake": False}
    file = ContentFile("会社名,氏名,e-mail\nみどり商事,山田,a@m.example\n".encode())
    job = load.run(jobs.queue(file, file_name="a.csv", **given), now=NOW)
    page = text(client.get(f"/imports/{job.public_id}/"))
    assert "1 row waits: several companies could be meant." in page
    assert f"/review/?file={job.public_id}" in page
    assert "Please decide in the review" in job.error_file.read().decode("utf-8-sig")
    assert "みどり商事" in text(client.get(f"/review/?file={job.public_id}"))
    assert "Nothing is in doubt" in text(client.get(f"/review/?file={uuid4()}"))
    doubts.link(Doubt.objects.get(), Account.objects.first(), by=marketer, now=NOW)
    assert "the rows can come in now" in text(client.get(f"/imports/{job.public_id}/"))
    client.post(f"/imports/{job.public_id}/for-real/")
    assert load.run(ImportJob.objects.latest("pk"), now=NOW).created == 1
