"""Letters to a chat's incoming webhook: one's own, or the team's."""

import json
from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from tests.users.test_posting import rep, send, tell
from users import posting
from users.enums import Channel, ChatService
from users.models import Letter, Team
from users.roles import Role

pytestmark = pytest.mark.django_db


def bodies(receiver) -> list[dict]:
    return [json.loads(heard.body) for heard in receiver.heard]


def test_slack_is_told_with_a_link(receiver, settings):
    settings.BASE_URL = "https://abm.example.jp"
    tell(rep(chat_service=ChatService.SLACK, chat_url=receiver.url))
    assert send()["sent"] == 1
    (said,) = bodies(receiver)
    assert said == {
        "text": "青葉精機 設計部 waits for your answer until 2026-11-20 10:00. Without one it counts as ignored.\n"
        "<https://abm.example.jp/leads/0190/|Open in ABM>"
    }
    assert receiver.heard[0].headers["content-type"] == "application/json"


def test_teams_is_told_with_a_card(receiver, settings):
    settings.BASE_URL = "https://abm.example.jp"
    tell(rep(chat_service=ChatService.TEAMS, chat_url=receiver.url, language="ja"))
    send()
    (said,) = bodies(receiver)
    card = said["attachments"][0]["content"]
    assert (said["type"], card["type"], card["version"]) == ("message", "AdaptiveCard", "1.4")
    assert "青葉精機 設計部" in card["body"][0]["text"]
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "title": "ABMで開く", "url": "https://abm.example.jp/leads/0190/"}
    ]


def test_names_cannot_mention_everybody_or_make_links(receiver):
    params = {"lead": "<!channel> [x](http://evil) & co", "due": "…"}
    tell(rep(chat_service=ChatService.SLACK, chat_url=receiver.url), params=params)
    tell(rep(chat_service=ChatService.TEAMS, chat_url=receiver.url), params=params)
    send()
    slack, teams = bodies(receiver)
    assert slack["text"].startswith("&lt;!channel&gt; [x](http://evil) &amp; co waits")
    assert r"\[x\]\(http://evil\)" in teams["attachments"][0]["content"]["body"][0]["text"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "sent"), (429, "retried"), (503, "retried"), (404, "failed"), (410, "failed"), (302, "failed")],
)
def test_the_chats_answer_decides_what_follows(receiver, status, outcome):
    receiver.answers = [status]
    tell(rep(chat_url=receiver.url))
    assert send()[outcome] == 1


def test_a_chat_that_is_down_hears_it_later(receiver):
    user = rep(chat_url="http://127.0.0.1:1/closed")
    tell(user)
    assert send()["retried"] == 1
    user.chat_url = receiver.url
    user.save()
    assert send(NOW + timedelta(minutes=1))["sent"] == 1
    assert len(receiver.heard) == 1


def test_an_address_inside_the_house_is_not_called(receiver, settings):
    settings.OUTWARD_HOSTS = []
    tell(rep(chat_url=receiver.url))
    assert send()["failed"] == 1
    assert receiver.heard == []


def test_mail_and_chat_are_two_letters_of_one_event(receiver, settings):
    settings.MAIL_ON = True
    tell(rep(chat_url=receiver.url))
    assert sorted(Letter.objects.values_list("channel", flat=True)) == [Channel.CHAT, Channel.MAIL]


@pytest.fixture
def team(receiver) -> Team:
    return make.team("East", chat_service=ChatService.SLACK, chat_url=receiver.url)


def test_a_teams_channel_hears_an_event_once_and_whom_it_concerns(team, receiver, settings):
    settings.HOUSE_LANGUAGE = "en"
    tell(make.user(Role.REP, name="Sato"))
    tell(make.user(Role.SALES_MANAGER, name="Kato"))
    assert send()["sent"] == 1
    (said,) = bodies(receiver)
    assert said["text"].startswith("Sato: 青葉精機 設計部 waits for your answer")


def test_a_teams_channel_does_not_hear_what_concerns_one_person_only(team):
    tell(make.user(Role.REP), kind="lead.answered")
    assert Letter.objects.count() == 0


def test_a_teams_channel_has_no_quiet_hours(team):
    night = NOW.replace(hour=13)
    tell(make.user(Role.REP), now=night)
    assert Letter.objects.get().available_at == night


def test_a_chat_taken_out_meanwhile_is_a_failure_that_says_so(team, receiver):
    tell(make.user(Role.REP))
    Team.objects.update(chat_url="", chat_service="")
    assert posting.send_waiting(now=NOW)["failed"] == 1
    assert (receiver.heard, Letter.objects.get().error) == ([], "The chat has been taken out of the settings.")
