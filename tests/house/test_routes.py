"""Closed by default: whoever has not signed in gets nothing, except from the routes listed here."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

OPEN_TO_ANYBODY = {
    "healthz": "asked by machines",
    "login/": "how one signs in",
    "login/as/<str:username>/": "one click in the demo; 404 elsewhere",
    "answer/<str:token>/<slug:verb>/": "answers from a mail: the sealed, single-use, expiring link is who one is",
    "drawer/<str:token>/": "cards dropped by a sealed, expiring link that is good for nothing else",
    "me/language/": "a visitor reads the sign-in page too",
    "me/theme/": "a visitor reads the sign-in page too",
    "me/keys/": "kept in a cookie beside language and theme",
    "styleguide/": "404 except in the demo; shows nothing of anybody",
    "styleguide/dialog/": "404 except in the demo; shows nothing of anybody",
}
"""As written in urls.py. A new one needs a reason that the reviewer believes."""

EXAMPLES = {"IntConverter": "1", "UUIDConverter": "00000000-0000-7000-8000-000000000001"}

Route = tuple[str, str]


def routes(patterns: list[URLPattern | URLResolver], written: str = "", path: str = "/") -> Iterator[Route]:
    """Each route as it is written, with a path that fits it."""
    for pattern in patterns:
        below = (written + str(pattern.pattern), path + example(pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, *below)
        else:
            yield below


def example(pattern: URLPattern | URLResolver) -> str:
    form, names = normalize(pattern.pattern.regex.pattern)[0]
    converters = pattern.pattern.converters
    return form % {name: EXAMPLES.get(type(converters.get(name)).__name__, "x") for name in names}


ALL = list(routes(get_resolver().url_patterns))


def test_every_open_route_exists() -> None:
    assert set(OPEN_TO_ANYBODY) - {written for written, _ in ALL} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("written", "path"), [route for route in ALL if route[0] not in OPEN_TO_ANYBODY])
def test_a_route_gives_nothing_before_sign_in(client: Client, written: str, path: str, method: str) -> None:
    answer = getattr(client, method)(path)
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/login/")
    assert to_sign_in or answer.status_code in {401, 403}, f"{written} answers {answer.status_code} to anybody"
