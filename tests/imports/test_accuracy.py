"""Precision and recall out of labels: exact figures, weights and intervals. Pure arithmetic on unsaved rows."""

import pytest

from funnel.statistics import wilson
from imports import accuracy
from imports.samples import SamplePair


def pairs(stratum: str, rule: str, labels: str, weight: float = 1.0) -> list[SamplePair]:
    """A pair per letter: s(ame), d(ifferent), u(nsure), - (nobody said)."""
    words = {"s": "SAME", "d": "DIFFERENT", "u": "UNSURE", "-": ""}
    return [SamplePair(stratum=stratum, rule=rule, label=words[one], weight=weight) for one in labels]


def test_precision_is_same_of_same_and_different():
    (line,) = accuracy.read(pairs("LINKED", "COMPANY_KEY", "sssdu-")).rules
    assert (line.same, line.different, line.unsure, line.drawn) == (3, 1, 1, 6)
    assert (line.precision.rate, line.precision.interval, line.precision.n) == (0.75, wilson(3, 4), 4)


def test_recall_is_what_rules_link_of_all_true_pairs_each_by_what_it_stands_for():
    sample = (
        pairs("LINKED", "COMPANY_KEY", "ss", 30) + pairs("DOUBT", "FUZZY", "sd", 10) + pairs("NEAR", "", "sddd", 10)
    )
    found = accuracy.read(sample)
    assert found.recall.rate == pytest.approx(60 / (60 + 10 + 10))
    assert [line.recall and line.recall.rate for line in found.rules] == [pytest.approx(0.75), None, None]
    assert found.recall.n == 4
    assert found.recall.interval == wilson(2, 3)  # n_eff = 80² ÷ (2·30² + 2·10²) = 3.2


def test_the_unsure_and_unlabelled_are_stood_for_by_the_others():
    found = accuracy.read(pairs("LINKED", "COMPANY_KEY", "s-u-", 5) + pairs("NEAR", "", "s", 20))
    assert found.recall.rate == pytest.approx(20 / 40)


def test_equal_weights_give_wilsons_own_interval():
    found = accuracy.read(pairs("LINKED", "COMPANY_KEY", "sss") + pairs("DOUBT", "FUZZY", "s"))
    assert found.recall.interval == wilson(3, 4)
    assert found.precision.interval == wilson(3, 3)


def test_without_labels_nothing_is_claimed():
    found = accuracy.read(pairs("LINKED", "COMPANY_KEY", "--"))
    assert (found.precision.rate, found.recall.rate, found.recall.interval, found.labelled) == (None, None, None, 0)


def test_persons_have_a_line_of_their_own_and_no_part_in_recall():
    asked = pairs("DOUBT", "TOGETHER", "sd")
    for pair in asked:
        pair.person_id = 1
    found = accuracy.read(asked + pairs("LINKED", "COMPANY_KEY", "s"))
    assert [(line.persons, line.precision.rate) for line in found.rules] == [(False, 1.0), (True, 0.5)]
    assert found.recall.rate == 1.0
