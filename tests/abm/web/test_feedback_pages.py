"""Feedback on pages: my list, three fields, what the lead tells of it, and the rates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from funnel import leads
from funnel.models import Feedback
from tests import make
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def rep() -> User:
    return make.user(Role.REP, "hayase", name="早瀬 彩")


def ask(user: User, company: str = "ミナト精工", step: int = 30, **told) -> Feedback:
    marketer = User.objects.filter(role=Role.MARKETER).first() or make.user(Role.MARKETER)
    now = timezone.now()
    account = make.account(company)
    make.active_list(account, name=f"{company} {step}")
    make.touch(account, at=now - timedelta(days=1))
    lead = leads.create(account=account, by=marketer, now=now)
    leads.qualify(lead, by=marketer, now=now, note="質問")
    leads.hand_over(lead, assignee=user, by=marketer, now=now)
    when = {"asked_at": now, "closes_at": now + timedelta(days=30)}
    return Feedback.objects.create(lead=lead, account=account, user=user, team=user.team, step=step, **when, **told)


def told(**more):
    return {"answered_at": timezone.now(), "progress": "PROPOSAL", "quality": 5, "note": "決裁者と会えた", **more}


def test_my_list_has_what_waits_and_what_was_told(client, rep):
    waits, given = ask(rep), ask(rep, "青葉電機", **told())
    ask(make.user(Role.REP), "星見金属")
    client.force_login(rep)
    page = text(client.get("/feedback/"))
    assert f"/feedback/{waits.public_id}/" in page
    assert "青葉電機" in page
    assert "Proposal made" in page
    assert "決裁者と会えた" in page
    assert "星見金属" not in page
    assert f"/feedback/{given.public_id}/" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_my_list_takes_as_many_queries_for_three_as_for_one(client, rep, django_assert_num_queries, rows):
    for number in range(rows):
        ask(rep, f"会社{number}"), ask(rep, f"社名{number}", **told())
    client.force_login(rep)
    with django_assert_num_queries(8):
        client.get("/feedback/")


def test_two_clicks_and_a_line_tell_it(client, rep):
    asked = ask(rep)
    client.force_login(rep)
    address = f"/feedback/{asked.public_id}/"
    assert "How is it going?" in text(client.get(address))
    assert client.post(address, {"progress": "MEETING_SET"}).status_code == 200
    assert Feedback.objects.answered().count() == 0
    assert client.post(address, {"progress": "MEETING_SET", "quality": "4", "note": "x"}).status_code == 302
    assert Feedback.objects.get().quality == 4
    assert client.post(address, {"progress": "MEETING_SET", "quality": "1"}).status_code == 409
    assert Feedback.objects.get().quality == 4


@pytest.mark.parametrize(("role", "note"), [(Role.MARKETER, True), (Role.ANALYST, False)])
def test_the_lead_tells_its_last_feedback_and_keeps_the_line_from_the_analyst(client, rep, role, note):
    asked = ask(rep, **told())
    client.force_login(User.objects.filter(role=role).first() or make.user(role))
    page = text(client.get(f"/leads/{asked.lead.public_id}/"))
    assert "Last feedback" in page
    assert "Feedback after 30 days" in page
    assert ("決裁者と会えた" in page) is note


def test_the_lead_leads_whom_it_is_asked_of_to_the_three_fields(client, rep):
    asked = ask(rep)
    client.force_login(rep)
    assert f'href="/feedback/{asked.public_id}/"' in text(client.get(f"/leads/{asked.lead.public_id}/"))


@pytest.mark.parametrize("by", ["team", "assignee", "partner", "source", "nonsense"])
def test_the_rates_stand_by_rep_team_partner_and_step(client, rep, by):
    ask(rep, **told()), ask(rep, "青葉電機", step=60)
    client.force_login(make.user(Role.SALES_MANAGER))
    page = text(client.get(f"/behaviour/feedback/?by={by}"))
    assert "50.0" in page
    assert "100.0" in page
    if by == "assignee":
        assert "早瀬 彩" in page


def test_the_rows_of_a_rate_are_shown_as_feedback(client, rep):
    ask(rep, **told())
    client.force_login(make.user(Role.ANALYST))
    page = text(client.get("/rows/feedback_response_rate/"))
    assert "早瀬 彩" in page
    assert "決裁者と会えた" not in page


@pytest.mark.parametrize("role", [Role.REP, Role.PARTNER])
def test_a_rep_or_a_partner_sees_only_the_own_rate_whatever_is_asked_for(client, role):
    me, other = make.user(role, "me", name="私"), make.user(role, "other", name="石動 健")
    ask(me, **told()), ask(other, "青葉電機")
    client.force_login(me)
    assert 'href="/behaviour/feedback/"' in text(client.get("/feedback/"))
    page = text(client.get("/behaviour/feedback/?by=team"))
    assert "100.0" in page
    assert "50.0" not in page
    assert "石動 健" not in page
