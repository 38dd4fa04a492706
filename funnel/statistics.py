"""Statistics behind the rates: pure functions, standard library only, each with its formula and source.

A count `k` out of `n` is always given as integers; rates and probabilities are fractions of 1, never percent.
"""

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from math import comb, erfc, exp, lgamma, log, sqrt
from typing import NamedTuple

Z95 = 1.959963984540054
"""The standard normal's 97.5 % point, so that ± covers 95 %."""
ROUNDING = 1e-9
SMALL_N = 40
"""Under this many in either cohort the normal approximation is not trusted: Fisher's exact test is used."""


class Interval(NamedTuple):
    """A 95 % interval of a rate."""

    low: float
    high: float


class RateTest(NamedTuple):
    """A two-sided test that two rates are the same; `name` is `fisher` or `two_proportion`."""

    name: str
    p: float


class Split(NamedTuple):
    """A difference of two rates, split into who was counted (mix) and how they fared (behaviour)."""

    mix: float
    behaviour: float


class Shapley(NamedTuple):
    """A difference of a product of two factors, shared out between the factors."""

    first: float
    second: float


def wilson(k: int, n: int) -> Interval | None:
    """The 95 % score interval of k out of n, None without observations.

    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n). E. B. Wilson, JASA 22 (1927) 209–212.
    """
    _check(k, n)
    if n == 0:
        return None
    p, z2 = k / n, Z95 * Z95
    centre, spread = p + z2 / (2 * n), Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def two_proportion_p(k0: int, n0: int, k1: int, n1: int) -> float:
    """The two-sided p-value of "both rates are equal" by the pooled z test (without continuity correction).

    z = (p₁−p₀) ÷ √(p(1−p)(1/n₀+1/n₁)) with p = (k₀+k₁)/(n₀+n₁). Fleiss, Statistical Methods for Rates
    and Proportions, ch. 2. Two rates that cannot differ (all or none succeeded) have p = 1.
    """
    _check(k0, n0)
    _check(k1, n1)
    if not n0 or not n1 or k0 + k1 in (0, n0 + n1):
        return 1.0
    pooled = (k0 + k1) / (n0 + n1)
    z = (k1 / n1 - k0 / n0) / sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1))
    return erfc(abs(z) / sqrt(2))


def fisher_exact_p(k0: int, n0: int, k1: int, n1: int) -> float:
    """The two-sided p-value of "both rates are equal" by Fisher's exact test.

    The sum of the hypergeometric probabilities of all tables with the same margins that are at most as
    probable as the observed one. R. A. Fisher, J. R. Stat. Soc. 85 (1922) 87–94.
    """
    _check(k0, n0)
    _check(k1, n1)
    successes, total = k0 + k1, n0 + n1
    possible = range(max(0, successes - n1), min(successes, n0) + 1)
    logs = {x: _log_comb(n0, x) + _log_comb(n1, successes - x) - _log_comb(total, successes) for x in possible}
    as_rare = (value for value in logs.values() if value <= logs[k0] + 1e-7)
    return min(1.0, sum(exp(value) for value in as_rare))


def difference_test(k0: int, n0: int, k1: int, n1: int) -> RateTest:
    """Fisher's exact test when either cohort is smaller than `SMALL_N`, else the two-proportion test."""
    if min(n0, n1) < SMALL_N:
        return RateTest("fisher", fisher_exact_p(k0, n0, k1, n1))
    return RateTest("two_proportion", two_proportion_p(k0, n0, k1, n1))


def kitagawa(before: Mapping[Hashable, tuple[int, int]], after: Mapping[Hashable, tuple[int, int]]) -> Split:
    """Split the change of a rate over segments, each given as (k, n); mix + behaviour = the change, exactly.

    mix = Σ (w₁−w₀)(r₀+r₁)/2, behaviour = Σ (r₁−r₀)(w₀+w₁)/2, w a segment's share of n and r its rate.
    E. M. Kitagawa, JASA 50 (1955) 1168–1194. A segment empty on one side has no change of its own:
    its rate is taken to be the other side's, so that its coming or going is all mix.
    """
    total0, total1 = (sum(n for _, n in side.values()) for side in (before, after))
    if not total0 or not total1:
        return Split(0.0, 0.0)
    mix = behaviour = Fraction(0)
    for segment in before.keys() | after.keys():
        (k0, n0), (k1, n1) = before.get(segment, (0, 0)), after.get(segment, (0, 0))
        r0, r1 = _rates(k0, n0, k1, n1)
        w0, w1 = Fraction(n0, total0), Fraction(n1, total1)
        mix += (w1 - w0) * (r0 + r1) / 2
        behaviour += (r1 - r0) * (w0 + w1) / 2
    return Split(float(mix), float(behaviour))


def shapley_two(s0: float, c0: float, s1: float, c1: float) -> Shapley:
    """Share out the change of s·c between its factors; both parts together are s₁c₁ − s₀c₀.

    first = (s₁−s₀)(c₀+c₁)/2, second = (c₁−c₀)(s₀+s₁)/2. L. S. Shapley, A Value for n-Person Games (1953):
    each factor's part is its mean effect over both orders of changing.
    """
    return Shapley((s1 - s0) * (c0 + c1) / 2, (c1 - c0) * (s0 + s1) / 2)


def shrink(k: int, n: int, prior: float, m: int = 20) -> float:
    """A small group's rate, drawn to `prior` (its team's rate) as if by m further observations.

    (k + m·prior) ÷ (n + m). B. Cestnik, Estimating Probabilities, ECAI 1990 (the m-estimate).
    """
    _check(k, n)
    return (k + m * prior) / (n + m) if n + m else prior


def kaplan_meier(events: Mapping[float, int], censored: Iterable[float], share: float) -> float | None:
    """The time by which `share` of a group have had their event, those who still wait counted while they were watched.

    The first t with S(t) = Π (1 − dᵢ/nᵢ) ≤ 1 − share, nᵢ still waiting before tᵢ; None where the curve does not come
    down so far. `events`: time → how many. E. L. Kaplan, P. Meier, JASA 53 (1958) 457–481.
    """
    lost = sorted(censored)
    waiting, gone, survival = sum(events.values()) + len(lost), 0, 1.0
    for time in sorted(events):
        while gone < len(lost) and lost[gone] < time:
            gone, waiting = gone + 1, waiting - 1
        survival *= 1 - events[time] / waiting
        waiting -= events[time]
        if survival <= 1 - share + ROUNDING:
            return time
    return None


def _rates(k0: int, n0: int, k1: int, n1: int) -> tuple[Fraction, Fraction]:
    """Both rates, an empty side taking the other's."""
    if not n0 and not n1:
        return Fraction(0), Fraction(0)
    r0 = Fraction(k0, n0) if n0 else Fraction(k1, n1)
    return r0, Fraction(k1, n1) if n1 else r0


def _log_comb(n: int, k: int) -> float:
    """ln of n over k; by the gamma function where the exact integer would be huge."""
    if n <= 1000:
        return log(comb(n, k))
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _check(k: int, n: int) -> None:
    """Refuse counts that are no part of a whole.

    Raises:
        ValueError: when not 0 ≤ k ≤ n.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} out of {n} is not a part of a whole")
