"""Accounts, departments and persons kept one at a time: what is taken, what is refused, what is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accounts import editing, opt_outs
from accounts.editing import AlreadyKnown, EditRefused
from accounts.enums import Function, Rank
from accounts.models import Account, AccountName, Affiliation, Department, ExternalId, Person
from accounts.registering import AccountFacts
from audit.models import Entry
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
NUMBER = "8700110005901"


def act() -> dict[str, Any]:
    return {"by": make.system(), "now": NOW}


def acts() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("act", flat=True))


@contextmanager
def nothing_changes() -> Iterator[None]:
    tables = (Account, AccountName, ExternalId, Department, Person, Affiliation, Entry)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    yield
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def opened(**facts: str) -> Account:
    return editing.open_account(AccountFacts(**facts), source=make.source("api"), **act())


def test_a_new_company_is_opened_and_that_is_recorded():
    account = opened(name="株式会社みどり", corporate_number=NUMBER, external_id="C1")
    assert (account.name, account.corporate_number) == ("株式会社みどり", NUMBER)
    assert Entry.objects.get(act="accounts.open").account_id == account.pk


@pytest.mark.parametrize("spelling", [f"T{NUMBER}", "8-7001-1000-5901", "８７００１１０００５９０１"])
def test_a_corporate_number_is_kept_as_its_digits(spelling):
    assert opened(name="みどり", corporate_number=spelling).corporate_number == NUMBER


@pytest.mark.parametrize("spelling", [f"T{NUMBER}", "8-7001-1000-5901"])
def test_a_company_is_known_by_any_spelling_of_its_number(spelling):
    known = make.account("みどり", corporate_number=NUMBER)
    facts = AccountFacts(name="みどりの森", corporate_number=spelling)
    assert editing.tell_account(facts, source=make.source("sfa"), **act()).subject == known


def test_a_known_company_is_not_opened_again():
    known = make.account("みどり商店")
    with nothing_changes(), pytest.raises(AlreadyKnown, match="みどり商店 is known already") as caught:
        opened(name="㈱みどり商店")
    assert caught.value.row == known


def test_a_company_that_could_be_two_is_not_opened():
    make.account("みどり", prefecture="東京都")
    make.account("みどり", prefecture="大阪府")
    source = make.source("api")
    with nothing_changes(), pytest.raises(EditRefused, match=r"みどり \(東京都\), みどり \(大阪府\)") as caught:
        editing.open_account(AccountFacts(name="みどり"), source=source, **act())
    assert caught.value.field == "name"


@pytest.mark.parametrize("number", ["123", "8700110005902", "T870011000590"])
def test_a_wrong_corporate_number_opens_nothing(number):
    source = make.source("api")
    with nothing_changes(), pytest.raises(EditRefused, match="not a corporate number") as caught:
        editing.open_account(AccountFacts(name="あおば", corporate_number=number), source=source, **act())
    assert caught.value.field == "corporate_number"


def test_telling_the_same_twice_is_recorded_once():
    facts, source = AccountFacts(name="みどり", external_id="C1"), make.source("sfa")
    effects = [editing.tell_account(facts, source=source, **act()).effect for _ in range(2)]
    assert effects == ["created", "unchanged"]
    entry = Entry.objects.get()
    assert (entry.act, entry.detail["external_id"], entry.detail["source"]) == ("accounts.tell", "C1", "sfa")


def test_a_new_name_makes_the_old_one_a_former_name():
    account = make.account("みどり商店")
    editing.amend_account(account, name="青葉商店", **act())
    former = account.names.get()
    assert (former.kind, former.name, former.valid_to) == ("FORMER", "みどり商店", NOW.date())
    assert Entry.objects.get().detail == {"columns": ["name", "key"]}


def test_another_spelling_is_no_new_name():
    account = make.account("株式会社みどり商店")
    editing.amend_account(account, name="みどり商店㈱", **act())
    assert not account.names.exists()
    assert Entry.objects.get().detail == {"columns": ["name"]}


def test_a_name_taken_back_and_forth_is_former_once():
    account = make.account("みどり商店")
    for name in ("青葉商店", "みどり商店", "青葉商店"):
        editing.amend_account(account, name=name, **act())
    assert sorted(account.names.values_list("name", flat=True)) == ["みどり商店", "青葉商店"]


def test_what_is_already_so_is_not_recorded():
    account = make.account(industry="化学")
    with nothing_changes():
        editing.amend_account(account, industry="化学", **act())


def test_somebody_elses_corporate_number_is_refused():
    make.account("みどり", corporate_number=NUMBER)
    other = make.account("あおば")
    with nothing_changes(), pytest.raises(EditRefused, match="belongs to みどり"):
        editing.amend_account(other, corporate_number=f"T{NUMBER}", industry="化学", **act())


def test_ones_own_corporate_number_may_be_said_again_and_taken_away():
    account = make.account("みどり", corporate_number=NUMBER)
    editing.amend_account(account, corporate_number=f"T{NUMBER}", **act())
    assert acts() == []
    assert editing.amend_account(account, corporate_number=None, **act()).corporate_number is None


def test_a_company_is_not_its_own_parent():
    account = make.account()
    with nothing_changes(), pytest.raises(EditRefused) as caught:
        editing.amend_account(account, parent=account, **act())
    assert caught.value.field == "parent"


def test_a_company_is_not_placed_under_its_own_subsidiary():
    holding = make.account()
    grandchild = make.account(parent=make.account(parent=holding))
    with nothing_changes(), pytest.raises(EditRefused) as caught:
        editing.amend_account(holding, parent=grandchild, **act())
    assert caught.value.field == "parent"


def test_a_company_is_placed_beside_its_sister_and_taken_out_again():
    holding = make.account()
    one, other = make.account(parent=holding), make.account(parent=holding)
    assert editing.amend_account(one, parent=other, **act()).parent == other
    assert editing.amend_account(one, parent=None, **act()).parent is None


def test_what_a_department_does_is_read_from_its_name_unless_told():
    account = make.account()
    assert editing.add_department(account, name="品質保証部", **act()).function == Function.QUALITY
    told = editing.add_department(account, name="第二品質部", function="SALES", **act())
    assert told.function == Function.SALES
    assert acts() == ["departments.add"] * 2


def test_a_department_exists_once_under_its_parent():
    account = make.account()
    head = editing.add_department(account, name="設計 部", **act())
    editing.add_department(account, name="設計部", parent=head, **act())
    with nothing_changes(), pytest.raises(EditRefused, match="already has such a department"):
        editing.add_department(account, name="設計部", **act())


def test_a_department_of_another_account_is_no_parent():
    strange = make.department(make.account())
    account = make.account()
    with nothing_changes(), pytest.raises(EditRefused, match="another account") as caught:
        editing.add_department(account, name="一課", parent=strange, **act())
    assert caught.value.field == "parent"


@pytest.mark.parametrize(("title", "rank"), [("", Rank.UNKNOWN), ("設計部長", Rank.GENERAL_MANAGER)])
def test_a_person_gets_a_place_with_the_rank_of_the_title(title, rank):
    person = editing.add_person(make.account("みどり"), name="𠮷田 花子", title=title, **act())
    place = person.affiliations.get()
    assert (person.name, place.account.name, place.rank) == ("𠮷田 花子", "みどり", rank)
    assert acts() == ["persons.add"]


def test_a_known_mail_address_adds_nobody():
    account = make.account()
    known = make.person(account, email="Taro@example.jp")
    with nothing_changes(), pytest.raises(AlreadyKnown) as caught:
        editing.add_person(account, name="太郎", email="tARO@example.jp", **act())
    assert caught.value.row == known


def test_two_persons_without_a_mail_address_are_two():
    account = make.account()
    assert editing.add_person(account, name="太郎", **act()) != editing.add_person(account, name="太郎", **act())


def test_a_person_is_not_placed_in_another_accounts_department():
    strange = make.department(make.account())
    account = make.account()
    with nothing_changes(), pytest.raises(EditRefused, match="another account"):
        editing.add_person(account, name="太郎", department=strange, **act())


def test_somebody_elses_mail_address_is_refused():
    account = make.account()
    taro, _hanako = make.person(account), make.person(account, email="hanako@example.jp")
    with nothing_changes(), pytest.raises(EditRefused, match="somebody else"):
        editing.amend_person(taro, email="HANAKO@example.jp", phone="03", **act())


def test_ones_own_mail_address_may_change_its_case_and_be_emptied():
    taro = make.person(make.account(), email="taro@example.jp")
    assert editing.amend_person(taro, email="Taro@example.jp", **act()).email == "Taro@example.jp"
    assert editing.amend_person(taro, email="", **act()).email == ""
    assert acts() == ["persons.amend"] * 2


def test_an_opt_out_is_dated_and_recorded_once():
    taro = make.person(make.account())
    first = opt_outs.opt_out(taro, **act()).opted_out_at
    opt_outs.opt_out(taro, by=make.system(), now=NOW.replace(year=2027))
    assert (first, taro.opted_out_at) == (NOW, NOW)
    assert acts() == ["persons.opt_out"]
