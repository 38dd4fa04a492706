"""A marketer who has never seen the product: from an export to the persons at listed companies, in six clicks."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import imports.tasks
from accounts.models import Account
from imports.models import ImportJob
from tests import make
from tests.browser.conftest import SignIn
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 6
REGISTER = {"株式会社ミナト精工": True, "青葉電機株式会社": True, "株式会社町の工務店": False}
"""Who is listed, as a register (EDINET) told before; no card says it."""
CARDS = """02月08日23時00分 JST にEightで生成された名刺リストです。
合計 3 件


会社名,部署名,役職,氏名,e-mail,郵便番号,住所,TEL会社,TEL部門,TEL直通,Fax,携帯電話,URL,名刺交換日,Eightでつながっている人,再データ化中の名刺,'?'を含んだデータ
㈱ミナト精工,設計部,部長,近藤 五郎,goro@minato.test,105,東京都,03-1,,,,090-1,,2022/05/26,1,,
青葉電機株式会社,購買部,,山川 六実,m@aoba.test,,,,,,,,,2023/06/07,1,,
株式会社町の工務店,総務部,,町田 七,s@machi.test,,,,,,,,,2023/06/07,1,,
"""
REPORT = """取引先責任者 ID,取引先名,姓,名,役職,部署,電話,メール,取引先責任者 所有者
003A,㈱ミナト精工,近藤,五郎,部長,設計部,03-1,goro@minato.test,山田
003B,青葉電機株式会社,山川,六実,,購買部,03-2,m@aoba.test,山田
003C,株式会社町の工務店,町田,七,,総務部,03-3,s@machi.test,山田
"""
"""A report of contacts: companies by name, so that nothing has to be brought in before."""


@pytest.fixture
def language() -> str:
    return "ja"


@pytest.fixture
def clicks(page: Page) -> list[str]:
    """What a person pressed, as the browser saw it."""
    pressed: list[str] = []
    page.expose_function("pressed", lambda what: pressed.append(what))
    page.add_init_script("addEventListener('click', one => one.isTrusted && pressed(one.target.outerHTML), true)")
    return pressed


@pytest.mark.parametrize(("content", "name"), [(CARDS, "eight.csv"), (REPORT, "report.csv")])
def test_from_an_export_to_the_persons_at_listed_companies(
    clicks: list[str], at_work: SignIn, tmp_path: Path, content: str, name: str
) -> None:
    for company, listed in REGISTER.items():
        make.account(company, listed=listed)
    known = make.person(Account.objects.get(name="青葉電機株式会社"), "山川 六実", email="m@aoba.test")
    known.affiliations.update(source=make.source("ma"))
    (tmp_path / name).write_text(content, "cp932")
    page = at_work(make.user(Role.MARKETER, language="ja"))

    page.locator(".rail").get_by_role("link", name="取り込み").click()
    with page.expect_file_chooser() as chooser:
        page.locator("input[name=file]").click()
    chooser.value.set_files(tmp_path / name)
    page.get_by_role("button", name="次へ進む", exact=True).click()
    page.get_by_role("button", name="取り込む", exact=True).click()
    expect(page.locator("#import")).to_be_visible()
    imports.tasks.resume()
    page.get_by_role("link", name="上場企業の人を部署別に見る").click()

    expect(page.locator("tbody th")).to_have_text(["近藤 五郎", "山川 六実"], use_inner_text=True)
    expect(page.locator("tbody td[data-label='部署']")).to_have_text(["設計部", "購買部"])
    assert len(clicks) <= MOST
    assert len(clicks) == 5
    assert (ImportJob.objects.get().created, ImportJob.objects.get().updated) == (2, 1)
