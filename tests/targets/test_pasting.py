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
