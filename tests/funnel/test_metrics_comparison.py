"""This year against last: the golden cases to the decimal, equal maturity, and what a difference is made of."""

from datetime import UTC, date, datetime, timedelta

import pytest

from funnel import metrics
from funnel.comparison import two_years
from funnel.measures import Terms
from tests import make
from tests.funnel.cohort_rows import deal, lead, leads

pytestmark = pytest.mark.django_db
LAST, THIS = datetime(2024, 10, 1, 1, 0, tzinfo=UTC), datetime(2025, 10, 1, 1, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
FISCAL_2025 = {"date_from": date(2025, 4, 1), "date_to": date(2026, 3, 31), "as_of": AS_OF}


def year(at, accepted, in_pipeline, of=1000, **fields):
    leads(in_pipeline, at=at, accepted_at=1, pipeline_at=10, **fields)
    leads(accepted - in_pipeline, at=at, accepted_at=1, **fields)
    leads(of - accepted, at=at, **fields)


def compared(key, **terms):
    [row] = metrics.evaluate([key], compare=metrics.PREVIOUS_YEAR, **{**FISCAL_2025, **terms})
    return row


def percent(value):
    return round(value * 100, 1)


@pytest.fixture
def golden():
    """1,000 matured MQL a year: 620 → 930 accepted, 400 → 650 in the pipeline."""
    source = make.source("golden", is_sample=True)
    year(LAST, 620, 400, source=source)
    year(THIS, 930, 650, source=source)


@pytest.fixture
def mix_only():
    """On-list share 34 % → 96 %, at 95 % on the list and 45 % off it in both years."""
    for at, on_list in ((LAST, 340), (THIS, 960)):
        on, off = on_list * 95 // 100, (1000 - on_list) * 45 // 100
        year(at, on, 0, on_list, source=make.source("mix", is_sample=True), on_list=True)
        year(at, off, 0, 1000 - on_list, source=make.source("mix"), on_list=False)


@pytest.mark.usefixtures("golden")
def test_golden_case_rates():
    found = {}
    for key in ("sal_rate", "pipeline_per_mql", "pipeline_per_sal"):
        row = compared(key, filters={"source": "golden"})
        found[key] = [percent(row.before.value), percent(row.value), percent(row.difference)]
    assert found == {
        "sal_rate": [62.0, 93.0, 31.0],
        "pipeline_per_mql": [40.0, 65.0, 25.0],
        "pipeline_per_sal": [64.5, 69.9, 5.4],
    }


@pytest.mark.usefixtures("golden")
def test_golden_case_intervals_and_test():
    row = compared("sal_rate", filters={"source": "golden"})
    assert [percent(side) for side in (*row.before.interval, *row.interval)] == [59.0, 65.0, 91.2, 94.4]
    assert (row.test.name, row.is_small) == ("two_proportion", False)
    assert row.test.p < 1e-50


@pytest.mark.usefixtures("golden")
def test_golden_case_is_all_behaviour_and_its_pipeline_gain_is_shared_out():
    of_sal = metrics.explain("sal_rate", filters={"source": "golden"}, **FISCAL_2025)
    assert (of_sal.split.mix, percent(of_sal.split.behaviour)) == (0.0, 31.0)
    of_pipeline = metrics.explain("pipeline_per_mql", filters={"source": "golden"}, **FISCAL_2025)
    assert [percent(part) for part in of_pipeline.shapley] == [20.8, 4.2]


@pytest.mark.usefixtures("mix_only")
def test_mix_only_case_is_the_same_jump_without_any_change_of_behaviour():
    row = compared("sal_rate", filters={"source": "mix"})
    assert [percent(row.before.value), percent(row.value), percent(row.difference)] == [62.0, 93.0, 31.0]
    made_of = metrics.explain("sal_rate", filters={"source": "mix"}, **FISCAL_2025)
    assert (percent(made_of.split.mix), made_of.split.behaviour, made_of.shapley) == (31.0, 0.0, None)


@pytest.mark.usefixtures("golden")
def test_samples_stay_out_of_an_unfiltered_comparison():
    row = compared("sal_rate")
    assert (row.denominator, row.before.denominator, row.difference, row.test) == (0, 0, None, None)


def test_nothing_can_be_explained_without_both_years():
    lead(at=THIS)
    assert metrics.explain("sal_rate", **FISCAL_2025) is None
    assert metrics.explain("won_value", **FISCAL_2025) is None


def test_both_years_are_cut_at_the_same_age():
    lead(at=LAST, accepted_at=20)
    lead(at=THIS, accepted_at=20)
    early = compared("sal_rate", as_of=THIS + timedelta(days=19))
    assert (early.numerator, early.before.numerator, early.denominator, early.before.denominator) == (0, 0, 1, 1)
    later = compared("sal_rate", as_of=THIS + timedelta(days=20))
    assert (later.numerator, later.before.numerator) == (1, 1)


def test_last_year_is_cut_after_as_many_fiscal_days():
    for at in (LAST, LAST + timedelta(days=1), THIS):
        lead(at=at)
    row = compared("leads_handed_over", as_of=THIS, date_to=None)
    assert (row.value, row.before.value) == (1, 1)


def test_without_a_period_it_is_the_fiscal_year_so_far():
    before, this = two_years(Terms(as_of=datetime(2026, 11, 21, 15, 0, tzinfo=UTC)))
    assert (this.start, this.to) == (date(2026, 4, 1), date(2026, 11, 22))
    assert (before.start, before.to) == (date(2025, 4, 1), date(2025, 11, 22))
    assert this.as_of - before.as_of == timedelta(days=365)


def test_the_leap_day_has_no_counterpart():
    before, this = two_years(Terms(as_of=AS_OF, start=date(2023, 4, 1), to=date(2024, 3, 31)))
    assert (this.start, this.to) == (date(2023, 4, 1), date(2024, 3, 30))
    assert (before.start, before.to) == (date(2022, 4, 1), date(2023, 3, 31))


def test_after_a_leap_year_as_many_days_are_compared():
    before, this = two_years(Terms(as_of=AS_OF, start=date(2024, 4, 1), to=date(2025, 3, 31)))
    assert (this.start, this.to) == (date(2024, 4, 1), date(2025, 3, 31))
    assert (before.start, before.to) == (date(2023, 4, 1), date(2024, 3, 30))


def test_periods_are_compared_with_the_same_period_a_year_before():
    for at in (LAST, LAST + timedelta(days=40), THIS, THIS, THIS + timedelta(days=80)):
        lead(at=at)
    rows = metrics.evaluate(["leads_matured"], by=["month"], compare=metrics.PREVIOUS_YEAR, **FISCAL_2025)
    found = {row.slice["month"]: (row.value, row.before.value if row.before else None) for row in rows}
    assert found == {"2025-10": (2, 1), "2025-12": (1, None), "2025-11": (0, 1)}


def test_a_slice_that_only_last_year_had_is_shown_empty():
    lead(at=LAST, source=make.source("fair"), accepted_at=1)
    lead(at=THIS, source=make.source("web"))
    fair, web = sorted(
        metrics.evaluate(["sal_rate"], by=["source"], compare=metrics.PREVIOUS_YEAR, **FISCAL_2025),
        key=lambda row: row.slice["source"],
    )
    assert (fair.value, fair.denominator, fair.before.value, fair.labels) == (None, 0, 1.0, {"source": "FAIR"})
    assert (web.value, web.before) == (0.0, None)


def test_a_small_cohort_is_tested_exactly_and_said_to_be_small():
    year(LAST, 10, 0, of=39)
    year(THIS, 50, 0, of=100)
    row = compared("sal_rate")
    assert (row.test.name, row.is_small) == ("fisher", True)


def test_money_is_compared_within_its_currency():
    deal("WON", "100", closed_on=date(2024, 5, 1))
    deal("WON", "250", closed_on=date(2025, 5, 1))
    deal("WON", "7", closed_on=date(2025, 5, 1), currency="USD")
    rows = metrics.evaluate(["won_value"], compare=metrics.PREVIOUS_YEAR, **FISCAL_2025)
    assert [(row.currency, row.value, row.difference) for row in rows] == [("JPY", 250, 150), ("USD", 7, None)]
