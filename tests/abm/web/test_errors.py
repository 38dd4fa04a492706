"""Errors name what to do, in the reader's language, and never show how we are built."""

from collections.abc import Callable

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.test import Client, RequestFactory
from django.utils import translation
from django.views import defaults

from users.models import User

MakePerson = Callable[..., User]


@pytest.mark.parametrize(("language", "words"), [("en", "This page is not here"), ("ja", '<html lang="ja"')])
def test_a_missing_page_says_so(client: Client, person: MakePerson, language: str, words: str) -> None:
    client.force_login(person(language=language))
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert words in response.content.decode()


def test_an_old_form_is_explained(person: MakePerson) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = strict.post("/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()


@pytest.mark.parametrize(
    ("view", "error", "status", "words"),
    [
        (defaults.permission_denied, PermissionDenied(), 403, "You may not see this"),
        (defaults.bad_request, BadRequest(), 400, "This request cannot be read"),
    ],
)
def test_a_refusal_says_whom_to_ask_or_what_to_do(
    view: Callable[..., object], error: Exception, status: int, words: str
) -> None:
    with translation.override("en"):
        response = view(RequestFactory().get("/"), error)
    assert response.status_code == status  # type: ignore[attr-defined]
    assert words in response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_fault_of_ours_needs_neither_database_nor_user_to_be_told(language: str) -> None:
    with translation.override(language):
        response = defaults.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert f'<html lang="{language}">' in response.content.decode()
