"""Pasted lines that wait on a draft, decided one by one."""

from typing import Any

import pytest

from accounts import doubts
from accounts.models import AccountName, Department, Doubt
from audit.models import Entry
from targets import lists, pasting, waiting
from targets.enums import WaitingState
from targets.lists import ListRefused
from targets.models import TargetEntry, TargetListVersion, WaitingLine
from tests import make
from tests.make import NOW
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER)


@pytest.fixture
def version(marketer):
    return lists.create(name="Wanted", by=marketer, now=NOW).versions.get()


def paste(version: TargetListVersion, text: str, by: User) -> pasting.Taken:
    return pasting.paste(version, text, by=by, now=NOW)


def entries(version: TargetListVersion) -> list[tuple[str, str | None]]:
    found = version.entries.order_by("pk").values_list("account__name", "department__name")
    return list(found)


def state() -> list[Any]:
    tables = (TargetEntry, WaitingLine, Doubt, Department, AccountName)
    return [*(list(table.objects.order_by("pk").values()) for table in tables), Entry.objects.count()]


def refused(why: str, act: Any, *args: Any, by: User) -> None:
    before = state()
    with pytest.raises(ListRefused, match=why):
        act(*args, by=by, now=NOW)
    assert state() == before


# Which company?


def test_what_could_be_several_waits_for_the_review_and_comes_in_without_typing(version, marketer):
    one, _other = make.account("青葉電機株式会社"), make.account("青葉電機株式会社")
    taken = paste(version, "青葉電機\n未知の会社", marketer)
    assert ([line.text for line in taken.waiting], taken.unknown, taken.added) == (["青葉電機"], ["未知の会社"], [])
    assert waiting.take_in(version, by=marketer, now=NOW) == []
    assert version.waiting.count() == 1
    doubts.link(Doubt.objects.get(), one, by=marketer, now=NOW)
    assert [entry.account for entry in waiting.take_in(version, by=marketer, now=NOW)] == [one]
    assert not version.waiting.exists()
    assert paste(version, "青葉電機", marketer).waiting == []


def test_a_typo_is_asked_about_and_one_answer_puts_it_on_the_list_for_good(version, marketer):
    meant = make.account("みどり電機工業株式会社")
    (line,) = paste(version, "みどり電気工業", marketer).waiting
    (question,) = waiting.questions([line])
    assert (line.state, question.accounts, line.doubt.rule) == (WaitingState.COMPANY, [meant], "FUZZY")
    assert [entry.account for entry in waiting.it_is(line, meant, by=marketer, now=NOW)] == [meant]
    assert (version.waiting.count(), line.doubt.state) == (0, "LINKED")
    assert pasting.find("みどり電気工業", now=NOW).found == [(meant, None)]


def test_who_is_none_of_these_is_not_asked_again(version, marketer):
    make.account("みどり電機工業株式会社"), make.account("青葉電機"), make.account("青葉電機")
    for line in paste(version, "みどり電気工業\n青葉電機", marketer).waiting:
        waiting.leave_out(line, by=marketer, now=NOW)
    assert (version.waiting.count(), set(Doubt.objects.values_list("state", flat=True))) == (0, {"DISMISSED"})
    taken = paste(version, "みどり電気工業\n青葉電機", marketer)
    assert (taken.unknown, taken.waiting) == (["みどり電気工業", "青葉電機"], [])


def test_the_same_pasted_twice_waits_once_and_what_the_review_leaves_out_is_forgotten(version, marketer):
    make.account("青葉電機株式会社"), make.account("青葉電機株式会社")
    paste(version, "青葉電機", marketer), paste(version, "青葉電機", marketer)
    assert WaitingLine.objects.count() == 1
    doubts.dismiss(Doubt.objects.get(), by=marketer, now=NOW)
    assert version.waiting.get().state == WaitingState.LEFT_OUT
    assert waiting.take_in(version, by=marketer, now=NOW) == []
    assert not WaitingLine.objects.exists()


def test_many_questions_take_as_many_statements_as_one(version, marketer, django_assert_num_queries):
    for name in ("みどり電機工業", "あさひ物流倉庫", "北斗計算機械"):
        make.account(name)
    make.source("pasted")
    for text in ("みどり電気工業", "あさひ物留倉庫\n北斗計筭機械"):
        with django_assert_num_queries(32):
            assert paste(version, text, marketer).unknown == []


# Which department?


def test_a_spear_aims_at_the_department_the_company_has(version, marketer):
    account = make.account("みどり商事")
    above = make.department(account, "技術本部")
    design = make.department(account, "設計部", parent=above)
    make.department(account, "設計部", valid_to=NOW.date())
    for text in ("みどり商事\t設計部", "㈱みどり商事 ▸ 技術本部 ▸ 設計部", "みどり商事>設計 部", "みどり商事/設計部",
                 "みどり商事　設計部", "みどり商事の技術本部の設計部"):  # fmt: skip
        assert pasting.find(text, now=NOW).found == [(account, design)], text
    assert len(paste(version, "みどり商事\t設計部\nみどり商事\t設計部 \nみどり商事", marketer).added) == 2
    assert entries(version) == [("みどり商事", "設計部"), ("みどり商事", None)]


@pytest.mark.parametrize("text", ["もののけ工房", "A/B商会", "青葉　電機"])
def test_a_company_whose_name_holds_such_a_sign_is_that_company(text):
    account = make.account(text)
    make.account("もの"), make.account("青葉")
    assert pasting.find(text, now=NOW).found == [(account, None)]


def test_a_sign_that_only_may_part_does_not_ask_for_departments(version, marketer):
    make.account("みどり商事")
    assert paste(version, "みどり商事の未知", marketer).unknown == ["みどり商事の未知"]


def test_a_department_nobody_knows_is_asked_about_with_those_that_do_the_same(version, marketer):
    account = make.account("みどり商事")
    make.department(account, "経理部", function="FINANCE")
    it = make.department(account, "情報システム部", function="IT")
    (line,) = paste(version, "みどり商事\t情シス", marketer).waiting
    (question,) = waiting.questions([line])
    assert (line.state, question.departments) == (WaitingState.DEPARTMENT, [(it, "情報システム部")])
    waiting.aim(line, it, by=marketer, now=NOW)
    assert (entries(version), version.waiting.count()) == ([("みどり商事", "情報システム部")], 0)


def test_two_departments_of_one_name_are_told_apart_by_those_above(version, marketer):
    account = make.account("みどり商事")
    for above in ("東日本本部", "西日本本部"):
        make.department(account, "設計部", parent=make.department(account, above))
    (line,) = paste(version, "みどり商事\t設計部\nみどり商事\t西日本本部\t設計部", marketer).waiting
    (question,) = waiting.questions([line])
    assert [written for _row, written in question.departments] == ["東日本本部 ▸ 設計部", "西日本本部 ▸ 設計部"]
    assert [entry.department.parent.name for entry in version.entries.all()] == ["西日本本部"]


def test_a_department_can_be_made_below_those_the_company_has(version, marketer):
    account = make.account("みどり商事")
    above = make.department(account, "技術本部")
    (line,) = paste(version, "みどり商事 ▸ 技術本部 ▸ 情報部 ▸ 情シス", marketer).waiting
    (entry,) = waiting.make(line, by=marketer, now=NOW)
    made = entry.department
    assert (made.name, made.function, made.parent.name, made.parent.parent) == ("情シス", "IT", "情報部", above)
    assert Department.objects.count() == 3
    assert Entry.objects.filter(act="departments.add").count() == 2


def test_a_spear_at_a_company_in_doubt_asks_for_the_company_first(version, marketer):
    one, other = make.account("青葉電機"), make.account("青葉電機")
    design = make.department(one, "設計部")
    first, second = paste(version, "青葉電機\t設計部\n青葉電機\t情シス", marketer).waiting
    assert first.doubt == second.doubt
    refused("First decide which company", waiting.make, first, by=marketer)
    waiting.it_is(first, one, by=marketer, now=NOW)
    assert entries(version) == [("青葉電機", "設計部")]
    second.refresh_from_db()
    assert (second.state, second.company) == (WaitingState.DEPARTMENT, one)
    refused("another account", waiting.aim, second, make.department(other, "情シス"), by=marketer)
    waiting.aim(second, design, by=marketer, now=NOW)
    assert (version.entries.count(), version.waiting.count()) == (1, 0)


def test_a_department_that_came_meanwhile_is_taken_in(version, marketer):
    account = make.account("みどり商事")
    paste(version, "みどり商事\t情シス", marketer)
    assert waiting.take_in(version, by=marketer, now=NOW) == []
    make.department(account, "情シス")
    assert [entry.department.name for entry in waiting.take_in(version, by=marketer, now=NOW)] == ["情シス"]


# Who may, and when?


def test_a_sales_manager_aims_but_marketing_says_which_company(version, marketer):
    account, manager = make.account("みどり電機工業"), make.user(Role.SALES_MANAGER)
    company, department = paste(version, "みどり電気工業\nみどり電機工業\t情シス", marketer).waiting
    refused("Marketing decides", waiting.it_is, company, account, by=manager)
    refused("Marketing decides", waiting.leave_out, company, by=manager)
    for role in (Role.REP, Role.ANALYST, Role.PARTNER, Role.ADMIN):
        refused("draw up lists", waiting.make, department, by=make.user(role))
    waiting.make(department, by=manager, now=NOW)
    assert entries(version) == [("みどり電機工業", "情シス")]


def test_nobody_decides_what_was_decided_and_nobody_else_than_proposed(version, marketer):
    account = make.account("みどり電機工業")
    (line,) = paste(version, "みどり電気工業", marketer).waiting
    refused("choose one of the candidates", waiting.it_is, line, make.account("よそ"), by=marketer)
    same = WaitingLine.objects.get()
    waiting.it_is(line, account, by=marketer, now=NOW)
    refused("decided this already", waiting.it_is, same, account, by=marketer)


def test_a_doubt_decided_in_the_review_meanwhile_is_not_decided_again(version, marketer):
    account = make.account("みどり電機工業")
    (line,) = paste(version, "みどり電気工業", marketer).waiting
    doubts.dismiss(Doubt.objects.get(), by=marketer, now=NOW)
    refused("has decided this already", waiting.it_is, line, account, by=marketer)


def test_a_signed_version_takes_nothing_in_and_what_waits_moves_to_the_next(version, marketer):
    account, _other = make.account("青葉電機株式会社"), make.account("青葉電機株式会社")
    (line,) = paste(version, "青葉電機", marketer).waiting
    lists.add_accounts(version, [make.account()], by=marketer, now=NOW)
    for signer in (Role.MARKETING_LEAD, Role.SALES_MANAGER):
        lists.sign(version, by=make.user(signer), now=NOW)
    refused("signed and cannot change", pasting.paste, version, "青葉電機", by=marketer)
    refused("signed and cannot change", waiting.take_in, version, by=marketer)
    refused("signed and cannot change", waiting.it_is, line, account, by=marketer)
    assert lists.start_next(version.list, by=marketer, now=NOW).waiting.count() == 1
