"""Dormant persons and revival plans on pages: numbers open their rows, one button plans, the file is harmless."""

import pytest

from audit.models import Access
from targets import plans
from targets.dormant import Selection
from targets.models import RevivalPlan
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
    make.active_list(made)
    make.person(made, "青木 一", make.department(made, function="DESIGN")).affiliations.update(title="=1+1")
    make.person(made, "青木 二")
    return made


def text(response) -> str:
    return response.content.decode()


def test_every_number_opens_its_persons(client, marketer, company):
    page = text(client.get("/lists/dormant/"))
    for address, n in {
        "/lists/dormant/persons/?part=dormant": 2,
        f"/lists/dormant/persons/?account={company.public_id}": 2,
        "/lists/dormant/persons/?function=DESIGN": 1,
        "/lists/dormant/persons/?part=opted_out": 0,
    }.items():
        assert f'href="{address}"' in page
        assert text(client.get(address)).count('href="/persons/') == n, address


def test_one_click_plans_all_of_them(client, marketer, company):
    page = client.post("/lists/dormant/plan/", {"all": "1", "account": company.public_id}, follow=True)
    assert page.redirect_chain[0][0] == f"/lists/plans/{RevivalPlan.objects.get().public_id}/"
    assert "The plan holds 2 persons." in text(page)
    assert text(page).count("Not touched yet") == 2


def test_the_ticked_are_planned_and_nobody_without_a_tick(client, marketer, company):
    assert "Please tick somebody first." in text(client.post("/lists/dormant/plan/", follow=True))
    one = company.affiliations.get(department=None).person
    client.post("/lists/dormant/plan/", {"person": [str(one.public_id)]})
    assert RevivalPlan.objects.get().persons.get().person == one
    assert client.post("/lists/dormant/plan/", {"person": ["x"]}).status_code == 404
    assert RevivalPlan.objects.count() == 1


def test_a_plan_is_changed_emptied_and_closed(client, marketer, company):
    plan, rep = plans.start(Selection(), by=marketer, now=NOW), make.user(Role.REP)
    address = f"/lists/plans/{plan.public_id}/"
    client.post(address, {"name": "冬", "owner": rep.public_id, "due_on": "2026-12-24"})
    plan.refresh_from_db()
    assert (plan.name, plan.owner, f"{plan.due_on}") == ("冬", rep, "2026-12-24")
    client.post(f"/lists/plans/persons/{plan.persons.first().public_id}/drop/")
    assert plan.persons.count() == 1
    assert "closed" in text(client.post(f"{address}close/", follow=True))
    assert "This plan is closed." in text(client.post(f"{address}close/", follow=True))


def test_the_file_holds_the_reachable_once_it_is_said_what_for(client, marketer, company):
    address = "/lists/dormant/persons/export/?function=DESIGN"
    assert "1 place of a person fits." in text(client.get(address))
    assert Access.objects.count() == 0
    response = client.post(address, {"purpose": "春の案内"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert response["Cache-Control"] == "no-store"
    assert (len(lines), "青木 一" in lines[1], "'=1+1" in lines[1]) == (2, True, True)
    noted = Access.objects.get()
    assert (noted.kind, noted.rows, noted.purpose, noted.filters) == (
        "EXPORT", 1, "春の案内", {"function": "DESIGN", "dormant": "dormant"},
    )  # fmt: skip
    opted_out = "/lists/dormant/persons/export/?part=opted_out"
    make.person(company, "青木 四", opted_out_at=NOW)
    assert "青木 四" not in b"".join(client.post(opted_out, {"purpose": "春の案内"}).streaming_content).decode()


def test_persons_are_for_those_who_see_them(client, company):
    plan = plans.start(Selection(), by=make.user(Role.MARKETER), now=NOW)
    make.person(company, "青木 三")
    client.force_login(make.user(Role.ANALYST))
    for address in ("/lists/dormant/persons/", f"/lists/plans/{plan.public_id}/"):
        page = text(client.get(address))
        assert ("Persons are not shown to your role." in page, "青木" in page) == (True, False)
    assert client.get("/lists/dormant/persons/export/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_take_as_many_queries_for_three_as_for_one(client, marketer, django_assert_num_queries, number):
    for one in range(number):
        account = make.account(f"会社{one}")
        make.active_list(account, name=f"{one}")
        make.person(account)
        planned = make.person(account)
        plan = plans.start(Selection(), by=marketer, now=NOW, only=[planned.public_id])
    for address, queries in (
        ("/lists/dormant/", 8), ("/lists/dormant/persons/", 8), ("/lists/plans/", 6),
        (f"/lists/plans/{plan.public_id}/", 10),
    ):  # fmt: skip
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)
