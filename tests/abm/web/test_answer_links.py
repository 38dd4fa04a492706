"""The page behind a link in a mail: seen by anybody who has it, changing nothing until its button is pressed."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from audit.models import Entry, OutboxMessage
from funnel import answer_links, leads, questions, rerouting
from funnel.enums import Cause
from funnel.models import AnswerLink, Feedback, Lead, LeadMove
from tests import make
from users.models import Notification, User
from users.roles import Role

pytestmark = pytest.mark.django_db
PERSON = "花村 静香"
ACCEPT = {"next_action": "電話", "next_action_on": "2026-12-01"}


@pytest.fixture
def partner() -> User:
    return make.user(Role.PARTNER, "tsuda", name="津田 渉")


@pytest.fixture
def lead(partner) -> Lead:
    """Handed to the partner an hour ago."""
    marketer, now = make.user(Role.MARKETER, name="小野田"), timezone.now() - timedelta(hours=1)
    account = make.account("秘密商事株式会社")
    make.active_list(account)
    department = make.department(account)
    person = make.person(account, PERSON, department)
    make.touch(account, department=department, person=person, at=now - timedelta(hours=1), title="図面検索セミナー")
    made = leads.create(account=account, department=department, by=marketer, now=now, persons=[person])
    leads.qualify(made, by=marketer, now=now, note="質問")
    leads.hand_over(made, assignee=partner, by=marketer, now=now)
    return made


@pytest.fixture
def paths(lead) -> dict[str, str]:
    """Verb → address, as in the mail."""
    handoff = lead.handoffs.get()
    told = Notification(user=handoff.assignee, subject=str(handoff.public_id))
    return {one.path.split("/")[3]: one.path for one in answer_links.lead_answers(told, timezone.now())}


def rows() -> list[object]:
    tables = (Lead, LeadMove, AnswerLink, Feedback, Entry, OutboxMessage, Session)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("verb", ["accept", "reject", "ask"])
@pytest.mark.parametrize(
    "headers", [{}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}, {"User-Agent": "mail scanner"}]
)
def test_scanners_and_prefetching_change_nothing(client, paths, verb, headers):
    before = rows()
    for method in (client.get, client.head, client.get, client.options):
        method(paths[verb], headers=headers)
    assert rows() == before
    assert "sessionid" not in client.cookies


def test_a_post_without_the_pages_own_token_changes_nothing(paths):
    before = rows()
    strict = Client(enforce_csrf_checks=True)
    strict.get(paths["accept"])
    assert strict.post(paths["accept"], ACCEPT).status_code == 403
    assert rows() == before


def test_the_page_tells_the_lead_but_no_person(client, paths):
    page = client.get(paths["accept"])
    assert page.status_code == 200
    for word in ("秘密商事株式会社", "設計部", "図面検索セミナー", "You answer as 津田 渉."):
        assert word in text(page)
    assert PERSON not in text(page)
    assert "example.jp" not in text(page)


def test_every_answer_is_kept_by_nobody_and_found_by_no_engine(client, paths):
    for path, referrer in ((paths["accept"], "strict-origin"), ("/answer/none/accept/", "no-referrer")):
        page = client.get(path)
        assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert {"no-store", "private"} <= set(page["Cache-Control"].split(", "))
        assert page["Referrer-Policy"] == referrer


def test_a_press_accepts_and_the_second_time_tells_who_and_when(client, paths, lead, partner):
    assert client.post(paths["accept"], ACCEPT).status_code == 302
    lead.refresh_from_db()
    assert (lead.stage, lead.next_action) == ("SAL", "電話")
    again = client.get(paths["reject"])
    assert again.status_code == 200
    at = timezone.localtime(lead.accepted_at)
    assert f"津田 渉 accepted this lead on {at:%Y-%m-%d %H:%M}." in text(again)
    before = rows()
    pressed = client.post(paths["reject"], {"reason": "NO_NEED"})
    assert (pressed.status_code, rows()) == (409, before)
    assert "accepted this lead" in text(pressed)


def test_a_rejection_needs_a_reason_and_keeps_what_was_typed(client, paths, lead):
    page = client.post(paths["reject"], {"reason": "OTHER", "note": ""})
    assert page.status_code == 409
    assert "Please fill in: note." in text(page)
    client.post(paths["reject"], {"reason": "TIMING"})
    lead.refresh_from_db()
    assert (lead.stage, lead.reject_reason.code) == ("REJECTED", "TIMING")


def test_a_question_is_asked_and_its_link_is_spent(client, paths, lead, partner):
    client.post(paths["ask"], {"question": "どなたに電話しますか"})
    lead.refresh_from_db()
    assert lead.question_at is not None
    assert "津田 渉 asked marketing on" in text(client.get(paths["accept"]))


def test_while_a_question_is_open_another_cannot_be_asked(client, paths, lead, partner):
    questions.ask(lead, by=partner, now=timezone.now(), question="?")
    page = client.get(paths["ask"])
    assert "A question is still open." in text(page)
    assert client.get(paths["accept"]).status_code == 200


def test_a_link_that_is_over_says_what_to_do_instead(client, paths, lead):
    AnswerLink.objects.update(expires_at=timezone.now())
    assert client.get(paths["accept"]).status_code == 404, "moving the expiry breaks the seal"
    assert "open it from the mail once more" in text(client.get(paths["accept"]))


def test_an_expired_link_leads_to_the_lead(client, lead, partner):
    token = answer_links.issue(partner, handoff=lead.handoffs.get(), expires_at=timezone.now(), now=timezone.now())
    before = rows()
    for page in (client.get(f"/answer/{token}/accept/"), client.post(f"/answer/{token}/accept/", ACCEPT)):
        assert page.status_code == 410
        assert f'href="/leads/{lead.public_id}/"' in text(page)
    assert rows() == before


def test_after_a_reassignment_the_first_holder_is_told_no_more_of_the_lead(client, paths, lead):
    manager, other = make.user(Role.SALES_MANAGER), make.user(Role.REP)
    rerouting.reassign(lead, by=manager, now=timezone.now(), assignee=other, cause=Cause.WORKLOAD)
    for page in (client.get(paths["accept"]), client.post(paths["accept"], ACCEPT)):
        assert page.status_code == 410
        assert "went to somebody else" in text(page)
        assert "秘密商事" not in text(page)
        assert other.name not in text(page)


def test_a_closed_users_link_is_dead(client, paths, partner):
    User.objects.filter(pk=partner.pk).update(is_active=False)
    assert client.get(paths["accept"]).status_code == 410


@pytest.mark.parametrize("token", ["x", "a.b", "%00.%00", "%ff.x", "x" * 2000])
def test_a_guess_finds_nothing(client, token):
    page = client.get(f"/answer/{token}/accept/")
    assert page.status_code == 404
    assert "This link is not complete" in text(page)


def test_an_unknown_verb_is_not_there(client, paths):
    assert client.get(paths["accept"].replace("accept", "qualify")).status_code == 404


def test_the_page_speaks_its_users_language_unless_the_browser_chose(client, paths, partner):
    User.objects.filter(pk=partner.pk).update(language="ja")
    assert 'lang="ja"' in text(client.get(paths["accept"]))
    client.cookies["django_language"] = "en"
    assert '<html lang="en"' in text(client.get(paths["accept"]))


def test_whoever_is_signed_in_the_link_answers_for_its_own_user(client, paths, lead, partner):
    client.force_login(make.user(Role.ANALYST))
    client.post(paths["accept"], ACCEPT)
    assert lead.moves.get(move="accept").by == partner


@pytest.fixture
def asked(lead, partner) -> Feedback:
    now = timezone.now()
    when = {"asked_at": now, "closes_at": now + timedelta(days=30)}
    return Feedback.objects.create(lead=lead, account=lead.account, user=partner, team=partner.team, step=30, **when)


def test_feedback_is_given_from_the_mail_in_three_fields_once(client, asked, partner):
    told = Notification(user=partner, subject=str(asked.public_id))
    (button,) = answer_links.feedback_answers(told, timezone.now())
    before = rows()
    assert client.get(button.path).status_code == 200
    assert client.post(button.path, {"progress": "", "quality": "6"}).status_code == 200
    assert rows() == before
    client.post(button.path, {"progress": "MEETING_SET", "quality": "4", "note": "来週訪問"})
    asked.refresh_from_db()
    assert (asked.progress, asked.quality, asked.note) == ("MEETING_SET", 4, "来週訪問")
    assert Entry.objects.get(act="feedback.answer").door == "MAIL"
    before = rows()
    again = client.post(button.path, {"progress": "WRONG_LEAD", "quality": "1"})
    assert (again.status_code, rows()) == (409, before)
    assert "津田 渉 gave this feedback on" in text(again)
    assert answer_links.feedback_answers(told, timezone.now()) == []
