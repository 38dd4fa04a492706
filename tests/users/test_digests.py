"""The daily digest: one letter, at the user's hour, on working days, with what waits and what happened."""

from datetime import UTC, datetime, timedelta

import pytest

from funnel import leads, questions
from funnel.models import Feedback
from tests import mailbox, make
from tests.make import NOW
from tests.users.test_posting import rep, send, tell
from users import digests, notices
from users.models import Letter, Notification
from users.roles import Role

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 18, 23, tzinfo=UTC)  # Thursday, 8:00 in Tokyo
FRIDAY = MORNING + timedelta(days=1)


def news(user, key="lead:1", now=NOW) -> None:
    tell(user, key, kind="lead.accepted", text="%(lead)s was accepted by %(name)s.", now=now,
         params={"lead": "青葉精機", "name": "佐藤"})  # fmt: skip


def test_what_happened_comes_in_one_mail_at_the_users_hour(mails):
    user = rep(name="Sato")
    news(user), news(user, "lead:2")
    assert digests.gather(now=MORNING - timedelta(minutes=1)) == {"digests": 0}
    assert digests.gather(now=MORNING) == {"digests": 1}
    assert send(MORNING)["sent"] == 1
    said = mailbox.part(mails.only(), "plain")
    assert mailbox.subject(mails.only()) == "Your day in ABM: 0 waiting, 2 news"
    assert said.count("青葉精機 was accepted by 佐藤.") == 2
    assert "Nothing waits for you." in said


def test_a_digest_is_written_once_a_day_and_tells_each_thing_once(mails):
    user = rep()
    news(user)
    assert [digests.gather(now=MORNING + timedelta(minutes=n))["digests"] for n in (0, 5, 10)] == [1, 0, 0]
    assert digests.gather(now=FRIDAY) == {"digests": 0}
    news(user, "lead:2", now=FRIDAY)
    assert digests.gather(now=FRIDAY + timedelta(days=4)) == {"digests": 1}
    assert [letter.digested.count() for letter in Letter.objects.order_by("id")] == [1, 1]


def test_there_is_none_on_days_nobody_works(mails):
    news(rep(), now=FRIDAY)
    saturday = FRIDAY + timedelta(days=1)
    holiday = datetime(2026, 11, 22, 23, tzinfo=UTC)  # Monday the 23rd, Labour Thanksgiving Day
    assert [digests.gather(now=day)["digests"] for day in (saturday, holiday)] == [0, 0]
    assert digests.gather(now=holiday + timedelta(days=1)) == {"digests": 1}


def test_what_was_read_in_the_app_or_is_a_week_old_is_no_news(mails):
    reader, late = rep(), rep()
    news(reader), news(late, now=MORNING - timedelta(days=8))
    notices.read_all(reader, now=NOW)
    assert digests.gather(now=MORNING) == {"digests": 0}
    assert Notification.objects.filter(digest=None).count() == 2


@pytest.mark.parametrize("fields", [{"digest_hour": None}, {"mails": False}, {"email": ""}, {"is_active": False}])
def test_who_wants_or_can_have_none_gets_none(mails, fields):
    news(rep(**fields))
    digests.gather(now=MORNING)
    assert Letter.objects.count() == 0


def test_quiet_hours_hold_for_digests_too(mails):
    news(rep(digest_hour=5))
    digests.gather(now=MORNING - timedelta(hours=3))
    assert Letter.objects.get().available_at == MORNING - timedelta(hours=1)


def handed_over(user, by):
    lead = leads.create(account=make.account("ミナト精工"), by=by, now=NOW)
    leads.qualify_off_list(lead, by=make.user(Role.MARKETING_LEAD), now=NOW, reason="問い合わせ")
    leads.hand_over(lead, assignee=user, by=by, now=NOW)
    return lead


def test_what_waits_for_a_reps_answer_stands_first(mails):
    lead = handed_over(rep(), make.user(Role.MARKETER))
    assert digests.gather(now=MORNING) == {"digests": 1}
    send(MORNING)
    said = mailbox.part(mails.only(), "plain")
    assert mailbox.subject(mails.only()) == "Your day in ABM: 1 waiting, 0 news"
    assert "1 lead waits for you." in said
    assert "ミナト精工: until 2026-11-20 10:00, then it counts as ignored" in said
    assert f"https://abm.example.jp/leads/{lead.public_id}/" in said


def test_what_waits_for_marketing_are_questions_and_rejected_leads(mails):
    marketer = make.user(Role.MARKETER, email="m@example.jp", language="en")
    user = rep(email="")
    asked, said_no = handed_over(user, marketer), handed_over(user, marketer)
    questions.ask(asked, by=user, now=NOW, question="どちらの工場ですか")
    leads.reject(said_no, by=user, now=NOW, reason="TIMING")
    digests.gather(now=MORNING)
    send(MORNING)
    said = mailbox.part(mails.only(), "html")
    assert "Questions of sales; their clock stands still" in said
    assert "Rejected, waiting for what you do next" in said
    assert mailbox.subject(mails.only()) == "Your day in ABM: 2 waiting, 0 news"


def test_a_digest_without_mail_goes_to_the_chat(settings):
    settings.MAIL_ON = False
    news(rep(chat_url="https://hooks.example.com/x"))
    digests.gather(now=MORNING)
    assert Letter.objects.get().channel == "CHAT"


def test_feedback_that_waits_stands_in_the_digest_until_it_is_told(mails):
    user = rep()
    lead = handed_over(user, make.user(Role.MARKETER))
    leads.accept(lead, by=user, now=NOW, next_action="電話", next_action_on=NOW.date())
    when = {"asked_at": NOW, "closes_at": NOW + timedelta(days=30)}
    waiting = Feedback.objects.create(lead=lead, account=lead.account, user=user, step=30, **when)
    digests.gather(now=MORNING)
    send(MORNING)
    said = mailbox.part(mails.only(), "plain")
    assert mailbox.subject(mails.only()) == "Your day in ABM: 1 waiting, 0 news"
    assert "ミナト精工: until 2026-12-18, then it counts as no feedback" in said
    assert f"https://abm.example.jp/feedback/{waiting.public_id}/" in said
