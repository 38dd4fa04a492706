"""The opt-out pages: look an address up, record, lift with evidence."""

import pytest

from accounts.consent import OptOut
from accounts.models import Person
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/accounts/opt-outs/"


@pytest.fixture
def rep(client):
    user = make.user()
    client.force_login(user)
    return user


def test_an_address_is_looked_up_before_and_after(client, rep):
    said = {"record-address": "taro@example.jp", "record-channel": "電話", "record-on": "2026-11-01"}
    assert (
        "No opt-out of TARO@example.jp is known." in client.get(PAGE, {"address": "TARO@example.jp"}).content.decode()
    )
    assert client.post(PAGE, said).status_code == 302
    made = OptOut.objects.get()
    assert (made.recorded_by, made.channel, f"{made.at:%d}") == (rep, "電話", "31")
    shown = client.get(PAGE, {"address": "ＴＡＲＯ@example.jp"}).content.decode()
    assert "No: taro@example.jp has opted out." in shown
    lift = f"{PAGE}{made.public_id}/lift/"
    assert client.post(lift, {"because": " "}).status_code == 200
    assert OptOut.objects.standing().count() == 1
    assert client.post(lift, {"because": "申込書"}).status_code == 302
    assert "gave consent anew" in client.get(PAGE, {"address": "taro@example.jp"}).content.decode()


def test_a_person_says_no_and_the_page_shows_it(client, rep):
    person = make.person(make.account())
    path = f"/persons/{person.public_id}/opt-out/"
    assert client.post(path, {"on": "2999-01-01"}).status_code == 200
    assert Person.objects.get().opted_out_at is None
    assert client.post(path, {"evidence": "電話で"}).status_code == 302
    shown = client.get(f"/persons/{person.public_id}/origins/").content.decode()
    assert "Opted out: no mails, no calls" in shown
    assert "電話で" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(client, rep, count, django_assert_num_queries):
    for number in range(count):
        OptOut.objects.create(
            address=f"{number}@example.jp", person=make.person(make.account()), recorded_by=rep,
            source=make.source(), at=make.NOW, recorded_at=make.NOW,
        )  # fmt: skip
    client.get(PAGE)
    with django_assert_num_queries(7):
        client.get(PAGE)
