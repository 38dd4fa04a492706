"""Whom a name could mean that matches nobody: as the matcher says that knows everybody, from the names alone."""

import pytest

from accounts import finding, proposing
from accounts.enums import NameKind
from accounts.matching import NEW, judge
from accounts.names import company_key
from tests import make

pytestmark = pytest.mark.django_db
KNOWN = ("みどり電機工業株式会社", "みどり電機工事有限会社", "株式会社あさひ物流", "Toyo Motor Co., Ltd.", "青葉精機",
         "青葉精器", "株式会社北斗計算センター")  # fmt: skip
ASKED = ("みどり電気工業", "株式会社みどり電機工亊", "あさひ物産", "トウヨウモーター", "北斗計算センタ一",
         "未知", "名倉製薬", "")  # fmt: skip


def test_it_answers_as_judge_does_that_knows_everybody():
    for name in KNOWN:
        make.account(name)
    former = make.account("新しい名前")
    former.names.create(kind=NameKind.FORMER, name="名倉製薬所", key=company_key("名倉製薬所"))
    everybody = finding.everybody("pk")
    asked = [finding.candidate(name) for name in ASKED]
    expected = [[int(str(one.ref)) for one in judge(candidate, everybody).candidates] for candidate in asked]
    told = proposing.propose(asked)
    assert [[one.ref.pk for one in verdict.candidates] for verdict in told] == expected
    assert [(one.rule, one.score) for one in told] == [
        (verdict.rule, verdict.score) for verdict in (judge(candidate, everybody) for candidate in asked)]  # fmt: skip
    assert sum(map(bool, expected)) == 5


@pytest.mark.parametrize("number", [1, 3])
def test_it_takes_as_many_statements_for_three_as_for_one(django_assert_num_queries, number):
    for name in KNOWN:
        make.account(name)
    with django_assert_num_queries(7):
        proposing.propose([finding.candidate(name) for name in ASKED[:number]])


def test_nobody_asked_is_nobody_compared(django_assert_num_queries, monkeypatch):
    with django_assert_num_queries(0):
        assert proposing.propose([]) == []
        assert proposing.propose([finding.candidate("")]) == [NEW]


def test_only_so_many_are_compared_at_once(monkeypatch):
    make.account("みどり電機工業")
    monkeypatch.setattr(proposing, "MOST_ASKED", 1)
    first, second = proposing.propose([finding.candidate("みどり電気工業")] * 2)
    assert (len(first.candidates), second) == (1, NEW)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("青葉電器", ["青葉電機", "青葉電気"]), ("18銀行", []), ("ABHD", []), ("青葉器機", ["青葉電機"]),
     ("未知の会", [])],
)  # fmt: skip
def test_a_short_name_with_one_wrong_letter_is_proposed(typed, meant):
    for name in ("青葉電機", "青葉電気", "青葉物流", "16銀行", "ACHD"):
        make.account(name)
    (told,) = proposing.propose([finding.candidate(typed)])
    assert [one.ref.name for one in told.candidates] == meant
    assert (told.rule, told.score) == (("FUZZY", 75.0) if meant else (None, 0.0))
