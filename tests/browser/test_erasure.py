"""The page of an erasure tells by itself when it is done."""

from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from audit import outbox
from tests import make
from tests.browser.conftest import SignIn
from users.roles import Role


def test_an_erasure_is_asked_for_and_seen_to_be_done(at_work: SignIn, live_server: LiveServer) -> None:
    person = make.person(make.account(), "山田 太郎", email="taro@example.jp")
    page = at_work(make.user(Role.MARKETING_LEAD))
    page.goto(f"{live_server.url}/persons/{person.public_id}/origins/")
    page.get_by_role("link", name="Erase…").click()
    page.get_by_label("On which ground").fill("By phone on 24 November")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("heading", name="Being erased")).to_be_visible()
    outbox.deliver(now=timezone.now(), lane=outbox.ERASURES)
    expect(page.get_by_role("heading", name="Erased everywhere")).to_be_visible()
    expect(page.get_by_text("By phone on 24 November")).to_be_visible()
