"""Language, theme, and how each wants to be told."""

from datetime import time

import pytest

from audit.models import Entry
from tests import make
from tests.make import NOW
from users import preferences
from users.preferences import PreferenceRefused
from users.roles import Role

pytestmark = pytest.mark.django_db


def test_a_user_chooses_language_and_theme():
    user = make.user()
    preferences.choose(user, now=NOW, language="ja", theme="DARK")
    user.refresh_from_db()
    assert (user.language, user.theme) == ("ja", "DARK")


@pytest.mark.parametrize("choice", [{"language": "fr"}, {"theme": "PINK"}])
def test_an_unknown_choice_is_refused(choice):
    user = make.user()
    with pytest.raises(PreferenceRefused, match="Please choose"):
        preferences.choose(user, now=NOW, **choice)
    user.refresh_from_db()
    assert (user.language, user.theme) == ("", "AUTO")


def chosen(user) -> list:
    return list(type(user).objects.filter(pk=user.pk).values()), Entry.objects.count()


def test_a_user_chooses_how_to_be_told(settings):
    user = make.user()
    preferences.choose_messages(
        user, now=NOW, mails=False, digest_hour=17, quiet=(time(21), time(6)),
        routes={"lead.accepted": "NOW"}, chat=("SLACK", "https://hooks.slack.com/services/T/B/x"),
    )  # fmt: skip
    user.refresh_from_db()
    assert (user.mails, user.digest_hour, user.quiet) == (False, 17, (time(21), time(6)))
    assert (user.routes, user.chat_service) == ({"lead.accepted": "NOW"}, "SLACK")
    entry = Entry.objects.get(act="preferences.choose_messages")
    assert "hooks.slack.com" not in str(entry.detail)


def test_what_is_not_given_stays():
    user = make.user(digest_hour=6, routes={"lead.asked": "APP"})
    preferences.choose_messages(user, now=NOW, routes={"lead.accepted": "NOW"})
    user.refresh_from_db()
    assert (user.digest_hour, user.routes) == (6, {"lead.asked": "APP", "lead.accepted": "NOW"})


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"digest_hour": 24}, "digest_hour"),
        ({"quiet": (time(21), None)}, "quiet_from"),
        ({"routes": {"lead.sung_about": "NOW"}}, "routes"),
        ({"routes": {"lead.accepted": "PIGEON"}}, "routes"),
        ({"chat": ("ICQ", "https://example.com")}, "chat_service"),
        ({"chat": ("", "https://example.com")}, "chat_service"),
        ({"chat": ("SLACK", "")}, "chat_url"),
        ({"chat": ("SLACK", "http://169.254.169.254/latest")}, "chat_url"),
        ({"chat": ("TEAMS", "ftp://example.com")}, "chat_url"),
    ],
)
def test_a_choice_about_messages_that_does_not_exist_is_refused(choice, field):
    user = make.user()
    before = chosen(user)
    with pytest.raises(PreferenceRefused) as caught:
        preferences.choose_messages(user, now=NOW, **choice)
    assert caught.value.field == field
    assert chosen(user) == before


def test_a_chat_without_a_new_address_keeps_its_address_and_without_a_service_ends():
    user = make.user(chat_service="SLACK", chat_url="https://hooks.example.com/x")
    preferences.choose_messages(user, now=NOW, chat=("TEAMS", ""))
    assert (user.chat_service, user.chat_url) == ("TEAMS", "https://hooks.example.com/x")
    preferences.choose_messages(user, now=NOW, chat=("", ""))
    assert (user.chat_service, user.chat_url) == ("", "")


def test_who_leads_a_team_chooses_its_channel():
    team, manager = make.team(), make.user(Role.SALES_MANAGER)
    preferences.choose_team_chat(team, by=manager, now=NOW, service="SLACK", url="https://hooks.example.com/x")
    team.refresh_from_db()
    assert team.chat_url == "https://hooks.example.com/x"


@pytest.mark.parametrize(("role", "place"), [(Role.REP, "East"), (Role.SALES_MANAGER, "West"), (Role.PARTNER, "East")])
def test_nobody_else_chooses_a_teams_channel(role, place):
    team, user = make.team(), make.user(role, team=make.team(place))
    before = list(type(team).objects.values()), Entry.objects.count()
    with pytest.raises(PreferenceRefused, match="Only who leads"):
        preferences.choose_team_chat(team, by=user, now=NOW, service="SLACK", url="https://hooks.example.com/x")
    assert (list(type(team).objects.values()), Entry.objects.count()) == before
