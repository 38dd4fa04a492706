"""Comparing people fairly: rates drawn to the team's, and no ranking on few cases. Pure."""

from collections.abc import Hashable, Mapping
from typing import NamedTuple, TypeVar

from funnel.statistics import shrink

WEIGHT = 20
"""m: the team's rate counts as much as so many deliveries of one's own."""
RANKED_FROM = 20
"""Under so many deliveries nobody is ranked."""
K = TypeVar("K", bound=Hashable)


class Tally(NamedTuple):
    """k out of n, among colleagues who did so `prior` of the time (None where there are none to compare with)."""

    k: int
    n: int
    prior: float | None


class Standing(NamedTuple):
    """A shrunken rate, and its place among those with enough deliveries: 1 is the best, equals share a place."""

    rate: float | None
    place: int | None


def standings(tallies: Mapping[K, Tally]) -> dict[K, Standing]:
    """Everybody's standing; the higher the rate the better the place."""
    rates = {key: _rate(tally) for key, tally in tallies.items()}
    ranked = {key: rate for key, rate in rates.items() if rate is not None and tallies[key].n >= RANKED_FROM}
    places = {key: 1 + sum(other > rate for other in ranked.values()) for key, rate in ranked.items()}
    return {key: Standing(rate, places.get(key)) for key, rate in rates.items()}


def _rate(tally: Tally) -> float | None:
    return None if tally.prior is None else shrink(tally.k, tally.n, tally.prior, WEIGHT)
