"""How right is the matcher on our own data? Precision by rule, and recall, from the labels of one sample."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor

from funnel.statistics import Interval, wilson
from imports.enums import Label, Stratum
from imports.samples import SamplePair


@dataclass(frozen=True)
class Figure:
    """A rate with its 95 % interval; `n` labelled pairs it rests on. None without any."""

    rate: float | None
    interval: Interval | None
    n: int


@dataclass(frozen=True)
class RuleLine:
    """What one rule did: how many pairs it stands for, labels by kind, and how often it was right.

    `precision` is same / (same + different); of doubts it says how often the question was worth it, of near pairs how
    many links are missed. `recall` is which share of all true pairs the rule linked by itself; None for other strata
    and for persons.
    """

    persons: bool
    stratum: Stratum
    rule: str
    stands_for: float
    drawn: int
    same: int
    different: int
    unsure: int
    precision: Figure
    recall: Figure | None


@dataclass(frozen=True)
class Accuracy:
    """A sample's figures: by rule, and for everything linked by itself (companies)."""

    rules: list[RuleLine]
    precision: Figure
    recall: Figure
    drawn: int
    labelled: int


ORDER = {stratum: number for number, stratum in enumerate(Stratum)}


def read(pairs: Iterable[SamplePair]) -> Accuracy:
    """The figures of these pairs; those nobody has labelled count only as drawn."""
    found = list(pairs)
    groups: dict[tuple[bool, Stratum, str], list[SamplePair]] = {}
    for pair in found:
        groups.setdefault((pair.person_id is not None, Stratum(pair.stratum), pair.rule), []).append(pair)
    true = _true([pair for key, group in groups.items() if not key[0] for pair in _settled(group)])
    lines = [_line(key, group, true) for key, group in groups.items()]
    lines.sort(key=lambda line: (line.persons, ORDER[line.stratum], -line.stands_for, line.rule))
    linked = [pair for pair in found if pair.stratum == Stratum.LINKED]
    weights = _weights(linked)
    return Accuracy(lines, _share(weights, [(pair, weight) for pair, weight in weights if pair.label == Label.SAME]),
                    _share(true, [(pair, weight) for pair, weight in true if pair.stratum == Stratum.LINKED]),
                    len(found), sum(1 for pair in found if pair.label))  # fmt: skip


Weighted = list[tuple[SamplePair, float]]


def _settled(pairs: Iterable[SamplePair]) -> Weighted:
    """Same or different, each with what it stands for once the unsure and unlabelled are left out."""
    told = list(pairs)
    sure = [pair for pair in told if pair.label in (Label.SAME, Label.DIFFERENT)]
    scale = sum(pair.weight for pair in told) / sum(pair.weight for pair in sure) if sure else 0.0
    return [(pair, pair.weight * scale) for pair in sure]


def _weights(pairs: Iterable[SamplePair]) -> Weighted:
    """As `_settled`, rule by rule."""
    groups: dict[str, list[SamplePair]] = {}
    for pair in pairs:
        groups.setdefault(pair.rule, []).append(pair)
    return [one for group in groups.values() for one in _settled(group)]


def _true(settled: Weighted) -> Weighted:
    return [(pair, weight) for pair, weight in settled if pair.label == Label.SAME]


def _share(whole: Weighted, part: Weighted) -> Figure:
    """The weighted share, and Wilson's interval of it at the effective size of the sample.

    n_eff = (Σw)² ÷ Σw² (L. Kish, Survey Sampling (1965) § 11.7), rounded down. Without differing weights it is Wilson's
    own interval.
    """
    total = sum(weight for _pair, weight in whole)
    if not total:
        return Figure(None, None, 0)
    rate = sum(weight for _pair, weight in part) / total
    effective = max(1, floor(total**2 / sum(weight**2 for _pair, weight in whole) + 1e-9))
    return Figure(rate, wilson(round(rate * effective), effective), len(whole))


def _line(key: tuple[bool, Stratum, str], group: list[SamplePair], true: Weighted) -> RuleLine:
    persons, stratum, rule = key
    count = {label: sum(1 for pair in group if pair.label == label) for label in Label}
    same, sure = count[Label.SAME], count[Label.SAME] + count[Label.DIFFERENT]
    precision = Figure(same / sure if sure else None, wilson(same, sure), sure)
    mine = [(pair, weight) for pair, weight in true if (pair.stratum, pair.rule) == (stratum, rule)]
    recall = _share(true, mine) if stratum == Stratum.LINKED and not persons else None
    return RuleLine(persons, stratum, rule, sum(pair.weight for pair in group), len(group), same,
                    count[Label.DIFFERENT], count[Label.UNSURE], precision, recall)  # fmt: skip
