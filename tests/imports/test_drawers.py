"""Drawer rounds: a link drops files into its round and is good for nothing else; every refusal changes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.models import Person
from audit.models import Entry
from imports import drafts, drawer_board, drawer_links, dropping, jobs, load, rounds
from imports.drawers import DrawerFile, DrawerInvitation, DrawerRound
from imports.dropping import DrawerClosed, DropRefused
from imports.enums import DrawerState
from imports.models import ImportJob
from imports.rounds import RoundRefused
from tests import make
from tests.make import NOW
from users import letters
from users.models import Notification, User
from users.roles import Role

pytestmark = pytest.mark.django_db
CARDS = "会社名,氏名,e-mail\nみどり,山田 一,a@m.example\nあおば,山田 二,b@a.example\n"
LAST = date(2026, 11, 30)
ROWS = (DrawerRound, DrawerInvitation, DrawerFile, ImportJob, Entry, Notification)


@pytest.fixture
def marketer() -> User:
    return make.user(Role.MARKETER, name="星 直子")


@pytest.fixture
def rep() -> User:
    return make.user(Role.REP, name="早瀬 彩")


@pytest.fixture
def asked(marketer: User, rep: User) -> DrawerInvitation:
    rounds.start(name="机の名刺", due_on=LAST, people=[rep], by=marketer, now=NOW)
    return DrawerInvitation.objects.get()


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in ROWS]


def drop(invitation: DrawerInvitation, text: str = CARDS, name: str = "cards.csv", now: Any = NOW) -> DrawerFile:
    return dropping.drop(invitation, ContentFile(text.encode()), file_name=name, now=now)


def test_everybody_asked_has_a_source_and_is_told_with_a_link(asked, rep):
    assert (asked.source.kind, asked.source.name) == ("CARDS", "机の名刺 · 早瀬 彩")
    assert asked.source.basis == "CARD"
    notice = Notification.objects.get()
    assert (notice.user, notice.link, notice.params["round"]) == (rep, "drawer/", "机の名刺")
    (button,) = letters.answers(notice, NOW)
    assert button.path == drawer_links.path(asked)
    assert drawer_links.find(button.path.split("/")[2]) == asked
    assert drawer_links.token(asked) not in str(Notification.objects.values())
    assert letters.answers(notice, NOW + timedelta(days=30)) == []


def test_a_file_becomes_a_draft_of_persons_from_this_round_and_person(asked, marketer):
    made = drop(asked)
    assert (made.rows, made.job.state, made.job.kind, made.job.by) == (2, "DRAFT", "persons", marketer)
    assert made.job.source == asked.source
    entry = Entry.objects.get(act="drawers.drop")
    assert (entry.actor_id, entry.door, entry.detail) == (asked.user_id, "MAIL", {"file": "cards.csv", "rows": 2})
    assert Person.objects.count() == 0


def test_the_board_tells_what_came_of_it(asked, marketer, rep):
    account = make.account("みどり")
    make.active_list(account)
    rounds.invite(asked.round, [make.user(Role.REP)], by=marketer, now=NOW)
    load.run(drafts.start(drop(asked).job, by=marketer, now=NOW, wake=False), now=NOW)
    drop(asked, CARDS.replace("山田", "青木"))
    line, other = sorted(drawer_board.read(asked.round), key=lambda one: one.invitation.pk)
    assert (line.rows, line.persons, line.accounts, line.wanted, len(line.waiting)) == (4, 2, 1, 1, 1)
    assert (other.rows, other.files) == (0, [])
    assert drawer_board.total([line, other]) == {
        "asked": 2, "opened": 0, "dropped": 1, "rows": 4, "waiting": 1, "persons": 2, "accounts": 1, "wanted": 1,
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_board_takes_six_statements_for_however_many(asked, marketer, django_assert_num_queries, number):
    rounds.invite(asked.round, [make.user(Role.REP) for _one in range(number)], by=marketer, now=NOW)
    for one in asked.round.invitations.all():
        drop(one, CARDS)
    with django_assert_num_queries(5):
        drawer_board.read(asked.round)


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        (CARDS, "cards.JPG", "Photos"), (CARDS, "cards.pdf", "Photos"), (CARDS, "cards.exe", "CSV or Excel"),
        (CARDS, "", "CSV or Excel"), ("", "cards.csv", ""), ("氏名,会社名\n", "cards.csv", "no rows"),
        ("no workbook", "cards.xlsx", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_only_the_try_is_counted(asked, text, name, why):
    before = state()
    with pytest.raises(DropRefused, match=why):
        drop(asked, text, name)
    assert DrawerInvitation.objects.get().tries == 1
    DrawerInvitation.objects.update(tries=0)
    assert state() == before


def test_too_large_too_many_and_too_often_is_refused(asked, monkeypatch):
    drop(asked)
    with pytest.raises(DropRefused, match="already"):
        drop(asked, name="again.csv")
    monkeypatch.setattr(dropping, "MOST_FILES", 1)
    with pytest.raises(DropRefused, match="1 files"):
        drop(asked, CARDS + "x,y,\n")
    monkeypatch.setattr(dropping, "MAX_BYTES", 10)
    with pytest.raises(DropRefused, match="larger"):
        drop(asked, CARDS + "x,z,\n")
    monkeypatch.setattr(dropping, "MOST_TRIES", 4)
    with pytest.raises(DropRefused, match="Too many tries"):
        drop(asked)
    assert (DrawerFile.objects.count(), ImportJob.objects.count(), DrawerInvitation.objects.get().tries) == (1, 1, 4)


def test_a_file_that_was_thrown_away_may_come_again(asked, marketer):
    jobs.cancel(drop(asked).job, by=marketer, now=NOW)
    again = drop(asked)
    assert (DrawerFile.objects.get(), again.job.state, ImportJob.objects.count()) == (again, "DRAFT", 2)


@pytest.mark.parametrize("over", ["closed", "past", "left", "replaced"])
def test_a_link_of_a_round_that_is_over_takes_nothing(asked, marketer, over):
    held, now = DrawerInvitation.objects.select_related("round", "user").get(), NOW
    if over == "closed":
        rounds.close(asked.round, by=marketer, now=NOW)
    elif over == "past":
        now = NOW + timedelta(days=13)
    elif over == "left":
        User.objects.filter(pk=asked.user_id).update(is_active=False)
    else:
        rounds.renew_link(asked, by=marketer, now=NOW)
    before = state()
    with pytest.raises(DrawerClosed) as why:
        drop(held, now=now)
    expected = {"left": DrawerState.REVOKED, "replaced": DrawerState.UNKNOWN}.get(over, DrawerState.OVER)
    assert (why.value.state, state()) == (expected, before)


def test_the_last_day_counts_to_its_end_in_the_houses_time(asked):
    assert asked.round.is_open(NOW.replace(day=30, hour=14, minute=59))
    assert not asked.round.is_open(NOW.replace(day=30, hour=15, minute=0))


def test_only_the_very_token_finds_its_invitation(asked, marketer, settings):
    token = drawer_links.token(asked)
    rounds.invite(asked.round, [make.user(Role.REP)], by=marketer, now=NOW)
    other = asked.round.invitations.exclude(pk=asked.pk).get()
    name, number, seal = token.split(".")
    others = drawer_links.token(other).split(".")
    forged = [f"{others[0]}.{number}.{seal}", f"{name}.{number}.{others[2]}", f"{name}.2.{seal}", f"{name}.{number}.",
              f"{name}.{number}.{seal}x", "x", "", "é.1.é", f"{name}.x.{seal}"]  # fmt: skip
    assert [drawer_links.find(one) for one in forged] == [None] * len(forged)
    assert drawer_links.find(token) == asked
    DrawerInvitation.objects.filter(pk=asked.pk).update(user=make.user(Role.REP))
    assert drawer_links.find(token) is None
    settings.SECRET_KEY = "another"
    assert drawer_links.find(drawer_links.token(other)) == other


def test_reminders_go_once_a_day_to_those_whose_files_are_missing(asked, marketer, rep):
    other = make.user(Role.REP)
    rounds.invite(asked.round, [other], by=marketer, now=NOW)
    drop(asked)
    before = state()
    with pytest.raises(RoundRefused, match="Nobody"):
        rounds.remind(asked.round, by=marketer, now=NOW + timedelta(hours=1))
    assert state() == before
    told = rounds.remind(asked.round, by=marketer, now=NOW + timedelta(days=1))
    assert [one.user for one in told] == [other]
    assert Notification.objects.filter(user=other).count() == 2
    with pytest.raises(RoundRefused, match="Nobody"):
        rounds.remind(asked.round, by=marketer, now=NOW + timedelta(days=1, hours=2))


def test_two_days_before_the_end_those_whose_files_are_missing_are_reminded_once(asked, marketer):
    other = make.user(Role.REP)
    rounds.invite(asked.round, [other], by=marketer, now=NOW)
    drop(asked)
    day = NOW + timedelta(days=10)  # the 28th; the 30th is the last
    told = [rounds.remind_before_the_end(by=make.system(), now=at) for at in (day - timedelta(days=1), day, day)]
    assert told == [0, 1, 0]
    assert Notification.objects.filter(user=other).count() == 2


def refusals(asked: DrawerInvitation, marketer: User, rep: User) -> dict[str, Any]:
    told = {"by": marketer, "now": NOW}
    new = {"name": "x", "due_on": LAST, "people": [rep], **told}
    return {
        "by a rep": lambda: rounds.start(**{**new, "by": rep}),
        "nobody asked": lambda: rounds.start(**{**new, "people": []}),
        "no name": lambda: rounds.start(**{**new, "name": " "}),
        "in the past": lambda: rounds.start(**{**new, "due_on": date(2026, 11, 17)}),
        "a partner asked": lambda: rounds.start(**{**new, "people": [make.user(Role.PARTNER, "firm")]}),
        "asked before": lambda: rounds.invite(asked.round, [rep], **told),
        "closed by a rep": lambda: rounds.close(asked.round, by=rep, now=NOW),
        "renewed by a rep": lambda: rounds.renew_link(asked, by=rep, now=NOW),
        "changed to the past": lambda: rounds.change(asked.round, name="x", due_on=date(2026, 1, 1), **told),
        "over": lambda: rounds.remind(asked.round, by=marketer, now=NOW + timedelta(days=60)),
    }


@pytest.mark.parametrize("why", list(refusals(None, None, None)))  # type: ignore[arg-type]
def test_what_is_refused_changes_nothing(asked, marketer, rep, why):
    before = state()
    with pytest.raises(RoundRefused):
        refusals(asked, marketer, rep)[why]()
    assert state() == before


def test_a_closed_round_stays_closed(asked, marketer):
    rounds.close(asked.round, by=marketer, now=NOW)
    before = state()
    for act in (rounds.close, rounds.remind):
        with pytest.raises(RoundRefused, match="closed"):
            act(asked.round, by=marketer, now=NOW)
    assert state() == before


def test_files_of_a_round_whose_opener_left_belong_to_the_system(asked, marketer):
    User.objects.filter(pk=marketer.pk).update(is_active=False)
    assert drop(asked).job.by == User.objects.system()
