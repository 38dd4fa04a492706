"""A pasted list of names."""

import pytest

from accounts.models import Doubt
from accounts.names import company_key
from targets import lists, pasting
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db


def find(text):
    return pasting.find(text, now=NOW)


def companies(text):
    """Those found as a whole."""
    found = find(text).found
    assert all(department is None for _account, department in found)
    return [account for account, _department in found]


def asked(text):
    """Line → who it could mean, and by which rule."""
    return {one.text: ([known.ref for known in one.verdict.candidates], one.verdict.rule)
            for one in find(text).questions if one.verdict}  # fmt: skip


def draft(by):
    return lists.create(name="Wanted", by=by, now=NOW).versions.get()


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER)


def test_legal_form_and_width_do_not_matter():
    account = make.account("ミナト精工株式会社")
    assert companies("㈱ﾐﾅﾄ精工\n") == [account]


def test_a_former_name_finds_its_account():
    account = make.account("北斗システム株式会社")
    account.names.create(kind="FORMER", name="北斗計算センター", key=company_key("北斗計算センター"))
    assert companies("北斗計算センター") == [account]


def test_doubts_are_asked_not_guessed():
    for _ in range(2):
        make.account("青葉電機株式会社")
    pasted = find("青葉電機\n未知の会社\n\n")
    assert (pasted.found, [one.text for one in pasted.questions], pasted.unknown) == ([], ["青葉電機"], ["未知の会社"])
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
    assert companies("青葉電機\n㈱青葉電機\n") == [account]


def test_no_line_is_lost_however_many_there_are(monkeypatch):
    monkeypatch.setattr(pasting, "CHUNK", 2)
    accounts = [make.account(name) for name in ("青葉", "北斗", "港")]
    pasted = find("青葉\n未知\n北斗\n不明\n港")
    assert ([account for account, _at in pasted.found], pasted.unknown) == (accounts, ["未知", "不明"])


@pytest.mark.parametrize("text", ["", " \n\t\n", "\x00"])
def test_nothing_pasted_is_nothing_found(text, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find(text) == pasting.Pasted()


def test_a_name_longer_than_a_key_finds_its_account():
    account = make.account()
    type(account).objects.update(name="青" * 255, key="青" * 255)
    assert companies("青" * 300) == [account]


@pytest.mark.parametrize(
    ("name", "typed", "rule"),
    [("みどり電機工業株式会社", "みどり電気工業", "FUZZY"), ("Toyo Motor Co., Ltd.", "トーヨーモーター", "READING")],
)
def test_what_looks_or_sounds_like_a_company_is_proposed(name, typed, rule):
    meant = make.account(name)
    make.account("株式会社あさひ物流")
    assert asked(typed) == {typed: ([meant], rule)}
