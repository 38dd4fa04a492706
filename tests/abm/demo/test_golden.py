"""The golden cases, by SQL and by the metrics, to the decimal."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Count, F, Q

from abm.demo.build import build
from abm.demo.wipe import wipe
from funnel import comparison, invariants, metrics
from funnel.enums import Outcome
from funnel.measures import Terms
from funnel.models import Lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
JUMP, MIX = "golden-62-93", "golden-mix-only"
FIRST, SECOND = 2024, 2025
MONTH = timedelta(days=30)


def counts(code: str, year: int, **only: Any) -> dict[str, int]:
    inside = Q(handed_over_at__date__gte=date(year, 4, 1), handed_over_at__date__lte=date(year + 1, 3, 31))
    leads = Lead.objects.filter(inside, source__code=code, **only)
    within = Q(pipeline_at__lte=F("handed_over_at") + MONTH)
    return leads.aggregate(
        matured=Count("pk"),
        accepted=Count("pk", filter=Q(first_outcome=Outcome.ACCEPTED, accepted_at__lte=F("due_at"))),
        rejected=Count("pk", filter=Q(first_outcome=Outcome.REJECTED)),
        ignored=Count("pk", filter=Q(first_outcome=Outcome.IGNORED)),
        pipeline=Count("pk", filter=within),
    )


def compared(key: str, code: str, as_of: datetime, year: int = SECOND) -> Any:
    (row,) = metrics.evaluate(
        [key], date_from=date(year, 4, 1), date_to=date(year + 1, 3, 31), as_of=as_of, filters={"source": code},
        compare=metrics.PREVIOUS_YEAR,
    )  # fmt: skip
    return row


def parts(key: str, code: str, as_of: datetime) -> Any:
    terms = Terms(as_of=as_of, start=date(SECOND, 4, 1), to=date(SECOND + 1, 3, 31), filters={"source": code})
    return comparison.parts(metrics.get(key), terms, None)


def test_the_first_case_has_exactly_the_counts_of_the_book() -> None:
    assert counts(JUMP, FIRST) == {"matured": 1000, "accepted": 620, "rejected": 110, "ignored": 270, "pipeline": 400}
    assert counts(JUMP, SECOND) == {"matured": 1000, "accepted": 930, "rejected": 50, "ignored": 20, "pipeline": 650}


def test_the_mix_case_has_constant_rates_in_both_segments() -> None:
    on, off = {"on_list": True}, {"on_list": False}
    assert counts(MIX, FIRST, **on) == {"matured": 340, "accepted": 323, "rejected": 17, "ignored": 0, "pipeline": 221}
    assert counts(MIX, SECOND, **on) == {"matured": 960, "accepted": 912, "rejected": 48, "ignored": 0, "pipeline": 624}
    assert counts(MIX, FIRST, **off) == {
        "matured": 660,
        "accepted": 297,
        "rejected": 99,
        "ignored": 264,
        "pipeline": 165,
    }
    assert counts(MIX, SECOND, **off) == {"matured": 40, "accepted": 18, "rejected": 6, "ignored": 16, "pipeline": 10}


def test_62_becomes_93_and_40_becomes_65(company: datetime) -> None:
    sal, pipeline = compared("sal_rate", JUMP, company), compared("pipeline_per_mql", JUMP, company)
    assert (sal.before.value, sal.value) == (0.62, 0.93)
    assert (pipeline.before.value, pipeline.value) == (0.4, 0.65)
    assert round(100 * sal.difference, 1) == 31.0
    assert round(100 * pipeline.difference, 1) == 25.0
    assert sal.before.denominator == sal.denominator == 1000


def test_pipeline_per_sal_rises_from_64_5_to_69_9(company: datetime) -> None:
    row = compared("pipeline_per_sal", JUMP, company)
    assert (round(100 * row.before.value, 1), round(100 * row.value, 1)) == (64.5, 69.9)


def test_wilson_intervals_are_those_of_the_book(company: datetime) -> None:
    row = compared("sal_rate", JUMP, company)
    assert [round(100 * bound, 1) for bound in row.before.interval] == [59.0, 65.0]
    assert [round(100 * bound, 1) for bound in row.interval] == [91.2, 94.4]


def test_shapley_gives_sal_20_8_and_conversion_4_2(company: datetime) -> None:
    shapley = parts("pipeline_per_mql", JUMP, company).shapley
    assert (round(100 * shapley.first, 1), round(100 * shapley.second, 1)) == (20.8, 4.2)


def test_the_first_case_is_all_behaviour(company: datetime) -> None:
    split = parts("sal_rate", JUMP, company).split
    assert (round(100 * split.mix, 1), round(100 * split.behaviour, 1)) == (0.0, 31.0)


@pytest.mark.parametrize(("key", "jump"), [("sal_rate", 31.0), ("pipeline_per_mql", 24.8)])
def test_the_mix_case_is_all_mix(company: datetime, key: str, jump: float) -> None:
    split = parts(key, MIX, company).split
    assert abs(split.behaviour) < 1e-12
    assert round(100 * split.mix, 1) == jump


def test_the_cases_stand_apart_from_the_companys_own_figures(company: datetime) -> None:
    (row,) = metrics.evaluate(["leads_matured"], as_of=company)
    own = Lead.objects.without_samples().filter(handed_over_at__isnull=False)
    assert row.value <= own.count()


@pytest.mark.parametrize("now", ["2027-04-01T08:00", "2027-03-31T23:30"])
def test_the_cases_are_whole_on_the_edges_of_a_fiscal_year(now: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    second = 2026 if moment.month == 4 else 2025
    wipe()
    build(now=moment, scale=0.02)
    row = compared("sal_rate", JUMP, moment, second)
    assert (row.before.denominator, row.denominator) == (1000, 1000)
    assert (row.before.value, row.value) == (0.62, 0.93)
    assert list(invariants.check(now=moment)) == []
