"""Every page of the route table against WCAG 2.2 AA (axe), light and dark, in ja or en; the inbox with one thumb."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from funnel import leads, overdue, questions
from funnel.models import Lead
from tests import make
from tests.abm.web.test_every_route import ROLES, ROWS, one_of_everything, path
from tests.browser.axe import CONTRAST, complaints
from tests.browser.conftest import SignIn
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
PIECES = {"counts", "inbox_lines", "dormant_csv", "sample_csv"}
"""Answers of the route table that are parts of a page, or a file."""
STEERING = ("/settings/", "/operations/", "/imports/")
BESIDE = {
    Role.REP: ["/leads/{lead}/reject/", "/leads/{lead}/ask/", "/inbox/several/accept/?lead={lead}"],
    Role.MARKETER: [f"/desk/?tab={pile}" for pile in ("rejected", "asked", "appealed", "back")],
}
"""What has no route of its own, and looks different."""


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
    if answer == "reject":
        leads.reject(lead, by=world.rep, now=then, reason="TIMING", note="来年度")
    if answer == "ask":
        questions.ask(lead, by=world.rep, now=then, question="どなたに電話すればよいですか？")
    if answer == "accept":
        leads.accept(lead, by=world.rep, now=then, next_action="電話", next_action_on=then.date())
    return lead


@pytest.fixture
def world() -> SimpleNamespace:
    made = SimpleNamespace(rep=make.user(Role.REP), marketer=make.user(Role.MARKETER))
    made.leads = [waiting_lead(made, name) for name in ("ミナト精工", "青葉電機", "星見金属")]
    waiting_lead(made, "紺碧化成", "accept")
    overdue.ignore_overdue(now=timezone.now(), by=make.system())
    return made


def pages(world: SimpleNamespace) -> dict[Role, list[str]]:
    """Every page a role may open, once, by whoever may do most on it."""
    found: dict[Role, list[str]] = {Role.REP: [], Role.MARKETER: [], Role.MARKETING_LEAD: [], Role.ADMIN: []}
    for how, name, *codes in ROWS:
        if how == "GET" and name not in PIECES and "200" in codes:
            address = path(name, world)
            ways = (
                [Role.ADMIN, Role.MARKETER, Role.MARKETING_LEAD, Role.REP]
                if address.startswith(STEERING)
                else list(found)
            )
            found[next(role for role in ways if codes[ROLES.index(role)] == "200")].append(address)
    for role, more in BESIDE.items():
        found[role] += [address.format(lead=world.lead.public_id) for address in more]
    return found


@pytest.mark.parametrize(("language", "first"), [("ja", 0), ("en", 1)])
def test_no_page_violates_wcag(at_work: SignIn, live_server: LiveServer, language: str, first: int) -> None:
    """Every second page in one language, the others in the other; what is dark differs by its colours only."""
    everything = one_of_everything()
    everything.marketer = make.user(Role.MARKETER)
    for answer in ("reject", "ask"):
        waiting_lead(everything, f"{answer}電機", answer)
    User.objects.update(language=language)
    found = {}
    for role, addresses in pages(everything).items():
        page = at_work(everything.rep if role == Role.REP else make.user(role, language=language))
        for address in addresses[first::2]:
            page.emulate_media(color_scheme="light")
            page.goto(live_server.url + address)
            assert page.locator("html").get_attribute("lang") == language
            found[address] = complaints(page)
            page.emulate_media(color_scheme="dark")
            found[f"{address} dark"] = complaints(page, CONTRAST)
    assert {address: report for address, report in found.items() if report} == {}


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
