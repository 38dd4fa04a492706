"""A lead of one's own finding: from the account page and from the inbox, for whom, and where."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funnel.enums import Origin, Stage
from funnel.models import Lead
from tests import make
from tests.funnel import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return people.build()


def met(hours=-1):
    return {"first_touch": f"{timezone.localtime() + timedelta(hours=hours):%Y-%m-%dT%H:%M}"}


@pytest.mark.parametrize(
    ("who", "origin"), [("rep", Origin.SALES), ("manager", Origin.SALES), ("partner", Origin.PARTNER)]
)
def test_whoever_found_it_keeps_it_at_sal(client, world, who, origin):
    world.account.partner = world.partner.team
    world.account.save()
    client.force_login(world.users[who])
    client.post(f"/leads/found/{world.account.public_id}/", met() | {"department": world.department.pk})
    lead = Lead.objects.get()
    assert (lead.stage, lead.origin, lead.assignee, lead.department) == (
        Stage.SAL, origin, world.users[who], world.department
    )  # fmt: skip


@pytest.mark.parametrize("who", ["marketer", "lead_marketer", "analyst", "admin"])
def test_others_come_in_by_the_front_door(client, world, who):
    client.force_login(world.users[who])
    answer = client.post(f"/leads/found/{world.account.public_id}/", met())
    assert (answer.status_code, Lead.objects.count()) == (403, 0)
    assert "A lead I found" not in client.get(f"/accounts/{world.account.public_id}/").content.decode()


def test_a_partner_finds_leads_only_at_accounts_in_its_care(client, world):
    make.account("提携先", partner=world.partner.team)
    client.force_login(world.partner)
    page = client.get("/leads/found/?search=").content.decode()
    assert "提携先" in page
    assert "青葉精機" not in client.get("/leads/found/?search=青葉").content.decode()
    assert client.post(f"/leads/found/{world.account.public_id}/", met()).status_code == 404
    assert not Lead.objects.exists()


def test_a_meeting_still_to_come_is_refused_with_everything_typed(client, world):
    client.force_login(world.rep)
    page = client.post(f"/leads/found/{world.account.public_id}/", met(2) | {"note": "展示会"}).content.decode()
    assert "The first touch must already have taken place." in page
    assert "展示会" in page
    assert not Lead.objects.exists()


def test_a_department_of_another_company_is_no_choice(client, world):
    elsewhere = make.department(make.account())
    client.force_login(world.rep)
    client.post(f"/leads/found/{world.account.public_id}/", met() | {"department": elsewhere.pk})
    assert not Lead.objects.exists()


def test_the_account_page_and_the_inbox_lead_there(client, world):
    client.force_login(world.rep)
    assert (
        f"/leads/found/{world.account.public_id}/"
        in client.get(f"/accounts/{world.account.public_id}/").content.decode()
    )
    assert "/leads/found/" in client.get("/inbox/").content.decode()
    assert world.account.name in client.get("/leads/found/").content.decode()
