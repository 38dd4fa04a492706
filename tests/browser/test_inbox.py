"""The inbox in a real browser: twenty leads by keyboard, and the stories of the hand-over that touch its clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from audit import outbox
from funnel import leads, overdue
from funnel.enums import Outcome, Stage
from funnel.models import Lead
from tests import make
from tests.browser.axe import complaints
from tests.browser.conftest import SignIn
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
TOKYO = ZoneInfo("Asia/Tokyo")
FRIDAY = datetime(2026, 11, 20, 16, tzinfo=TOKYO)
"""Before a weekend and Labour Thanksgiving Day, the Monday: 16 business hours later it is Wednesday, 16:00."""
WEDNESDAY = datetime(2026, 11, 25, 16, tzinfo=TOKYO)
SECOND = timedelta(seconds=1)
SAID = {
    "en": {
        "ignored": "Counted as ignored",
        "accepted": "Accepted.",
        "escalated": "is still unanswered.",
        "still": "the clock stands still",
        "ready": "Whom should we speak to there?",
        "limit": "Nobody answered your question",
        "breach": "not answered in time",
        "undone": "as before; nobody was told.",
        "accept ticked": "Accept the ticked…",
    },
    "ja": {
        "ignored": "「無視」に計上済み",
        "accepted": "案件を受けました。",
        "escalated": "まだ回答がありません",
        "still": "期限は止まっています",
        "ready": "先方のどなたに連絡すればよいですか？",
        "limit": "期限内の回答がありませんでした",
        "breach": "期限内に回答なし",
        "undone": "元に戻しました。誰にも通知していません。",
        "accept ticked": "まとめて受ける…",
    },
}


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def said(language: str) -> dict[str, str]:
    return SAID[language]


@pytest.fixture
def people(language: str) -> SimpleNamespace:
    roles = {"rep": Role.REP, "manager": Role.SALES_MANAGER, "marketer": Role.MARKETER}
    made = SimpleNamespace(**{name: make.user(role, name, language=language) for name, role in roles.items()})
    made.rep.manager = made.manager
    made.rep.save()
    return made


def hand_over(people: SimpleNamespace, how_many: int, at: datetime) -> list[Lead]:
    """Leads of one list, handed to the rep at this moment."""
    accounts = [make.account(f"会社{n:02}", owner=people.rep) for n in range(1, how_many + 1)]
    make.active_list(*accounts, at=at - timedelta(days=9))
    made = []
    for account in accounts:
        department = make.department(account)
        make.touch(account, department=department, at=at, title="図面検索セミナー")
        lead = leads.create(account=account, department=department, by=people.marketer, now=at)
        leads.qualify(lead, by=people.marketer, now=at, note="質問があった")
        leads.hand_over(lead, assignee=people.rep, by=people.marketer, now=at)
        made.append(lead)
    outbox.deliver(now=at)
    return made


class Hands:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def answer(self, *keys: str) -> int:
        """Answers the open lead; the next one has opened by itself. How many actions that took."""
        before, answered = self.pressed, str(self.page.locator("[data-lead]").get_attribute("data-lead"))
        self.press(keys[0])
        for key in keys[1:]:
            expect(self.page.locator("#dialog [data-key='1']")).to_be_visible()
            self.press(key)
        expect(self.page.locator("[data-lead]")).not_to_have_attribute("data-lead", answered)
        self.page.wait_for_load_state()
        return self.pressed - before


@pytest.mark.parametrize("language", ["ja"])
def test_twenty_leads_are_worked_with_the_keyboard(
    at_work: SignIn, people: SimpleNamespace, said: dict[str, str]
) -> None:
    hand_over(people, 21, timezone.now())
    hands = Hands(at_work(people.rep))
    ways = [("a",), ("r", "7"), ("a",), ("q", "1"), ("r", "a")] * 4
    taken = [hands.answer(*keys) for keys in ways]
    assert taken == [len(keys) for keys in ways]
    assert (max(taken), hands.pressed) == (2, 32)
    counted = [Lead.objects.filter(stage=stage).count() for stage in (Stage.SAL, Stage.REJECTED, Stage.MQL)]
    assert (counted, Lead.objects.asked().count()) == ([8, 8, 5], 4)


@pytest.mark.parametrize("language", ["en"])
def test_a_slip_is_undone_by_one_key_and_several_are_answered_at_once(
    at_work: SignIn, people: SimpleNamespace, said: dict[str, str]
) -> None:
    first, *_rest = hand_over(people, 3, timezone.now())
    page = at_work(people.rep)
    hands = Hands(page)
    hands.answer("a")
    page.keyboard.press("u")
    expect(page.locator("#messages")).to_contain_text(said["undone"])
    expect(page.locator("[data-lead]")).to_have_attribute("data-lead", str(first.public_id))
    assert Lead.objects.filter(stage=Stage.MQL).count() == 3
    page.wait_for_load_state()
    for key in ("x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator(".tick :checked")).to_have_count(2)
    page.keyboard.press("a")
    expect(page.get_by_role("dialog").locator(".tick :checked")).to_have_count(2)
    page.keyboard.press("a")
    expect(page.locator("#messages")).to_contain_text(said["accepted"])
    assert Lead.objects.filter(stage=Stage.SAL).count() == 2


@pytest.mark.parametrize("language", ["en"])
def test_new_leads_come_without_a_reload_and_without_disturbing(
    at_work: SignIn, people: SimpleNamespace, said: dict[str, str]
) -> None:
    hand_over(people, 1, timezone.now())
    page = at_work(people.rep)
    page.keyboard.press("x")
    words = page.locator(".answer [name=next_action]")
    words.fill("火曜に電話")
    account = make.account("あとから株式会社", owner=people.rep)
    make.active_list(account, name="later")
    make.touch(account, at=timezone.now())
    lead = leads.create(account=account, by=people.marketer, now=timezone.now())
    leads.qualify(lead, by=people.marketer, now=timezone.now(), note="問い合わせ")
    leads.hand_over(lead, assignee=people.rep, by=people.marketer, now=timezone.now())
    page.evaluate("document.body.dispatchEvent(new Event('tick'))")
    expect(page.locator("a[data-line]")).to_have_count(2)
    expect(page.locator("#rail-inbox")).to_have_text("2")
    expect(words).to_have_value("火曜に電話")
    expect(words).to_be_focused()
    expect(page.locator(".tick :checked")).to_have_count(1)


@pytest.fixture
def on_friday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY) as clock:
        yield clock


def test_a_lead_ignored_over_a_weekend_and_a_holiday_is_escalated_and_accepted_late(
    at_work: SignIn,
    live_server: LiveServer,
    people: SimpleNamespace,
    said: dict[str, str],
    on_friday: time_machine.Traveller,
) -> None:
    (lead,) = hand_over(people, 1, FRIDAY)
    page, clock = at_work(people.rep), make.system()
    expect(page.locator(f".line time[title='{WEDNESDAY:%Y-%m-%d %H:%M}']")).to_be_visible()
    assert overdue.come_round(now=WEDNESDAY, by=clock)["ignored"] == 0
    assert overdue.come_round(now=WEDNESDAY + SECOND, by=clock)["ignored"] == 1
    thursday = WEDNESDAY + timedelta(days=1, seconds=1)
    on_friday.move_to(thursday)
    assert overdue.come_round(now=thursday, by=clock)["escalated"] == 1
    outbox.deliver(now=thursday)
    at_work(people.manager)
    page.goto(f"{live_server.url}/notices/")
    expect(page.locator("main")).to_contain_text(said["escalated"])
    at_work(people.rep)
    expect(page.locator("a[data-line]")).to_contain_text(said["ignored"])
    page.keyboard.press("a")
    expect(page.locator("#messages")).to_contain_text(said["accepted"])
    lead.refresh_from_db()
    assert (lead.stage, lead.ignored_at, lead.first_outcome) == (Stage.SAL, WEDNESDAY, Outcome.IGNORED)
    at_work(people.manager)
    page.goto(f"{live_server.url}/funnel/")
    for metric, rate in (("ignore_rate", "100.0 %"), ("sal_rate", "100.0 %"), ("reject_rate", "0.0 %")):
        expect(page.locator(f"a.figure-value[href^='/rows/{metric}/']").first).to_have_text(rate)


def test_a_question_stops_the_clock_and_becomes_marketings_breach(
    at_work: SignIn,
    live_server: LiveServer,
    people: SimpleNamespace,
    said: dict[str, str],
    on_friday: time_machine.Traveller,
) -> None:
    (lead,) = hand_over(people, 1, FRIDAY)
    page, clock = at_work(people.rep), make.system()
    page.keyboard.press("q")
    expect(page.locator("#dialog [data-key='1']")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#panel")).to_contain_text(said["still"])
    outbox.deliver(now=FRIDAY + timedelta(minutes=1))
    at_work(people.marketer)
    page.goto(f"{live_server.url}/desk/?tab=asked")
    expect(page.locator("main")).to_contain_text(said["ready"])
    tuesday = datetime(2026, 11, 24, 16, 1, tzinfo=TOKYO)  # 8 business hours of marketing's later
    assert overdue.come_round(now=tuesday, by=clock)["answered"] == 1
    on_friday.move_to(tuesday)
    outbox.deliver(now=tuesday)
    lead.refresh_from_db()
    assert lead.due_at > WEDNESDAY + timedelta(hours=23)
    assert lead.moves.get(move="answer").data["breach"] is True
    at_work(people.rep)
    page.goto(f"{live_server.url}/notices/")
    expect(page.locator("main")).to_contain_text(said["limit"])
    page.goto(f"{live_server.url}/leads/{lead.public_id}/")
    expect(page.locator(".timeline").last).to_contain_text(said["breach"])


@pytest.mark.parametrize(("language", "theme"), [("ja", "light"), ("en", "dark")])
def test_the_inbox_and_its_dialogs_violate_no_rule_of_wcag(
    at_work: SignIn, people: SimpleNamespace, said: dict[str, str], theme: str
) -> None:
    hand_over(people, 2, timezone.now())
    page = at_work(people.rep)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    found = {"ticked": broken(page, "x")}
    for key in ("a", "r", "x", "q"):
        found[key] = broken(page, key)
        page.keyboard.press("Escape")
    assert {place: rules for place, rules in found.items() if rules} == {}


def broken(page: Page, key: str) -> str:
    """The rules broken once this key was pressed and what it opens is there."""
    page.keyboard.press(key)
    if key != "x":
        expect(page.locator("#dialog form")).to_be_visible()
    return complaints(page)
