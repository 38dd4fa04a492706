"""Users, teams and calendars as rows."""

from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests import make
from users.models import BusinessCalendar, User
from users.roles import SEES_PERSONS, Role

pytestmark = pytest.mark.django_db


def test_sign_in_takes_user_name_or_mail_in_any_case():
    user = make.user(username="Sato", email="sato@example.jp")
    assert authenticate(username="sato", password="password-1234") == user
    assert authenticate(username="SATO@example.jp", password="password-1234") == user
    assert authenticate(username="sato", password="wrong") is None


def test_the_system_user_cannot_sign_in():
    assert not make.system().has_usable_password()


def test_two_users_cannot_share_a_mail_address():
    make.user(email="a@example.jp")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.user(email="A@example.jp")


def test_only_deciders_can_be_handed_leads():
    for role in Role:
        if role != Role.SYSTEM:
            make.user(role)
    assert {u.role for u in User.objects.deciders()} == {Role.REP, Role.SALES_MANAGER, Role.PARTNER}


def test_analysts_and_admins_see_no_persons():
    assert set(Role) - SEES_PERSONS == {Role.ANALYST, Role.ADMIN}


def test_the_standard_calendar_knows_the_public_holidays_of_japan():
    rule = BusinessCalendar.objects.get(name="Standard").as_rule()
    assert not rule.is_open_on(date(2026, 11, 23))  # 勤労感謝の日
    assert rule.is_open_on(date(2026, 11, 24))


@pytest.mark.parametrize(
    "wrong",
    [{"hours": [["18:00", "09:00"]]}, {"closed_days": ["tomorrow"]}, {"time_zone": "Mars"}, {"weekdays": [9]}],
)
def test_a_calendar_nobody_can_read_is_refused(wrong):
    with pytest.raises(ValidationError, match="cannot be read"):
        BusinessCalendar(name="Odd", **wrong).full_clean()
