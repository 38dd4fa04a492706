"""manage.py demo build|wipe|logins."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError
from django.db.models import Count, Sum

from abm.demo import staff
from abm.demo.build import DemoRefused, build
from abm.demo.models import DemoCompany
from abm.demo.wipe import wipe
from accounts.models import Account, Person
from engagement.models import Touch
from funnel.models import Deal, Lead, RejectReason
from funnel.terms import Policy
from scoring.models import ScoringRule
from tests.abm.demo.conftest import SCALE, demo
from users.models import BusinessCalendar, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def fingerprint() -> list[Any]:
    return [
        sorted(Lead.objects.values("stage", "on_list").annotate(n=Count("pk")).values_list("stage", "on_list", "n")),
        Deal.objects.aggregate(total=Sum("amount"), n=Count("pk")),
        Touch.objects.aggregate(total=Sum("minutes"), n=Count("pk")),
        sorted(Person.objects.values_list("name", "email")),
    ]


def references() -> list[Any]:
    return [
        sorted(RejectReason.objects.values_list("code", "label_en", "label_ja", "disposition", "position")),
        sorted(Policy.objects.values_list("version", "answer_hours", "first_touch_hours")),
        sorted(BusinessCalendar.objects.values_list("name", "time_zone")),
        list(User.objects.values_list("username", "role", "is_service")),
        list(ScoringRule.objects.values_list("version", "threshold", "cap")),
    ]


def test_building_twice_says_so_and_changes_nothing() -> None:
    before = fingerprint()
    assert json.loads(demo("build", "--json")) == {"built": False}
    assert fingerprint() == before


def test_the_act_itself_refuses_a_second_company(company: datetime) -> None:
    with pytest.raises(DemoRefused):
        build(now=company)


def test_logins_are_one_line_for_each_person() -> None:
    rows = json.loads(demo("logins", "--json"))
    assert [row["username"] for row in rows] == [member.username for member in staff.MEMBERS]
    assert {row["password"] for row in rows} == {staff.PASSWORD}
    assert len(demo("logins").splitlines()) == len(staff.MEMBERS)


def test_wiping_leaves_what_the_migrations_left(company: datetime) -> None:
    demo("wipe")
    assert [len(found) for found in references()] == [17, 1, 1, 1, 1]
    assert User.objects.get().username == "system"
    for model in (Account, Person, Lead, Touch, Deal, DemoCompany):
        assert not model.objects.exists()


@pytest.mark.parametrize("stranger", ["account", "user"])
def test_wiping_is_refused_once_there_is_data_of_ones_own(stranger: str) -> None:
    before = fingerprint()
    if stranger == "account":
        Account.objects.create(name="山田工業", key="山田工業")
    else:
        User.objects.create_user("owner", "a long password", name="Owner", role="ADMIN")
    with pytest.raises(CommandError, match="of your own"):
        demo("wipe")
    assert fingerprint() == before


def test_the_same_moment_builds_the_same_company(company: datetime) -> None:
    before = fingerprint()
    wipe()
    build(now=company, scale=SCALE)
    assert fingerprint() == before
