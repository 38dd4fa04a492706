"""Who must not see persons sees none, on any page; a partner sees nothing but what was handed to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funnel import leads
from funnel.terms import Policy
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db
NAME, MAIL, PHONE = "花村 静香", "hanamura@example.jp", "03-0000-1234"


@pytest.fixture
def rep():
    return make.user(Role.REP)


def handed_to(assignee):
    """A lead with a person who came to a seminar."""
    marketer, now = make.user(Role.MARKETER), timezone.now()
    account = make.account("秘密商事株式会社", owner=assignee)
    make.active_list(account)
    department = make.department(account)
    person = make.person(account, NAME, department, email=MAIL, phone=PHONE)
    make.touch(account, department=department, person=person, at=now - timedelta(hours=1))
    lead = leads.create(account=account, department=department, by=marketer, now=now, persons=[person])
    leads.qualify(lead, by=marketer, now=now, note="セミナーで質問")
    leads.hand_over(lead, assignee=assignee, by=marketer, now=now)
    return lead


@pytest.fixture
def lead(rep):
    return handed_to(rep)


def pages_of(lead):
    return {
        "lead": f"/leads/{lead.public_id}/",
        "account": f"/accounts/{lead.account.public_id}/",
        "accounts": "/accounts/",
        "funnel": "/funnel/",
        "rows": "/rows/leads_handed_over/",
        "notices": "/notices/",
    }


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMIN])
@pytest.mark.parametrize("page", ["lead", "account", "accounts", "funnel", "rows", "notices"])
def test_no_person_is_shown_to(client, lead, role, page):
    client.force_login(make.user(role))
    text = client.get(pages_of(lead)[page]).content.decode()
    for secret in (NAME, "花村", MAIL, PHONE):
        assert secret not in text


@pytest.mark.parametrize("page", ["lead", "account"])
def test_who_deals_with_persons_sees_them(client, lead, rep, page):
    client.force_login(rep)
    assert NAME in client.get(pages_of(lead)[page]).content.decode()


def test_the_inbox_shows_whom_to_call(client, lead, rep):
    client.force_login(rep)
    text = client.get("/inbox/").content.decode()
    assert PHONE in text
    assert f"mailto:{MAIL}" in text


@pytest.mark.parametrize("page", ["inbox", "accounts", "rows/leads_handed_over", "notices", "metrics", "settings"])
def test_a_partner_hears_nothing_of_others_leads(client, lead, page):
    client.force_login(make.user(Role.PARTNER))
    text = client.get(f"/{page}/").content.decode()
    for secret in ("秘密商事", NAME, "花村", lead.assignee.name):
        assert secret not in text


def test_a_partner_sees_the_persons_of_its_own_lead_but_not_who_of_us_was_there(client, rep):
    partner = make.user(Role.PARTNER)
    lead = handed_to(partner)
    make.touch(lead.account, kind="CALL", user=rep, at=timezone.now() - timedelta(days=1))
    client.force_login(partner)
    text = client.get(f"/leads/{lead.public_id}/").content.decode()
    assert NAME in text
    assert f"{rep.name}: 1" not in text


def test_a_partner_does_not_hear_what_was_promised_to_other_firms(client):
    other = make.team("別の代理店", "PARTNER")
    Policy.objects.create(partner=other, answer_hours=99, active_from=timezone.now())
    client.force_login(make.user(Role.PARTNER))
    assert "別の代理店" not in client.get("/settings/clocks/").content.decode()
