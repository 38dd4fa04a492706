"""A pasted list of names."""

import pytest

from accounts.names import company_key
from targets import pasting
from tests import make

pytestmark = pytest.mark.django_db


def test_legal_form_and_width_do_not_matter():
    account = make.account("ミナト精工株式会社")
    assert pasting.find("㈱ﾐﾅﾄ精工\n").found == [account]


def test_a_former_name_finds_its_account():
    account = make.account("北斗システム株式会社")
    account.names.create(kind="FORMER", name="北斗計算センター", key=company_key("北斗計算センター"))
    assert pasting.find("北斗計算センター").found == [account]


def test_doubts_are_asked_not_guessed():
    for _ in range(2):
        make.account("青葉電機株式会社")
    pasted = pasting.find("青葉電機\n未知の会社\n\n")
    assert (pasted.found, pasted.several, pasted.unknown) == ([], ["青葉電機"], ["未知の会社"])


def test_the_same_line_twice_is_one_account():
    make.account("青葉電機株式会社")
    assert len(pasting.find("青葉電機\n青葉電機\n").found) == 1


def test_two_queries_whatever_the_length(django_assert_num_queries):
    names = [make.account().name for _ in range(3)]
    with django_assert_num_queries(2):
        assert len(pasting.find("\n".join(names)).found) == 3


def test_two_spellings_of_one_company_are_one_account():
    account = make.account("青葉電機株式会社")
    assert pasting.find("青葉電機\n㈱青葉電機\n").found == [account]


def test_no_line_is_lost_however_many_there_are(monkeypatch):
    monkeypatch.setattr(pasting, "CHUNK", 2)
    accounts = [make.account(name) for name in ("青葉", "北斗", "港")]
    pasted = pasting.find("青葉\n未知\n北斗\n不明\n港")
    assert (pasted.found, pasted.unknown) == (accounts, ["未知", "不明"])


@pytest.mark.parametrize("text", ["", " \n\t\n", "\x00"])
def test_nothing_pasted_is_nothing_found(text, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert pasting.find(text) == pasting.Pasted()


def test_a_name_longer_than_a_key_finds_its_account():
    account = make.account()
    type(account).objects.update(name="青" * 255, key="青" * 255)
    assert pasting.find("青" * 300).found == [account]
