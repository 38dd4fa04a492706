"""Every screen against WCAG 2.2 AA (axe), light and dark; and the inbox on a phone, with one thumb."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from funnel import leads, overdue
from funnel.models import Lead
from tests import make
from tests.browser.conftest import SignIn
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PHONE = {"width": 390, "height": 844}


def waiting_lead(world: SimpleNamespace, name: str, answer: str = "") -> Lead:
    """A lead handed over five days ago, with a person and evidence; answered or left to the clock."""
    then = timezone.now() - timedelta(days=5)
    account = make.account(name, owner=world.rep, relation="CUSTOMER")
    make.active_list(account, name=f"{name}のリスト", at=then - timedelta(days=9))
    department, offering = make.department(account), make.offering(name=f"{name}向け")
    person = make.person(account, "高橋 誠", department, phone="03-0000-1234")
    make.touch(account, department=department, person=person, offering=offering, at=then, title="図面検索セミナー")
    lead = leads.create(account=account, department=department, by=world.marketer, now=then, persons=[person])
    leads.qualify(lead, by=world.marketer, now=then, note="質問があった")
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=then)
    if answer:
        leads.accept(lead, by=world.rep, now=then, next_action="電話", next_action_on=then.date())
    return lead


@pytest.fixture
def world() -> SimpleNamespace:
    made = SimpleNamespace(rep=make.user(Role.REP), marketer=make.user(Role.MARKETER))
    made.leads = [waiting_lead(made, name) for name in ("ミナト精工", "青葉電機", "星見金属")]
    waiting_lead(made, "紺碧化成", "accept")
    overdue.ignore_overdue(now=timezone.now(), by=make.system())
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_screen_violates_wcag(at_work: SignIn, live_server: LiveServer, world: SimpleNamespace, theme: str) -> None:
    lead = world.leads[0]
    listed = lead.account.entries.get().version.list
    rep = ["/inbox/", f"/leads/{lead.public_id}/", f"/leads/{lead.public_id}/reject/", "/accounts/"]
    rep += [f"/accounts/{lead.account.public_id}/", f"/lists/{listed.public_id}/", "/funnel/", "/rows/sal_rate/"]
    marketer = ["/imports/", "/desk/?tab=rejected", "/metrics/", "/settings/"]
    marketer += [f"/settings/{part}/" for part in ("absences", "clocks", "calendars", "reasons", "people")]
    found = {}
    for user, addresses in ((world.rep, rep), (world.marketer, marketer)):
        page = at_work(user)
        page.emulate_media(color_scheme=theme)
        for address in addresses:
            page.goto(live_server.url + address)
            results = Axe().run(page, options=RULES)
            if results.violations_count:
                found[address] = results.generate_report()
    assert found == {}


def test_a_rep_answers_three_leads_on_a_phone_with_one_thumb(at_work: SignIn, world: SimpleNamespace) -> None:
    page = at_work(world.rep)
    page.set_viewport_size(PHONE)
    page.reload()
    page.locator("a[data-line]").first.click()
    accept = page.get_by_role("button", name="Accept")
    for left in (2, 1):
        assert within_thumbs_reach(page)
        accept.click()
        expect(page.locator("#messages")).to_contain_text("Accepted.")
        expect(page.locator("#panel h2")).to_be_visible()
        assert Lead.objects.filter(stage="IGNORED").count() == left
    page.get_by_role("link", name="Reject").click()
    page.get_by_role("dialog").get_by_role("button", name="Too early").click()
    expect(page.get_by_role("heading", name="No lead waits for your answer")).to_be_visible()
    assert Lead.objects.filter(stage="IGNORED").count() == 0


def within_thumbs_reach(page: Page) -> bool:
    """The buttons stand in the lower half of the screen, unscrolled, above the bottom bar; nothing is wider than it."""
    box = page.get_by_role("button", name="Accept").bounding_box()
    assert box is not None
    wide = page.evaluate("document.documentElement.scrollWidth")
    return 422 < box["y"] < 844 - 56 - box["height"] and box["height"] >= 44 and wide == 390
