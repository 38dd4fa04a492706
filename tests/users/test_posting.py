"""Mails to users: through a real SMTP server, once, in the reader's language, when they may."""

import re
from datetime import time, timedelta

import pytest
from django.db import transaction

from audit.models import Entry
from tests import mailbox, make
from tests.make import NOW
from users import kinds, letters, notices, posting
from users.enums import Channel
from users.letters import Answer
from users.models import Letter, Notification, User
from users.posting import PostingRefused
from users.roles import Role

pytestmark = pytest.mark.django_db
NIGHT = NOW.replace(hour=13)  # 22:00 in Tokyo


def rep(**fields) -> User:
    return make.user(Role.REP, **{"email": f"rep{User.objects.count()}@example.jp", "language": "en", **fields})


def tell(user: User, key: str = "lead:1", **changes) -> None:
    said = {
        "text": "%(lead)s waits for your answer until %(due)s. Without one it counts as ignored.",
        "params": {"lead": "青葉精機 設計部", "due": "2026-11-20 10:00"},
        "link": "leads/0190/",
        "now": NOW,
        "kind": "lead.handed_over",
    }
    notices.tell(user.pk, key=key, **said | changes)


def send(now=NOW) -> dict[str, int]:
    return posting.send_waiting(now=now)


def test_an_event_becomes_one_mail_with_both_parts_and_a_link(mails):
    user = rep(email="rep@example.jp", name="Sato")
    tell(user)
    assert send() == {"sent": 1, "retried": 0, "failed": 0}
    mail = mails.only()
    assert (mail["To"], mailbox.subject(mail)) == ("rep@example.jp", "A lead waits for my answer: 青葉精機 設計部")
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        said = mailbox.part(mail, kind)
        assert "Hello Sato," in said
        assert "青葉精機 設計部 waits for your answer until 2026-11-20 10:00. Without one it counts as ignored." in said
        assert "https://abm.example.jp/leads/0190/" in said
        assert "https://abm.example.jp/settings/messages/" in said


def test_japanese_readers_are_written_to_in_japanese(mails):
    tell(rep(language="ja", name="佐藤"))
    send()
    assert mailbox.subject(mails.only()) == "返答待ちの案件: 青葉精機 設計部"
    said = mailbox.part(mails.only(), "plain")
    assert said.startswith("佐藤様")
    assert "ABMで開く" in said
    assert '<html lang="ja">' in mailbox.part(mails.only(), "html")


def test_who_chose_no_language_is_written_to_in_the_houses(mails, settings):
    settings.HOUSE_LANGUAGE = "ja"
    tell(rep(language=""))
    send()
    assert mailbox.subject(mails.only()).startswith("返答待ちの案件")


def test_it_says_what_happens_if_nothing_is_done_where_the_words_do_not(mails):
    tell(
        rep(),
        kind="lead.ignored",
        text="%(lead)s was not answered in time and counts as ignored. An answer still helps.",
    )
    send()
    assert "If nobody answers, it is offered to the manager and later given up." in mailbox.part(mails.only(), "plain")


def test_an_event_told_again_is_one_mail(mails):
    user = rep()
    tell(user), tell(user)
    send()
    tell(user)
    assert send() == {"sent": 0, "retried": 0, "failed": 0}
    assert len(mails.received) == 1


def test_a_repeat_after_a_crash_between_yes_and_commit_is_known_by_its_message_id(mails):
    tell(rep())
    send()
    Letter.objects.update(sent_at=None, started_at=NOW - timedelta(hours=1))
    send()
    first, again = mails.received
    assert first["Message-ID"] == again["Message-ID"] == f"<{Letter.objects.get().public_id}@abm.example.jp>"


def test_a_rolled_back_act_sends_nothing(mails):
    user = rep()
    with transaction.atomic():
        tell(user)
        transaction.set_rollback(True)
    assert send() == {"sent": 0, "retried": 0, "failed": 0}
    assert (mails.received, Notification.objects.count()) == ([], 0)


def test_a_server_that_is_down_loses_nothing(mails, settings):
    settings.EMAIL_PORT = mailbox.closed_port()
    tell(rep())
    assert send() == {"sent": 0, "retried": 1, "failed": 0}
    letter = Letter.objects.get()
    assert (letter.attempts, letter.available_at, letter.sent_at) == (1, NOW + posting.RETRY[0], None)
    assert "Connection refused" in letter.error
    settings.EMAIL_PORT = mails.port
    assert send(NOW + posting.RETRY[0] - timedelta(seconds=1)) == {"sent": 0, "retried": 0, "failed": 0}
    assert send(NOW + posting.RETRY[0]) == {"sent": 1, "retried": 0, "failed": 0}
    assert len(mails.received) == 1


def test_after_the_last_try_it_has_failed_and_is_shown(mails, settings):
    settings.EMAIL_PORT = mailbox.closed_port()
    tell(rep())
    now = NOW
    for wait in posting.RETRY:
        assert send(now)["retried"] == 1
        now += wait
    assert send(now) == {"sent": 0, "retried": 0, "failed": 1}
    assert Letter.objects.failed().get().attempts == len(posting.RETRY) + 1


@pytest.mark.parametrize("place", ["answer", "to_recipient"])
@pytest.mark.parametrize(
    ("said", "outcome"),
    [("451 come back later", "retried"), ("550 no such user", "failed"), ("552 too much", "failed")],
)
def test_a_4xx_is_tried_again_and_a_5xx_is_for_good(mails, place, said, outcome):
    setattr(mails, place, said)
    tell(rep())
    assert send()[outcome] == 1
    assert said[:3] in Letter.objects.get().error
    assert mails.received == []


def test_names_cannot_add_headers_or_markup(mails):
    evil = "A\r\nBcc: all@example.jp\n<script>alert(1)</script>"
    tell(rep(name="Eve\r\nBcc: x@example.jp"), params={"lead": evil, "due": "…"})
    send()
    mail = mails.only()
    assert mail["Bcc"] is None
    assert mailbox.subject(mail) == "A lead waits for my answer: A Bcc: all@example.jp <script>alert(1)</script>"
    assert "<script>" not in mailbox.part(mail, "html")


def test_an_address_that_is_two_is_none(mails):
    user = rep()
    User.objects.filter(pk=user.pk).update(email="a@example.jp, b@example.jp")
    tell(user)
    assert send()["failed"] == 1
    assert mails.received == []


def test_what_comes_up_at_night_leaves_in_the_morning(mails):
    tell(rep(), now=NIGHT)
    assert send(NIGHT)["sent"] == 0
    morning = NIGHT + timedelta(hours=9)
    assert Letter.objects.get().available_at == morning
    assert send(morning)["sent"] == 1


def test_without_quiet_hours_it_leaves_at_night(mails):
    tell(rep(quiet_from=None, quiet_until=None), now=NIGHT)
    assert send(NIGHT)["sent"] == 1


@pytest.mark.parametrize(
    ("role", "kind", "sent"),
    [
        (Role.REP, "lead.handed_over", 1),
        (Role.PARTNER, "lead.handed_over", 1),
        (Role.REP, "lead.answered", 1),
        (Role.SALES_MANAGER, "lead.escalated", 1),
        (Role.REP, "lead.escalated", 0),
        (Role.MARKETER, "lead.asked", 1),
        (Role.MARKETER, "lead.rejected", 1),
        (Role.MARKETER, "lead.accepted", 0),
    ],
)
def test_each_role_hears_at_once_of_what_is_urgent_to_it(mails, role, kind, sent):
    tell(make.user(role, email="who@example.jp"), kind=kind)
    assert send()["sent"] == sent
    assert Notification.objects.get().for_digest is not bool(sent)


def test_a_choice_counts_more_than_what_is_usual(mails):
    tell(rep(routes={"lead.handed_over": "APP"}))
    tell(rep(routes={"lead.handed_over": "DIGEST"}))
    assert send()["sent"] == 0
    assert list(Notification.objects.order_by("id").values_list("for_digest", flat=True)) == [False, True]


@pytest.mark.parametrize("fields", [{"mails": False}, {"email": ""}, {"is_active": False}, {"is_service": True}])
def test_who_cannot_or_will_not_be_written_to_is_told_in_the_app_only(mails, fields):
    tell(rep(**fields))
    assert (Notification.objects.count(), Letter.objects.count()) == (1, 0)


def test_without_a_mail_server_nothing_is_written(settings):
    settings.MAIL_ON = False
    tell(rep())
    assert (Notification.objects.count(), Letter.objects.count()) == (1, 0)


def test_who_was_closed_out_meanwhile_gets_no_mail(mails):
    user = rep()
    tell(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert send()["failed"] == 1
    assert mails.received == []


def test_answers_are_buttons_of_the_mail(mails, monkeypatch):
    monkeypatch.setattr(letters, "_makers", {})
    letters.offer("lead.handed_over", lambda notice, now: [Answer("Open in ABM", f"/answers/{notice.subject}/")])
    tell(rep(), subject="s3cret")
    send()
    for kind in ("plain", "html"):
        assert "https://abm.example.jp/answers/s3cret/" in mailbox.part(mails.only(), kind)


def test_a_kind_nobody_announced_still_has_a_subject(mails):
    tell(rep(routes={"list.to_sign": "NOW"}), kind="list.to_sign", text="A list waits.", params={})
    send()
    assert mailbox.subject(mails.only()) == "A list waits."
    assert kinds.of("list.to_sign").label == ""


def test_a_test_reaches_even_at_night_and_not_twice_a_minute(mails):
    user = rep()
    posting.test(user, now=NIGHT)
    assert send(NIGHT)["sent"] == 1
    assert mailbox.subject(mails.only()) == "A test from ABM"
    before = list(Letter.objects.values()), Entry.objects.count()
    with pytest.raises(PostingRefused, match="wait a minute"):
        posting.test(user, now=NIGHT)
    assert (list(Letter.objects.values()), Entry.objects.count()) == before


def test_a_test_without_any_channel_is_refused():
    with pytest.raises(PostingRefused, match="no mail address"):
        posting.test(rep(email=""), now=NOW)
    assert Letter.objects.count() == Entry.objects.filter(act="posting.test").count() == 0


def test_a_failed_letter_is_replayed_as_the_same_and_leaves_a_trace(mails):
    admin = make.user(Role.ADMIN)
    mails.answer = "550 no"
    tell(rep())
    send()
    letter = Letter.objects.get()
    mails.answer = "250 ok"
    assert posting.replay(letter, by=admin, now=NOW)
    assert send()["sent"] == 1
    assert mails.only()["Message-ID"] == f"<{letter.public_id}@abm.example.jp>"
    assert Entry.objects.get(act="posting.replay").object_id == letter.pk


def test_only_what_has_failed_is_replayed(mails):
    admin = make.user(Role.ADMIN)
    tell(rep())
    assert posting.replay(Letter.objects.get(), by=admin, now=NOW) is False
    send()
    assert posting.replay(Letter.objects.get(), by=admin, now=NOW) is False
    assert Entry.objects.filter(act="posting.replay").count() == 0


def test_all_failed_are_replayed_together(mails):
    mails.answer = "550 no"
    for n in range(3):
        tell(rep(), key=f"lead:{n}")
    send()
    assert posting.replay_failed(by=make.user(Role.ADMIN), now=NOW) == 3
    mails.answer = "250 ok"
    assert send()["sent"] == 3


def test_a_partners_subject_names_no_person(mails):
    partner = make.user(Role.PARTNER, email="partner@example.jp", language="ja")
    tell(partner, params={"lead": "青葉精機 設計部", "due": "…", "name": "山田 太郎"})
    send()
    assert "山田" not in mailbox.subject(mails.only())
    assert re.fullmatch(r"[^@]*", mailbox.subject(mails.only()))


def test_quiet_hours_of_a_moment_are_none(mails):
    tell(rep(quiet_from=time(22), quiet_until=time(22)), now=NIGHT)
    assert Letter.objects.get().available_at == NIGHT
    assert Letter.objects.get().channel == Channel.MAIL


def test_letters_sent_a_quarter_ago_are_let_go_and_their_notices_stay():
    user, old = rep(), NOW - timedelta(days=91)
    notice = Notification.objects.create(user=user, key="a", text="x", created_at=old)
    when = {"user": user, "channel": "MAIL", "created_at": old, "available_at": old}
    Letter.objects.create(key="sent", sent_at=old, notification=notice, **when)
    Letter.objects.create(key="late", sent_at=NOW - timedelta(days=89), **when)
    Letter.objects.create(key="failed", failed_at=old, **when)
    assert posting.forget_old(now=NOW) == 1
    assert set(Letter.objects.values_list("key", flat=True)) == {"late", "failed"}
    assert Notification.objects.get() == notice
