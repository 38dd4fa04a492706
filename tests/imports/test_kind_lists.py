"""Seminar lists, departments and contracts."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Contract, Department, Person
from engagement.models import Touch
from tests import make
from tests.imports.conftest import counts, refusals

pytestmark = pytest.mark.django_db
SEMINAR = [
    "セミナー名,開催日時,会社名,部署名,役職,氏名,メールアドレス,申込日時,参加状況,分",
    "DX入門,2026-10-01 14:00,みどり商事,設計部,部長,山田太郎,y@midori.test,2026-09-20 09:00,参加,45",
    "DX入門,2026-10-01 14:00,みどり商事,購買部,,川田花,k@midori.test,2026-09-21,欠席,",
    "DX入門,2030-10-01 14:00,みどり商事,,,先田,s@midori.test,2026-09-21,参加,",
]


def test_a_seminar_list_makes_touches_of_who_registered_and_who_came(twice):
    job = twice("seminars", SEMINAR)
    assert counts(job) == (2, 0, 0, 1)
    assert refusals(job) == [(4, "開催日時", "This lies in the future.")]
    told = Touch.objects.order_by("occurred_at", "id").values_list("kind", "person__name", "minutes")
    assert sorted(told) == [
        ("SEMINAR_ATTENDED", "山田太郎", 45),
        ("SEMINAR_REGISTERED", "山田太郎", 0),
        ("SEMINAR_REGISTERED", "川田花", 0),
    ]
    assert not Person.objects.filter(name="先田").exists()
    assert Touch.objects.get(kind="SEMINAR_ATTENDED").title == "DX入門"
    assert Person.objects.get(name="山田太郎").affiliations.get().title == "部長"


def test_who_came_after_all_is_one_touch_more(loaded):
    loaded("seminars", SEMINAR[:3])
    again = loaded("seminars", [line.replace("欠席", "○") for line in SEMINAR[:3]])
    assert counts(again) == (0, 1, 1, 0)
    assert Touch.objects.count() == 4


def test_departments_come_as_a_tree(twice):
    make.account("みどり商事")
    job = twice(
        "departments",
        [
            "会社名,部署名,上位部署,職能",
            "みどり商事,開発部,技術本部,RESEARCH",
            "みどり商事,第一課,開発部,",
            "あおば,x,,",
        ],
    )
    assert counts(job) == (2, 0, 0, 1)
    first = Department.objects.get(name="第一課")
    assert (first.parent.name, first.parent.parent.name, first.parent.function) == ("開発部", "技術本部", "RESEARCH")


def test_a_department_never_stands_above_itself(loaded):
    make.account("みどり商事")
    job = loaded("departments", ["会社名,部署名,上位部署", "みどり商事,開発部,開発部"])
    assert refusals(job) == [(2, "上位部署", "A department cannot stand above itself.")]


def test_contracts_come_once_and_end_when_told(twice, loaded):
    account, offering = make.account("みどり商事"), make.offering("GTX")
    head = "契約ID,会社名,商品名,契約金額,契約開始日,契約終了日"
    job = twice(
        "contracts",
        [
            head,
            "1,みどり商事,GTX,1000,2025-04-01,",
            "1,みどり商事,GTX,1000,2025-04-01,",
            "2,みどり商事,なし,1,2025-04-01,",
        ],
    )
    assert counts(job) == (1, 0, 1, 1)
    contract = Contract.objects.get()
    assert (contract.account, contract.offering, contract.amount) == (account, offering, Decimal(1000))
    account.refresh_from_db()
    assert account.relation == "CUSTOMER"
    ended = loaded("contracts", [head, "1,みどり商事,GTX,1200,2025-04-01,2026-03-31"])
    assert counts(ended) == (0, 1, 0, 0)
    contract.refresh_from_db()
    assert (contract.ended_on, contract.amount) == (date(2026, 3, 31), Decimal(1200))


@pytest.mark.parametrize(
    ("row", "column"),
    [("-1,2025-04-01,", "契約金額"), ("1,2025-04-01,2025-03-01", "契約終了日")],
)
def test_a_contract_that_cannot_be_is_refused(loaded, row, column):
    make.account("みどり商事"), make.offering("GTX")
    job = loaded("contracts", ["会社名,商品名,契約金額,契約開始日,契約終了日", f"みどり商事,GTX,{row}"])
    assert [refusal[1] for refusal in refusals(job)] == [column]
    assert not Contract.objects.exists()
