"""Pairs that may be one: which are asked about, which never."""

import pytest

from accounts import doubts, duplicates
from accounts.models import Account, Doubt
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db


def look() -> dict[str, int]:
    return duplicates.look(by=make.system(), now=NOW)


def asked() -> list[tuple[str, list[str]]]:
    found = Doubt.objects.order_by("pk")
    return [(one.rule, [str(two.account or two.person) for two in one.candidates.all()]) for one in found]


def test_namesakes_and_those_that_read_or_look_alike_are_asked_about_once():
    make.account("青葉精機"), make.account("青葉精機")
    make.account("エスフーズ"), make.account("ESFOODS")
    make.account("みどり産業サービス"), make.account("みどり産業サビス")
    assert look() == {"accounts": 3, "persons": 0}
    assert sorted(sorted(names) for _rule, names in asked()) == [
        ["ESFOODS", "エスフーズ"],
        ["みどり産業サビス", "みどり産業サービス"],
        ["青葉精機", "青葉精機"],
    ]
    assert Doubt.objects.order_by("-score").first().rule == "NAMESAKES"
    doubts.dismiss(Doubt.objects.earliest("pk"), by=make.system(), now=NOW)
    assert look() == {"accounts": 0, "persons": 0}
    assert Account.objects.count() == 6


def test_what_is_two_is_not_asked_about():
    one = make.account("青葉精機", corporate_number="8700110005901")
    make.account("青葉精機", corporate_number="1180301018771")
    make.account("みどり産業サービス", parent=one), make.account("みどり産業サビス", parent=one)
    make.account("株式会社北斗"), make.account("有限会社北斗")
    for name in ("サクサ", "第一興商"):
        make.account(name).domains.create(domain="group.example.jp")
    assert look() == {"accounts": 0, "persons": 0}


def test_persons_of_one_name_at_one_company_are_asked_about():
    here, there = make.account("甲"), make.account("乙")
    make.person(here, "山田 太郎"), make.person(here, "山田　太郎"), make.person(there, "山田 太郎")
    assert look() == {"accounts": 0, "persons": 1}
    assert asked() == [("NAME_AND_ACCOUNT", ["山田 太郎", "山田　太郎"])]


def test_no_more_is_asked_than_anybody_can_answer(monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_OPEN", 2)
    for _ in range(3):
        make.account("青葉精機")
    assert look() == {"accounts": 2, "persons": 0}
    assert look() == {"accounts": 0, "persons": 0}
