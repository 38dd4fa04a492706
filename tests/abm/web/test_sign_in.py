"""Signing in, and what each person chooses for their own eyes."""

from collections.abc import Callable

import pytest
import redis
from django.conf import settings as django_settings
from django.db import DatabaseError
from django.test import Client
from pytest_django.fixtures import Settings

from abm.web import health
from abm.web.frame import KEYS_COOKIE, THEME_COOKIE
from users.models import User
from users.roles import Role

MakePerson = Callable[..., User]


def signed_in_as(client: Client) -> str:
    return client.session.get("_auth_user_id", "")


@pytest.mark.parametrize("name", ["rep-1", "REP-1", "Megumi@Example.jp"])
def test_name_or_mail_address_signs_in_whatever_the_case(client: Client, person: MakePerson, name: str) -> None:
    user = person(email="megumi@example.jp")
    response = client.post("/login/", {"username": name, "password": "long-enough-1"})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert signed_in_as(client) == str(user.pk)


def test_a_wrong_password_keeps_the_name_and_says_what_to_do(client: Client, person: MakePerson) -> None:
    person()
    response = client.post("/login/", {"username": "rep-1", "password": "wrong"}, headers={"accept-language": "en"})
    html = response.content.decode()
    assert "This name and password do not belong together." in html
    assert 'value="rep-1"' in html
    assert signed_in_as(client) == ""


def test_someone_who_left_cannot_sign_in(client: Client, person: MakePerson) -> None:
    person(is_active=False)
    client.post("/login/", {"username": "rep-1", "password": "long-enough-1"})
    assert signed_in_as(client) == ""


@pytest.mark.parametrize("path", ["/", "/no-such-page/"])
def test_nothing_but_the_sign_in_page_is_shown_to_strangers(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (302, 404)
    assert "data-line" not in response.content.decode()


def test_signing_out_ends_the_session(client: Client, person: MakePerson) -> None:
    client.force_login(person())
    assert client.post("/logout/")["Location"] == "/login/"
    assert signed_in_as(client) == ""


def test_in_the_demo_one_click_signs_in(client: Client, person: MakePerson, settings: Settings) -> None:
    settings.DEMO = True
    user = person(source="demo", external_id="tanaka")
    assert "/login/as/rep-1/" in client.get("/login/").content.decode()
    response = client.post("/login/as/rep-1/", {"next": "/accounts/?search=A"})
    assert response["Location"] == "/accounts/?search=A"
    assert signed_in_as(client) == str(user.pk)


@pytest.mark.parametrize(
    ("demo", "fields"),
    [
        (False, {"source": "demo", "external_id": "x"}),
        (True, {"source": "sfa", "external_id": "x"}),
        (True, {"source": "demo", "external_id": "x", "is_active": False}),
        (True, {"source": "demo", "external_id": "x", "is_service": True}),
    ],
)
def test_one_click_is_for_people_of_the_running_demo_only(
    client: Client, person: MakePerson, settings: Settings, demo: bool, fields: dict[str, object]
) -> None:
    settings.DEMO = demo
    person(**fields)
    assert client.post("/login/as/rep-1/").status_code == 404
    assert signed_in_as(client) == ""


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_foreign_address_is_never_followed(
    client: Client, person: MakePerson, settings: Settings, target: str
) -> None:
    settings.DEMO = True
    person(source="demo", external_id="x")
    assert client.post("/login/as/rep-1/", {"next": target})["Location"] == "/"


def test_a_language_chosen_before_signing_in_is_kept_by_the_browser(client: Client, db: None) -> None:
    response = client.post("/me/language/", {"language": "ja", "next": "/login/"})
    assert (response.status_code, response["Location"]) == (302, "/login/")
    assert response.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "ja"
    assert '<html lang="ja"' in client.get("/login/", headers={"accept-language": "en"}).content.decode()


def test_a_signed_in_persons_language_and_theme_go_with_them(client: Client, person: MakePerson) -> None:
    user = person()
    client.force_login(user)
    client.post("/me/language/", {"language": "en"})
    response = client.post("/me/theme/", {"theme": "dark"})
    user.refresh_from_db()
    assert (user.language, user.theme) == ("en", "DARK")
    assert response.cookies[THEME_COOKIE].value == "dark"


@pytest.mark.parametrize(("path", "choice"), [("language", {"language": "fr"}), ("theme", {"theme": "pink"})])
def test_a_choice_that_does_not_exist_changes_nothing(
    client: Client, person: MakePerson, path: str, choice: dict[str, str]
) -> None:
    user = person(Role.REP, language="ja", theme="LIGHT")
    client.force_login(user)
    assert client.post(f"/me/{path}/", choice).status_code == 404
    user.refresh_from_db()
    assert (user.language, user.theme) == ("ja", "LIGHT")


@pytest.mark.parametrize(("sent", "kept"), [("off", "off"), ("on", "on"), ("?", "on")])
def test_single_keys_are_switched_off_and_on(client: Client, db: None, sent: str, kept: str) -> None:
    assert client.post("/me/keys/", {"keys": sent}).cookies[KEYS_COOKIE].value == kept


@pytest.mark.parametrize("demo", [True, False])
def test_the_style_guide_is_there_in_the_demo_only(client: Client, db: None, settings: Settings, demo: bool) -> None:
    settings.DEMO = demo
    for path in ("/styleguide/", "/styleguide/dialog/"):
        assert client.get(path).status_code == (200 if demo else 404)


def test_htmx_gets_only_the_inside_of_a_page(client: Client, db: None, settings: Settings) -> None:
    settings.DEMO = True
    whole = client.get("/styleguide/dialog/").content.decode()
    piece = client.get("/styleguide/dialog/", headers={"hx-request": "true"}).content.decode()
    boosted = client.get("/styleguide/dialog/", headers={"hx-request": "true", "hx-boosted": "true"}).content.decode()
    assert ("<html" in whole, "<html" in piece, "<html" in boosted) == (True, False, True)
    assert piece.strip().startswith('<section class="fragment">')


def test_no_page_carries_inline_script_or_style(client: Client, db: None, settings: Settings) -> None:
    settings.DEMO = True
    for path in ("/styleguide/", "/login/"):
        html = client.get(path).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick=" not in html
        assert html.count("<script") == html.count("<script src=")


def test_healthz_is_public_and_says_that_both_answer(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis.Redis, "ping", lambda self: True)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": True, "broker": True})


def test_healthz_says_that_the_broker_is_down(client: Client, db: None, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": True, "broker": False})


def test_healthz_says_that_the_database_is_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(redis.Redis, "ping", lambda self: True)
    monkeypatch.setattr(health.connection, "cursor", refuse)
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": False, "broker": True})


@pytest.mark.parametrize("path", ["/settings/", "/api/v1/me/"])
def test_what_somebody_signed_in_has_seen_is_kept_nowhere(client: Client, person: MakePerson, path: str) -> None:
    client.force_login(person())
    assert client.get(path)["Cache-Control"] == "private, no-store"
