"""A pasted list of names."""

import pytest

from accounts import doubts
from accounts.models import Doubt
from accounts.names import company_key
from targets import lists, pasting
from targets.lists import ListRefused
from targets.models import TargetEntry, WaitingLine
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db


def find(text):
    return pasting.find(text, now=NOW)


def draft(by):
    return lists.create(name="Wanted", by=by, now=NOW).versions.get()


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER)


def test_legal_form_and_width_do_not_matter():
    account = make.account("ミナト精工株式会社")
    assert find("㈱ﾐﾅﾄ精工\n").found == [account]


def test_a_former_name_finds_its_account():
    account = make.account("北斗システム株式会社")
    account.names.create(kind="FORMER", name="北斗計算センター", key=company_key("北斗計算センター"))
    assert find("北斗計算センター").found == [account]


def test_doubts_are_asked_not_guessed():
    for _ in range(2):
        make.account("青葉電機株式会社")
    pasted = find("青葉電機\n未知の会社\n\n")
    assert (pasted.found, list(pasted.several), pasted.unknown) == ([], ["青葉電機"], ["未知の会社"])
    assert not Doubt.objects.exists()


def test_the_same_line_twice_is_one_account():
    make.account("青葉電機株式会社")
    assert len(find("青葉電機\n青葉電機\n").found) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_as_many_queries_for_three_as_for_one(django_assert_num_queries, number):
    names = [make.account().name for _ in range(number)]
    with django_assert_num_queries(7):
        assert len(find("\n".join(names)).found) == number


def test_two_spellings_of_one_company_are_one_account():
    account = make.account("青葉電機株式会社")
    assert find("青葉電機\n㈱青葉電機\n").found == [account]


def test_no_line_is_lost_however_many_there_are(monkeypatch):
    monkeypatch.setattr(pasting, "CHUNK", 2)
    accounts = [make.account(name) for name in ("青葉", "北斗", "港")]
    pasted = find("青葉\n未知\n北斗\n不明\n港")
    assert (pasted.found, pasted.unknown) == (accounts, ["未知", "不明"])


@pytest.mark.parametrize("text", ["", " \n\t\n", "\x00"])
def test_nothing_pasted_is_nothing_found(text, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find(text) == pasting.Pasted()


def test_a_name_longer_than_a_key_finds_its_account():
    account = make.account()
    type(account).objects.update(name="青" * 255, key="青" * 255)
    assert find("青" * 300).found == [account]


def test_what_could_be_several_waits_for_the_review_and_comes_in_without_typing(marketer):
    one, _other = make.account("青葉電機株式会社"), make.account("青葉電機株式会社")
    version = draft(marketer)
    taken = pasting.paste(version, "青葉電機\n未知の会社", by=marketer, now=NOW)
    assert ([line.text for line in taken.waiting], taken.unknown, taken.added) == (["青葉電機"], ["未知の会社"], [])
    assert pasting.take_in(version, by=marketer, now=NOW) == []
    assert version.waiting.count() == 1
    doubts.link(Doubt.objects.get(), one, by=marketer, now=NOW)
    assert [entry.account for entry in pasting.take_in(version, by=marketer, now=NOW)] == [one]
    assert not version.waiting.exists()
    assert find("青葉電機").found == [one]


def test_what_the_review_leaves_out_is_forgotten(marketer):
    make.account("青葉電機株式会社"), make.account("青葉電機株式会社")
    version = draft(marketer)
    pasting.paste(version, "青葉電機", by=marketer, now=NOW)
    pasting.paste(version, "青葉電機", by=marketer, now=NOW)
    assert WaitingLine.objects.count() == 1
    doubts.dismiss(Doubt.objects.get(), by=marketer, now=NOW)
    assert pasting.take_in(version, by=marketer, now=NOW) == []
    assert not WaitingLine.objects.exists()


def test_a_signed_version_takes_nothing_in_and_what_waits_moves_to_the_next(marketer):
    make.account("青葉電機株式会社"), make.account("青葉電機株式会社")
    version = draft(marketer)
    pasting.paste(version, "青葉電機", by=marketer, now=NOW)
    lists.add_accounts(version, [make.account()], by=marketer, now=NOW)
    for signer in (Role.MARKETING_LEAD, Role.SALES_MANAGER):
        lists.sign(version, by=make.user(signer), now=NOW)
    for refused in (lambda: pasting.paste(version, "青葉電機", by=marketer, now=NOW),
                    lambda: pasting.take_in(version, by=marketer, now=NOW)):  # fmt: skip
        with pytest.raises(ListRefused, match="signed and cannot change"):
            refused()
    assert (TargetEntry.objects.count(), version.waiting.count()) == (1, 1)
    assert lists.start_next(version.list, by=marketer, now=NOW).waiting.count() == 1
