"""Story: a marketer decides the review with the keyboard: links one, merges a pair, and takes the merge back."""

import re
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import doubts, editing
from accounts.models import Account, Doubt, Merge
from accounts.registering import AccountFacts
from tests import make
from tests.browser.axe import complaints
from tests.browser.conftest import SignIn
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=["ja", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(language: str) -> SimpleNamespace:
    """Two doubts: a company told of that could be two, and a pair that looks alike, one with a touch."""
    now, by = timezone.now(), make.system()
    one, other = (make.account("みどり商事株式会社", prefecture=at) for at in ("東京都", "大阪府"))
    facts = AccountFacts(name="みどり商事", external_id="C-1", details={"prefecture": "大阪府"})
    editing.tell_account(facts, source=make.source("crm"), by=by, now=now)
    kept, gone = make.account("青葉精機株式会社"), make.account("青葉精器株式会社")
    make.touch(gone, at=now)
    doubts.raise_pair(kept, gone, rule="FUZZY", score=91.0, by=by, now=now)
    marketer = make.user(Role.MARKETER, "hoshi", name="星 直子", language=language)
    return SimpleNamespace(marketer=marketer, one=one, other=other, kept=kept, gone=gone)


def clean(page: Page) -> None:
    assert complaints(page) == ""


def test_the_review_is_decided_with_the_keyboard(at_work: SignIn, world: SimpleNamespace):
    page = at_work(world.marketer)
    page.get_by_role("link", name=re.compile("Review|名寄せの確認")).first.click()
    clean(page)
    page.keyboard.press("2")
    expect(page.locator(".message")).to_contain_text("みどり商事株式会社")
    assert world.other.external_ids.get().external_id == "C-1"
    page.set_viewport_size(PHONE)
    clean(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("m")
    expect(page.locator("h1")).to_contain_text("青葉精器株式会社")
    clean(page)
    page.keyboard.press("m")
    expect(page.locator("[data-key=u]")).to_have_count(1)
    expect(page.locator("table")).to_contain_text("青葉精器株式会社")
    assert not Account.objects.filter(pk=world.gone.pk).exists()
    clean(page)
    page.keyboard.press("u")
    expect(page.locator("[data-key=u]")).to_have_count(0)
    assert Account.objects.get(pk=world.gone.pk).touches.count() == 1
    assert (Merge.objects.get().undone_by, Doubt.objects.open().count()) == (world.marketer, 1)
