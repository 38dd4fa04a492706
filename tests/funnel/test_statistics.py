"""The formulas, against the numbers of docs/metrics.md, textbook values and an independent implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from funnel.statistics import (
    difference_test,
    fisher_exact_p,
    kaplan_meier,
    kitagawa,
    shapley_two,
    shrink,
    two_proportion_p,
    wilson,
)  # fmt: skip

MATURED = 1000
ACCEPTED = (620, 930)
IN_PIPELINE = (400, 650)
MIX_ONLY = (
    {"on-list": (323, 340), "off-list": (297, 660)},
    {"on-list": (912, 960), "off-list": (18, 40)},
)


def percent(value):
    return round(value * 100, 1)


@st.composite
def part_of_whole(draw, at_least=0):
    n = draw(st.integers(at_least, 60))
    return draw(st.integers(0, n)), n


segments = st.dictionaries(st.sampled_from("abcd"), part_of_whole(), max_size=4)


def test_golden_case_rates_and_gains():
    sal = [k / MATURED for k in ACCEPTED]
    pipeline = [k / MATURED for k in IN_PIPELINE]
    assert [percent(rate) for rate in sal] == [62.0, 93.0]
    assert percent(sal[1] - sal[0]) == 31.0
    assert [percent(rate) for rate in pipeline] == [40.0, 65.0]
    assert percent(pipeline[1] - pipeline[0]) == 25.0


def test_golden_case_pipeline_per_sal():
    assert [percent(k / n) for k, n in zip(IN_PIPELINE, ACCEPTED, strict=True)] == [64.5, 69.9]


@pytest.mark.parametrize(("k", "low", "high"), [(620, 59.0, 65.0), (930, 91.2, 94.4)])
def test_golden_case_wilson_intervals(k, low, high):
    interval = wilson(k, MATURED)
    assert (percent(interval.low), percent(interval.high)) == (low, high)


def test_golden_case_shapley_split():
    split = shapley_two(0.62, 400 / 620, 0.93, 650 / 930)
    assert (percent(split.first), percent(split.second)) == (20.8, 4.2)
    assert percent(split.first + split.second) == 25.0


def test_mix_only_case_makes_the_same_jump_with_no_change_of_behaviour():
    split = kitagawa(*MIX_ONLY)
    assert [sum(k for k, _ in year.values()) for year in MIX_ONLY] == list(ACCEPTED)
    assert split.behaviour == 0
    assert split.mix == 0.31


def test_behaviour_only_case_has_no_mix():
    split = kitagawa({"a": (50, 100), "b": (10, 100)}, {"a": (80, 100), "b": (10, 100)})
    assert split.mix == 0
    assert split.behaviour == 0.15


def test_a_segment_that_is_new_is_all_mix():
    split = kitagawa({"old": (5, 10)}, {"old": (5, 10), "new": (10, 10)})
    assert (split.mix, split.behaviour) == (0.25, 0.0)


def test_nothing_is_split_where_one_year_is_empty():
    assert kitagawa({}, {"a": (1, 2)}) == (0.0, 0.0)


@given(segments, segments)
def test_mix_and_behaviour_add_up_to_the_change(before, after):
    n0, n1 = (sum(n for _, n in side.values()) for side in (before, after))
    if n0 and n1:
        change = sum(k for k, _ in after.values()) / n1 - sum(k for k, _ in before.values()) / n0
        assert sum(kitagawa(before, after)) == pytest.approx(change, abs=1e-12)


@given(*[st.floats(0, 1)] * 4)
def test_shapley_parts_add_up_to_the_change(s0, c0, s1, c1):
    assert sum(shapley_two(s0, c0, s1, c1)) == pytest.approx(s1 * c1 - s0 * c0, abs=1e-12)


def test_no_observations_have_no_interval():
    assert wilson(0, 0) is None


@given(part_of_whole(at_least=1))
def test_wilson_is_the_score_interval(part):
    k, n = part
    theirs = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5)])
def test_a_part_greater_than_its_whole_is_refused(k, n):
    with pytest.raises(ValueError, match="not a part"):
        wilson(k, n)


@given(part_of_whole(at_least=1), part_of_whole(at_least=1))
def test_two_proportion_test_is_the_chi_square_test(a, b):
    (k0, n0), (k1, n1) = a, b
    ours = two_proportion_p(k0, n0, k1, n1)
    if k0 + k1 in (0, n0 + n1):
        assert ours == 1.0
    else:
        table = [[k0, n0 - k0], [k1, n1 - k1]]
        assert ours == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, abs=1e-9)


@given(part_of_whole(), part_of_whole())
def test_fisher_test_agrees_with_an_independent_one(a, b):
    (k0, n0), (k1, n1) = a, b
    theirs = stats.fisher_exact([[k0, n0 - k0], [k1, n1 - k1]]).pvalue
    assert fisher_exact_p(k0, n0, k1, n1) == pytest.approx(theirs, abs=1e-9)


def test_fisher_test_of_a_few_against_many():
    assert fisher_exact_p(1, 8, 900, 2000) == pytest.approx(stats.fisher_exact([[1, 7], [900, 1100]]).pvalue, abs=1e-9)


@pytest.mark.parametrize(("n0", "n1", "name"), [(39, 1000, "fisher"), (1000, 39, "fisher"), (40, 40, "two_proportion")])
def test_small_cohorts_are_tested_exactly(n0, n1, name):
    assert difference_test(10, n0, 20, n1).name == name


def test_the_golden_gain_is_no_accident():
    assert difference_test(620, 1000, 930, 1000).p < 1e-50


def test_shrinking_draws_a_small_group_to_its_team():
    assert shrink(1, 1, 0.5) == 11 / 21
    assert shrink(0, 0, 0.5) == 0.5
    assert shrink(900, 1000, 0.5) == 910 / 1020


def test_the_kaplan_meier_median_counts_who_still_waits():
    assert kaplan_meier({1: 1, 2: 1, 3: 1, 4: 1}, [], 0.5) == 2
    assert kaplan_meier({1: 1, 2: 1}, [5, 5], 0.5) == 2
    assert kaplan_meier({1: 1}, [5, 5], 0.5) is None
    assert kaplan_meier({}, [5], 0.5) is None


def test_who_left_before_an_event_was_not_at_risk_then():
    assert (
        kaplan_meier(
            {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}, [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], 0.5
        )
        == 23
    )  # Freireich 1963, 6-MP
