"""Inbox, lead, its moves, and the hand-over desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import OutboxMessage
from funnel import leads, overdue
from funnel.enums import Stage
from funnel.models import Lead, LeadMove
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER)


@pytest.fixture
def rep():
    return make.user(Role.REP)


def text_of(response):
    return response.content.decode()


def mql(marketer, name="", **fields):
    """A qualified lead of a listed account, waiting to be routed."""
    account = make.account(name, **fields)
    make.active_list(account, name=f"List of {account.pk}")
    department = make.department(account)
    now = timezone.now()
    make.touch(account, department=department, at=now - timedelta(hours=1))
    lead = leads.create(account=account, department=department, by=marketer, now=now)
    leads.qualify(lead, by=marketer, now=now, note="セミナーで質問")
    return lead


def handed(marketer, rep, name=""):
    lead = mql(marketer, name)
    leads.hand_over(lead, assignee=rep, by=marketer, now=timezone.now())
    return lead


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_takes_as_many_queries_for_three_as_for_one(client, marketer, rep, rows, django_assert_num_queries):
    for _ in range(rows):
        handed(marketer, rep)
    client.force_login(rep)
    with django_assert_num_queries(29):
        client.get("/inbox/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_takes_as_many_queries_for_three_as_for_one(client, marketer, rows, django_assert_num_queries):
    for _ in range(rows):
        mql(marketer)
    client.force_login(marketer)
    with django_assert_num_queries(18):
        client.get("/desk/")


def test_the_lead_due_first_stands_on_top_and_is_open(client, marketer, rep):
    later = handed(marketer, rep, "後株式会社")
    sooner = handed(marketer, rep, "先株式会社")
    later.handoffs.update(due_at=timezone.now() + timedelta(hours=5))
    sooner.handoffs.update(due_at=timezone.now() + timedelta(hours=1))
    client.force_login(rep)
    page = text_of(client.get("/inbox/"))
    assert page.index("先株式会社") < page.index("後株式会社")
    assert f'data-lead="{sooner.public_id}"' in page


def test_an_ignored_lead_stays_in_the_inbox(client, marketer, rep):
    lead = handed(marketer, rep)
    lead.handoffs.update(sent_at=timezone.now() - timedelta(days=9), due_at=timezone.now() - timedelta(days=3))
    Lead.objects.filter(pk=lead.pk).update(
        handed_over_at=timezone.now() - timedelta(days=9), due_at=timezone.now() - timedelta(days=3)
    )
    client.force_login(rep)
    assert "1 lead" in text_of(client.get("/inbox/"))


def test_accepting_leads_back_to_the_inbox(client, marketer, rep):
    lead = handed(marketer, rep)
    client.force_login(rep)
    response = client.post(
        f"/leads/{lead.public_id}/accept/",
        {"next_action": "電話", "next_action_on": "2026-11-25", "next": "/inbox/?who=me"},
    )
    lead.refresh_from_db()
    assert (response.url, lead.stage, lead.next_action) == ("/inbox/?who=me", Stage.SAL, "電話")


def test_rejecting_takes_one_button_per_reason(client, marketer, rep):
    lead = handed(marketer, rep)
    client.force_login(rep)
    assert text_of(client.get(f"/leads/{lead.public_id}/reject/")).count('name="reason"') == 17
    client.post(f"/leads/{lead.public_id}/reject/", {"reason": "TIMING"})
    lead.refresh_from_db()
    assert (lead.stage, lead.reject_reason.code) == (Stage.REJECTED, "TIMING")


def test_other_without_words_is_refused_and_nothing_changes(client, marketer, rep):
    lead = handed(marketer, rep)
    client.force_login(rep)
    response = client.post(f"/leads/{lead.public_id}/reject/", {"reason": "OTHER"})
    lead.refresh_from_db()
    assert response.status_code == 409
    assert "Please fill in: note." in text_of(response)
    assert lead.stage == Stage.MQL


def test_the_second_of_two_answers_hears_who_was_first(client, marketer, rep):
    lead = handed(marketer, rep)
    leads.reject(lead, by=rep, now=timezone.now(), reason="NO_NEED")
    client.force_login(rep)
    response = client.post(f"/leads/{lead.public_id}/accept/", {"next_action": "電話", "next_action_on": "2026-11-25"})
    assert response.status_code == 409
    assert f"{rep.name} has already rejected this lead." in text_of(response)
    assert LeadMove.objects.filter(lead=lead, move="accept").count() == 0


def test_a_form_left_empty_changes_nothing(client, marketer, rep):
    lead = handed(marketer, rep)
    client.force_login(rep)
    client.post(f"/leads/{lead.public_id}/accept/", {"next_action": ""})
    lead.refresh_from_db()
    assert lead.stage == Stage.MQL


def test_the_desk_hands_over_to_whom_is_chosen(client, marketer, rep):
    lead = mql(marketer)
    client.force_login(marketer)
    client.post(f"/desk/{lead.public_id}/hand-over/", {"assignee": rep.pk})
    lead.refresh_from_db()
    assert (lead.assignee, lead.handoffs.count()) == (rep, 1)
    assert OutboxMessage.objects.filter(topic="lead.handed_over").count() == 1


def test_the_desk_hands_over_nothing_without_a_choice(client, marketer):
    lead = mql(marketer)
    client.force_login(marketer)
    response = client.post(f"/desk/{lead.public_id}/hand-over/", {"assignee": ""}, follow=True)
    assert "Please choose who should answer." in text_of(response)
    assert not lead.handoffs.exists()


def test_ticked_leads_go_to_their_owners_and_the_rest_is_named(client, marketer, rep):
    owned, nobodys = mql(marketer, "所有株式会社", owner=rep), mql(marketer, "無主株式会社")
    client.force_login(marketer)
    response = client.post("/desk/hand-over/", {"lead": [str(owned.public_id), str(nobodys.public_id)]}, follow=True)
    assert "1 lead handed over." in text_of(response)
    assert "nobody owns this account" in text_of(response)
    assert (owned.handoffs.count(), nobodys.handoffs.count()) == (1, 0)


def test_nonsense_ticks_are_refused(client, marketer):
    lead = mql(marketer)
    client.force_login(marketer)
    response = client.post("/desk/hand-over/", {"lead": ["nonsense"]}, follow=True)
    assert "Please tick the leads" in text_of(response)
    assert not lead.handoffs.exists()


def test_a_lead_shows_its_history_and_its_moves(client, marketer, rep):
    lead = handed(marketer, rep)
    client.force_login(rep)
    page = text_of(client.get(f"/leads/{lead.public_id}/"))
    for known in ("Qualified", "Handed over", "セミナーで質問", "Accept", "Reject…"):
        assert known in page


def test_a_partner_sees_only_what_was_handed_over_to_that_user(client, marketer, rep):
    partner = make.user(Role.PARTNER)
    own, other = handed(marketer, partner), handed(marketer, rep)
    client.force_login(partner)
    assert client.get(f"/leads/{own.public_id}/").status_code == 200
    assert client.get(f"/leads/{other.public_id}/").status_code == 404
    assert client.post(f"/leads/{other.public_id}/accept/").status_code == 404


def test_a_manager_starts_with_the_teams_inbox_while_the_own_one_is_empty(client, marketer, rep):
    handed(marketer, rep, "部下株式会社")
    manager = make.user(Role.SALES_MANAGER, team=rep.team)
    client.force_login(manager)
    assert "部下株式会社" in text_of(client.get("/inbox/"))
    assert "部下株式会社" not in text_of(client.get("/inbox/?who=me"))
    handed(marketer, manager, "自分株式会社")
    page = text_of(client.get("/inbox/"))
    assert "自分株式会社" in page
    assert "部下株式会社" not in page


def test_a_rep_cannot_ask_for_the_teams_inbox(client, marketer, rep):
    handed(marketer, make.user(Role.REP, team=rep.team), "同僚株式会社")
    client.force_login(rep)
    assert "同僚株式会社" not in text_of(client.get("/inbox/?who=team"))


def test_the_lead_below_opens_after_an_answer_and_above_the_last_the_first(client, marketer, rep):
    first, second, third = (handed(marketer, rep) for _ in range(3))
    client.force_login(rep)
    for open_, then in ((first, second), (second, third), (third, first)):
        page = text_of(client.get(f"/inbox/{open_.public_id}/"))
        assert f'name="next" value="/inbox/{then.public_id}/?who=me"' in page


def test_after_the_last_answer_the_inbox_is_empty(client, marketer, rep):
    only = handed(marketer, rep)
    client.force_login(rep)
    assert 'name="next" value="/inbox/?who=me"' in text_of(client.get("/inbox/"))
    client.post(f"/leads/{only.public_id}/reject/", {"reason": "NO_NEED"})
    assert "No lead waits for your answer" in text_of(client.get("/inbox/"))


def test_an_unknown_move_is_not_found(client, marketer, rep):
    lead = handed(marketer, rep)
    client.force_login(rep)
    assert client.get(f"/leads/{lead.public_id}/ignore/").status_code == 404
    assert client.get(f"/leads/{lead.public_id}/explode/").status_code == 404


def test_the_clock_turns_an_unanswered_lead_and_the_late_answer_stays_late(client, marketer, rep):
    lead = handed(marketer, rep)
    due = lead.handoffs.get().due_at
    overdue.ignore_overdue(now=due + timedelta(seconds=1), by=make.system())
    lead.refresh_from_db()
    assert (lead.stage, lead.ignored_at) == (Stage.IGNORED, due)
