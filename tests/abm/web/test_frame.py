"""The frame: who sees which words, in which language and theme."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from abm.web import frame, middleware
from abm.web.frame import KEYS_COOKIE, THEME_COOKIE, Frame
from audit import doors
from audit.enums import Door
from users.models import User
from users.roles import Role

MakePerson = Callable[..., User]
SEEN = {
    Role.REP: ["inbox", "accounts", "lists", "feedback", "funnel", "metrics", "settings"],
    Role.PARTNER: ["inbox", "accounts", "feedback", "metrics", "settings"],
    Role.SALES_MANAGER: ["inbox", "desk", "accounts", "lists", "feedback", "funnel", "metrics", "settings"],
    Role.MARKETER: ["desk", "accounts", "lists", "funnel", "imports", "review", "metrics", "settings"],
    Role.MARKETING_LEAD: [
        "desk",
        "accounts",
        "lists",
        "funnel",
        "imports",
        "review",
        "metrics",
        "operations",
        "settings",
    ],
    Role.ANALYST: ["accounts", "lists", "funnel", "metrics", "settings"],
    Role.ADMIN: ["accounts", "funnel", "imports", "review", "metrics", "operations", "settings"],
}


@pytest.fixture
def every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every screen's page existed."""
    monkeypatch.setattr(frame, "address", lambda name: f"/{name}/")


def frame_of(user: User, path: str = "/", **cookies: str) -> Frame:
    request = RequestFactory().get(path)
    request.user = user
    request.COOKIES.update(cookies)
    return Frame(request)


@pytest.mark.parametrize("role", SEEN)
def test_each_role_sees_its_own_screens_in_order(role: Role, every_page: None) -> None:
    assert [item.name for item in frame_of(User(role=role)).rail] == SEEN[role]


def test_a_screen_without_a_page_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "address", lambda name: "/inbox/" if name == "inbox" else "")
    assert [item.name for item in frame_of(User(role=Role.REP)).rail] == ["inbox"]


def test_an_unknown_name_has_no_address() -> None:
    assert frame.address("no-such-page") == ""


def test_the_open_screen_is_marked(every_page: None) -> None:
    rail = frame_of(User(role=Role.REP), "/accounts/42/").rail
    assert [item.name for item in rail if item.current] == ["accounts"]


def test_a_phone_shows_three_screens_beside_the_menu(every_page: None) -> None:
    assert [item.name for item in frame_of(User(role=Role.MARKETER)).thumb] == ["desk", "accounts", "lists"]


def test_a_count_is_asked_for_once_and_only_when_drawn(every_page: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[User] = []
    monkeypatch.setattr(frame, "_counters", {})

    @frame.count("inbox")
    def waiting(user: User) -> int:
        asked.append(user)
        return 12

    user = User(role=Role.REP)
    inbox, accounts = frame_of(user).rail[:2]
    assert asked == []
    assert (inbox.count, inbox.count, accounts.count) == (12, 12, 0)
    assert asked == [user]


def test_the_theme_cookie_of_this_browser_wins_over_the_persons_choice() -> None:
    assert frame_of(User(theme="DARK")).theme == "dark"
    assert frame_of(User(theme="DARK"), **{THEME_COOKIE: "light"}).theme == "light"
    assert frame_of(User(theme="DARK"), **{THEME_COOKIE: "auto"}).theme == ""
    assert frame_of(User(theme="AUTO")).theme == ""


def test_a_forged_theme_is_ignored() -> None:
    assert frame_of(User(), **{THEME_COOKIE: '"><script>'}).theme == ""


def test_single_keys_can_be_switched_off() -> None:
    assert not frame_of(User()).keys_off
    assert frame_of(User(), **{KEYS_COOKIE: "off"}).keys_off


@pytest.mark.parametrize(("chosen", "browser", "spoken"), [("ja", "en", "ja"), ("en", "ja", "en"), ("", "ja", "ja")])
def test_the_persons_language_wins_over_the_browsers(chosen: str, browser: str, spoken: str) -> None:
    request = RequestFactory().get("/")
    request.user = User(language=chosen)
    with translation.override(browser):
        middleware.language_of_user(lambda _: HttpResponse(translation.get_language()))(request)
        assert translation.get_language() == spoken


@pytest.mark.parametrize(("path", "door"), [("/api/v1/leads/", Door.API), ("/inbox/", Door.PAGE), ("/", Door.PAGE)])
def test_acts_are_recorded_under_the_door_they_came_through(path: str, door: Door) -> None:
    seen: list[Door] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(doors.current())
        return HttpResponse()

    middleware.door(view)(RequestFactory().get(path))
    assert seen == [door]
    assert doors.current() == Door.COMMAND


def test_a_page_says_its_language_and_theme_before_any_script_runs(client: Client, person: MakePerson) -> None:
    client.force_login(person(language="ja", theme="DARK"))
    html = client.get("/styleguide-that-is-not-there/").content.decode()
    assert '<html lang="ja" data-theme="dark">' in html


def test_home_leads_to_the_first_screen_of_the_role(client: Client, person: MakePerson, every_page: None) -> None:
    client.force_login(person(Role.MARKETER))
    assert client.get("/").url == "/desk/"  # type: ignore[attr-defined]
