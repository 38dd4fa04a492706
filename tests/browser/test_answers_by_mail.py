"""Story: a partner reads of a lead in a mail on a phone and answers there; the second time is told it is answered."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from audit import outbox
from funnel import answer_links, leads
from funnel.models import Feedback, Lead
from tests import mailbox, make
from tests.browser.axe import complaints
from tests.mailbox import Mailbox
from users import posting
from users.models import Notification
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
SAID = {
    "ja": {
        "accept": "受ける",
        "accepted": "案件を受けました。",
        "answered": "すでに返事が済んでいます",
        "who": r"津田 渉さんが\d{4}-\d\d-\d\d \d\d:\d\dにこの案件を受けました。",
    },
    "en": {
        "accept": "Accept",
        "accepted": "Accepted.",
        "answered": "This is already answered",
        "who": r"津田 渉 accepted this lead on \d{4}-\d\d-\d\d \d\d:\d\d\.",
    },
}


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def mails(settings: Any) -> Iterator[Mailbox]:
    with mailbox.opened(settings) as received:
        yield received


@pytest.fixture
def world(language: str) -> SimpleNamespace:
    """A partner and a lead that was just handed over to it."""
    marketer, now = make.user(Role.MARKETER), timezone.now()
    partner = make.user(Role.PARTNER, "tsuda", name="津田 渉", email="tsuda@example.jp", language=language)
    account = make.account("ミナト精工株式会社")
    make.active_list(account)
    make.touch(account, at=now - timedelta(hours=1), title="図面検索セミナー")
    lead = leads.create(account=account, by=marketer, now=now)
    leads.qualify(lead, by=marketer, now=now, note="質問")
    leads.hand_over(lead, assignee=partner, by=marketer, now=now)
    return SimpleNamespace(partner=partner, lead=lead)


def link_in(mails: Mailbox, verb: str) -> str:
    """The path of the button in the one mail."""
    found = re.search(rf"https://abm\.example\.jp(/answer/[^/\s]+/{verb}/)", mailbox.part(mails.only(), "plain"))
    assert found
    return found[1]


def test_a_partner_answers_from_a_mail_on_a_phone_and_is_told_so_the_second_time(
    quiet: Page, live_server: LiveServer, world: SimpleNamespace, mails: Mailbox, language: str
) -> None:
    outbox.deliver(now=timezone.now())
    posting.send_waiting(now=timezone.now() + timedelta(hours=15))  # whenever the quiet hours are over
    path, said = link_in(mails, "accept"), SAID[language]
    quiet.set_viewport_size(PHONE)
    quiet.goto(live_server.url + path)
    assert quiet.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    button = quiet.get_by_role("button", name=said["accept"], exact=True)
    box = button.bounding_box()
    assert box
    assert box["height"] >= 44
    assert Lead.objects.get(pk=world.lead.pk).stage == "MQL"
    button.click()
    expect(quiet.locator("#messages")).to_contain_text(said["accepted"])
    lead = Lead.objects.get(pk=world.lead.pk)
    assert (lead.stage, lead.moves.get(move="accept").by) == ("SAL", world.partner)
    quiet.goto(live_server.url + path)
    expect(quiet.get_by_role("heading", name=said["answered"])).to_be_visible()
    expect(quiet.locator("main")).to_contain_text(re.compile(said["who"]))


def addresses(world: SimpleNamespace) -> list[str]:
    """Every page behind links: to accept, to reject, to ask, feedback, answered, over, broken."""
    now, handoff = timezone.now(), world.lead.handoffs.get()
    asked = Feedback.objects.create(
        lead=world.lead, account=world.lead.account, user=world.partner, step=30, asked_at=now,
        closes_at=now + timedelta(days=30),
    )  # fmt: skip
    mail = Notification(user=world.partner, subject=str(handoff.public_id))
    told = Notification(user=world.partner, subject=str(asked.public_id))
    offered = [*answer_links.lead_answers(mail, now), *answer_links.feedback_answers(told, now)]
    over = answer_links.issue(world.partner, handoff=handoff, expires_at=now, now=now)
    return [*(one.path for one in offered), f"/answer/{over}/accept/", "/answer/x.y/accept/"]


def test_no_page_behind_a_link_violates_wcag(
    page: Page, live_server: LiveServer, world: SimpleNamespace, language: str
) -> None:
    """Each page in both languages, in one theme each: words and colours do not depend on each other."""
    found = {}
    page.emulate_media(color_scheme={"ja": "light", "en": "dark"}[language])  # type: ignore[arg-type]
    paths = addresses(world)
    page.set_viewport_size(PHONE)
    for path in [*paths, "answered"]:
        if path == "answered":
            leads.accept(
                world.lead,
                by=world.partner,
                now=timezone.now(),
                next_action="電話",
                next_action_on=timezone.localdate(),
            )
        page.goto(live_server.url + (paths[0] if path == "answered" else path))
        found[path] = complaints(page)
    assert {path: report for path, report in found.items() if report} == {}
