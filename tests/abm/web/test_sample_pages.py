"""Labelled samples on pages: one key a pair, figures, a file; persons only for those who see them."""

import pytest

from accounts.models import Person
from imports.samples import Sample
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client):
    user = make.user(Role.MARKETER)
    client.force_login(user)
    return user


@pytest.fixture
def sample(marketer) -> Sample:
    made = Sample.objects.create(by=marketer, at=NOW, looked_at=9)
    account = make.account("みどり商事", phone="03-1234-0001")
    people = [make.person(account, name) for name in ("青木 一", "青木 二")]
    facts = {"name": "㈱みどり商事", "details": {"phone": "03-1234-0002"}}
    made.pairs.create(position=1, stratum="LINKED", rule="COMPANY_KEY", weight=2, facts=facts, account=account)
    made.pairs.create(position=2, stratum="DOUBT", rule="TOGETHER", weight=1, person=people[0], other=people[1])
    return made


def text(response) -> str:
    return response.content.decode()


def test_pairs_are_labelled_one_after_another_and_counted(client, marketer, sample):
    address = f"/review/samples/{sample.public_id}/"
    page = text(client.get(address))
    assert ("㈱みどり商事" in page, page.count("the same:"), page.count("different:")) == (True, 1, 1)
    assert all(f'data-key="{key}"' in page for key in "sdu")
    first, second = sample.pairs.all()
    page = text(client.post(f"/review/samples/pairs/{first.public_id}/label/", {"label": "SAME"}, follow=True))
    assert "青木 二" in page
    assert "100.0 %" in page
    page = text(client.post(f"/review/samples/pairs/{second.public_id}/label/", {"label": "UNSURE"}, follow=True))
    assert "All pairs are labelled. Thank you." in page
    assert "2 of 2 labelled" in page


@pytest.mark.parametrize("data", [{}, {"label": "x\0"}])
def test_no_label_is_no_label(client, marketer, sample, data):
    pair = sample.pairs.first()
    page = client.post(f"/review/samples/pairs/{pair.public_id}/label/", data, follow=True)
    assert "Please choose same, different or unsure." in text(page)
    assert sample.pairs.filter(label="").count() == 2


def test_the_file_tells_the_figures_by_rule(client, marketer, sample):
    sample.pairs.filter(position=1).update(label="SAME", labelled_at=NOW)
    response = client.get(f"/review/samples/{sample.public_id}.csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1] == "Linked by itself,by name,2.0,1,1,0,0,1.0000,0.2065,1.0000,1,1.0000,0.2065,1.0000,1"
    assert lines[2] == "Asked about,Much agrees,1.0,1,0,0,0,,,,,,,,"


def test_pairs_of_persons_are_for_those_who_see_persons(client, sample):
    sample.pairs.filter(position=1).update(label="SAME", labelled_at=NOW)
    client.force_login(make.user(Role.ADMIN))
    assert "青木" not in text(client.get(f"/review/samples/{sample.public_id}/"))
    hidden = sample.pairs.get(position=2)
    assert client.post(f"/review/samples/pairs/{hidden.public_id}/label/", {"label": "SAME"}).status_code == 404


def test_who_is_erased_is_not_asked_about(client, marketer, sample):
    assert sample.pairs.open().count() == 2
    Person.objects.filter(name="青木 二").update(erased_at=NOW)
    assert [pair.position for pair in sample.pairs.open()] == [1]


def test_where_there_is_nothing_to_draw_it_says_so(client, marketer):
    assert "Load a file of companies or cards first." in text(client.post("/review/samples/draw/", follow=True))
    assert Sample.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_as_many_queries_for_three_as_for_one(client, marketer, sample, django_assert_num_queries, number):
    for one in range(number):
        sample.pairs.create(position=9 + one, stratum="NEAR", weight=1, account=make.account())
    for address, queries in (("/review/samples/", 5), (f"/review/samples/{sample.public_id}/", 10)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)
