"""A browser that speaks a language, listens for complaints, and signs people in."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from users.models import User

SignIn = Callable[[User], Page]


@pytest.fixture
def language() -> str:
    """Of the browser; a test overrides it by a parameter of the same name."""
    return "en"


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object], language: str) -> dict[str, object]:
    return browser_context_args | {"locale": language, "viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page whose console must stay silent: no error, nothing refused by the content security policy."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def at_work(quiet: Page, context: BrowserContext, live_server: LiveServer) -> SignIn:
    """Seats someone at the browser, signed in, without the sign-in page."""

    def seat(user: User) -> Page:
        client = Client()
        client.force_login(user)
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        quiet.goto(live_server.url)
        return quiet

    return seat


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leaves no request running when the database is emptied."""
    yield
    if "page" in request.fixturenames:
        with contextlib.suppress(Exception):
            request.getfixturevalue("page").goto("about:blank")
