"""The main job in a real browser, in Japanese and in English: from a company's own file to its SAL rate."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

import funnel.tasks
import imports.tasks
import scoring.tasks
from funnel.models import Handoff, Lead
from tests import make
from tests.browser.words import WORDS
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
COMPANIES = ("ミナト精工株式会社", "青葉電機株式会社", "星見金属工業株式会社")


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def people(language: str) -> dict[str, User]:
    roles = {
        "onoda": Role.MARKETER,
        "sasakura": Role.MARKETING_LEAD,
        "kurokawa": Role.SALES_MANAGER,
        "hayase": Role.REP,
    }
    return {name: make.user(role, name, language=language) for name, role in roles.items()}


def company_file(folder: Path) -> Path:
    file = folder / "会社一覧.csv"
    file.write_text("会社名,従業員数\n" + "".join(f"{name},300\n" for name in COMPANIES), "cp932")
    return file


def touch_file(folder: Path) -> Path:
    """Two seminars at each company, the day before yesterday and yesterday: 90 minutes, above the threshold of 60."""
    days = [timezone.localtime() - timedelta(days=ago) for ago in (2, 1)]
    rows = [
        f"セミナー参加,{day:%Y-%m-%d} 10:00,{name},45,{name}{n}\n" for name in COMPANIES for n, day in enumerate(days)
    ]
    file = folder / "touches.csv"
    file.write_text("種別,日時,会社名,分,イベントID\n" + "".join(rows), "utf-8")
    return file


class Story:
    """The steps of the main job, by the words people see."""

    def __init__(self, page: Page, base: str, language: str) -> None:
        self.page, self.base, self.said = page, base, WORDS[language]

    def sign_in(self, name: str) -> None:
        self.page.context.clear_cookies()
        self.page.goto(f"{self.base}/login/")
        self.page.get_by_label(self.said["user name"]).fill(name)
        self.page.get_by_label(self.said["password"], exact=True).fill("password-1234")
        self.page.get_by_role("button", name=self.said["sign in"], exact=True).click()
        expect(self.page.locator(".menu-user-name")).to_have_text(name)

    def to(self, screen: str) -> None:
        self.page.locator(".rail").get_by_role("link", name=self.said[screen]).click()

    def press(self, word: str) -> None:
        self.page.get_by_role("button", name=self.said[word], exact=True).click()

    def follow(self, word: str) -> None:
        self.page.get_by_role("link", name=self.said[word]).first.click()

    def hears(self, word: str) -> None:
        expect(self.page.locator("#messages")).to_contain_text(self.said[word])

    def bring_in(self, file: Path, kind: str, source: str) -> None:
        """Understood by itself, first a trial, then for real; the worker takes it, the page says so by itself."""
        self.to("imports")
        self.page.locator("input[name=file]").set_input_files(file)
        self.press("go on")
        expect(self.page.locator("p[role=status]")).to_contain_text(self.said[kind])
        self.page.get_by_label(self.said["from"]).fill(source)
        self.press("try")
        expect(self.page.locator("#import")).to_contain_text(self.said["trial"])
        imports.tasks.resume()
        self.press("for real")
        imports.tasks.resume()
        expect(self.page.locator("#import .badge")).to_contain_text(self.said["done"])

    def draw_up_a_list(self) -> None:
        self.to("lists")
        self.follow("new list")
        self.page.get_by_label(self.said["name"], exact=True).fill("2026")
        self.press("start list")
        self.follow("paste")
        self.page.get_by_label(self.said["names"]).fill("㈱ミナト精工\n青葉電機\n星見金属工業株式会社")
        self.press("add")
        expect(self.page.locator("tbody tr")).to_have_count(3)

    def sign_the_list(self, hears: str) -> None:
        self.to("lists")
        self.page.get_by_role("link", name="2026").click()
        self.press("sign")
        self.hears(hears)

    def hand_all_over(self, to: User) -> None:
        self.to("desk")
        for left in (3, 2, 1):
            expect(self.page.locator("tbody tr")).to_have_count(left)
            self.page.locator("select[name=assignee]").first.select_option(str(to.pk))
            self.page.get_by_role("button", name=self.said["hand over"], exact=True).first.click()
            self.hears("handed over")

    def answer_two_with_the_keyboard(self) -> None:
        lines = self.page.locator("a[data-line]")
        expect(lines).to_have_count(3)
        self.page.keyboard.press("a")
        self.hears("accepted")
        expect(lines).to_have_count(2)
        self.page.keyboard.press("r")
        expect(self.page.get_by_role("dialog").get_by_role("button", name=self.said["too early"])).to_be_visible()
        self.page.keyboard.press("7")
        self.hears("rejected")
        expect(lines).to_have_count(1)

    def read_the_funnel(self) -> None:
        self.to("funnel")
        for word, metric in (("SAL rate", "sal_rate"), ("ignored", "ignore_rate"), ("rejected rate", "reject_rate")):
            figure = self.page.locator(".figure", has=self.page.get_by_role("link", name=self.said[word], exact=True))
            expect(figure.locator(f"a.figure-value[href^='/rows/{metric}/']")).to_have_text("33.3 %")

    def open_the_leads_behind(self, metric: str) -> list[str]:
        self.page.locator(f"a.figure-value[href^='/rows/{metric}/']").click()
        self.page.wait_for_url(f"**/rows/{metric}/**")
        names = self.page.locator("tbody th").all_inner_texts()
        self.page.go_back()
        return names


def test_the_main_job(
    quiet: Page, live_server: LiveServer, language: str, people: dict[str, User], tmp_path: Path
) -> None:
    story = Story(quiet, live_server.url, language)
    story.sign_in("onoda")
    story.bring_in(company_file(tmp_path), "companies", "sfa")
    story.draw_up_a_list()
    story.sign_in("kurokawa")
    story.sign_the_list("first signature")
    story.sign_in("sasakura")
    story.sign_the_list("in force")
    story.bring_in(touch_file(tmp_path), "touches", "ma")
    scoring.tasks.score_new_touches()
    assert {lead.account.name for lead in Lead.objects.filter(stage="MQL")} == set(COMPANIES)

    story.sign_in("onoda")
    story.hand_all_over(to=people["hayase"])
    story.sign_in("hayase")
    story.answer_two_with_the_keyboard()

    with time_machine.travel(Handoff.objects.latest("due_at").due_at + timedelta(hours=1)):
        funnel.tasks.ignore_overdue()
        story.sign_in("hayase")
        expect(quiet.locator("a[data-line]")).to_contain_text(story.said["counted as ignored"])
        story.sign_in("kurokawa")
        story.read_the_funnel()
        for metric, stage in (("sal_rate", "SAL"), ("reject_rate", "REJECTED"), ("ignore_rate", "IGNORED")):
            assert story.open_the_leads_behind(metric) == [str(Lead.objects.get(stage=stage))]
