"""Story: a rep is asked by mail for the cards in the drawer, drops a file on a phone without signing in, is thanked."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from imports import rounds
from imports.drawers import DrawerFile, DrawerRound
from tests import mailbox, make
from tests.browser.axe import complaints
from tests.browser.test_answers_by_mail import PHONE
from tests.mailbox import Mailbox
from users import posting
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def language() -> str:
    return "ja"


@pytest.fixture
def mails(settings: Any) -> Iterator[Mailbox]:
    with mailbox.opened(settings) as received:
        yield received


def test_a_rep_drops_a_card_file_from_a_mail_on_a_phone(
    quiet: Page, live_server: LiveServer, mails: Mailbox, tmp_path: Path
) -> None:
    marketer, now = make.user(Role.MARKETER), timezone.now()
    rep = make.user(Role.REP, "hayase", name="早瀬 彩", email="hayase@example.jp", language="ja")
    last = timezone.localdate() + timedelta(days=9)
    rounds.start(name="机の名刺", due_on=last, people=[rep], by=marketer, now=now)
    posting.send_waiting(now=now + timedelta(hours=15))  # whenever the quiet hours are over
    link = re.search(r"https://abm\.example\.jp(/drawer/[^/\s]+/)", mailbox.part(mails.only(), "plain"))
    assert link
    quiet.set_viewport_size(PHONE)
    quiet.goto(live_server.url + link[1])
    assert quiet.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert complaints(quiet) == ""
    cards = tmp_path / "eight.csv"
    cards.write_text("会社名,氏名\nみどり商事,山田 一\n", encoding="cp932")
    quiet.get_by_label("ファイル（CSVまたはExcel）").set_input_files(cards)
    quiet.get_by_role("button", name="このファイルを入れる").click()
    expect(quiet.locator("#messages")).to_contain_text("ありがとうございます。1行を読み取りました。")
    expect(quiet.locator("main")).to_contain_text("eight.csv")
    assert DrawerFile.objects.get().invitation.user == rep
    rounds.close(DrawerRound.objects.get(), by=marketer, now=timezone.now())
    assert quiet.request.get(live_server.url + link[1]).status == 410
