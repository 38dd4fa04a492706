"""A marketer who has never seen the product: from an export to the persons at listed companies, in six clicks."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import imports.tasks
from accounts import sources
from accounts.enums import SourceKind
from imports.models import ImportJob
from tests import make
from tests.browser.conftest import SignIn
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 6
CARDS = """02月08日23時00分 JST にEightで生成された名刺リストです。
合計 3 件


会社名,部署名,役職,氏名,e-mail,郵便番号,住所,TEL会社,TEL部門,TEL直通,Fax,携帯電話,URL,名刺交換日,Eightでつながっている人,再データ化中の名刺,'?'を含んだデータ
㈱ミナト精工,設計部,部長,近藤 五郎,goro@minato.test,105,東京都,03-1,,,,090-1,,2022/05/26,1,,
青葉電機株式会社,購買部,,山川 六実,m@aoba.test,,,,,,,,,2023/06/07,1,,
株式会社町の工務店,総務部,,町田 七,s@machi.test,,,,,,,,,2023/06/07,1,,
"""
CONTACTS = """Id,IsDeleted,AccountId,LastName,FirstName,Phone,MobilePhone,Email,Title,Department,Name
003A,FALSE,001M,近藤,五郎,03-1,,goro@minato.test,部長,設計部,近藤 五郎
003B,FALSE,001A,山川,六実,03-2,,m@aoba.test,,購買部,山川 六実
003C,FALSE,001T,町田,七,03-3,,s@machi.test,,総務部,町田 七
"""


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


@pytest.mark.parametrize(("content", "name"), [(CARDS, "eight.csv"), (CONTACTS, "Contact.csv")])
def test_from_an_export_to_the_persons_at_listed_companies(
    clicks: list[str], at_work: SignIn, tmp_path: Path, content: str, name: str
) -> None:
    known = {"株式会社ミナト精工": True, "青葉電機株式会社": True, "株式会社町の工務店": False}
    source = sources.ensure("salesforce", kind=SourceKind.SFA)
    for (company, listed), number in zip(known.items(), ("001M", "001A", "001T"), strict=True):
        make.account(company, listed=listed).external_ids.create(source=source, external_id=number)
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
    assert ImportJob.objects.get().created == 3
