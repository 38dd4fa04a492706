"""The data-quality page: every number opens its rows; persons only for those who see them."""

import pytest

from accounts import doubts
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
def company():
    made = make.account("みどり")
    unread = make.department(made, "第一グループ")
    make.person(made, "無所 属", unread, email="x@gmail.com").affiliations.update(title="匠")
    return made


def text(response) -> str:
    return response.content.decode()


def test_every_number_opens_its_rows(client, marketer, company):
    doubts.raise_pair(company, make.account("緑"), rule="READING", score=95, by=marketer, now=NOW)
    page = text(client.get("/review/quality/"))
    for address, expected in {
        "/review/": "みどり ／ 緑",
        "/review/quality/accounts/?gap=industry": "みどり",
        "/review/quality/persons/?gap=phone": "無所 属",
        "/review/quality/persons/?gap=free_mail": "x@gmail.com",
        "/review/quality/departments/": "第一グループ",
        "/review/quality/titles/": "匠",
    }.items():
        assert f'href="{address}' in page
        assert expected in text(client.get(address)), address
    assert "第一グループ" not in text(client.get("/review/quality/departments/?text=x"))


@pytest.mark.parametrize("address", ["nothing/", "persons/?gap=no", "persons/?gap=x%00", "titles/?text=%00"])
def test_what_is_not_counted_has_no_page(client, marketer, address):
    assert client.get(f"/review/quality/{address}").status_code == 404


@pytest.mark.parametrize("of", ["persons/?gap=phone", "titles/"])
def test_persons_are_for_those_who_see_them(client, company, of):
    client.force_login(make.user(Role.ADMIN))
    page = text(client.get(f"/review/quality/{of}"))
    assert "Persons are not shown to your role." in page
    assert "無所 属" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_take_as_many_queries_for_three_as_for_one(client, marketer, django_assert_num_queries, number):
    for one in range(number):
        make.person(make.account(f"会社{one}"), email="")
    client.get("/review/quality/")
    with django_assert_num_queries(18):
        client.get("/review/quality/")
    with django_assert_num_queries(7):
        client.get("/review/quality/persons/?gap=email")
