"""What touches are worth at a moment. Pure; docs/decisions/0007 gives the reasons.

    E(t) = Σ pointsᵢ · f(person, day) · 2^(−(t − tᵢ)/h)        over inbound touches with tᵢ ≤ t
    pointsᵢ = minutesᵢ · w_kind · w_rank                        (the kind's own minutes where none were measured)
    f = min(1, cap / Σ points of that person at that account on that local day)

So a person's day counts at most `cap`, shared among its touches in proportion, and every touch fades from its own
moment. The order in which touches arrive does not matter. Touches without a person share one anonymous person per
department. Outbound touches count 0. There is no w_role: who is a key person changes with each list version, and
would make yesterday's score depend on today's list.

Kept forward (Cormode, Shkapenyuk, Srivastava, Xu: "Forward Decay", ICDE 2009): S = Σ pointsᵢ·f·2^((tᵢ − L)/h) against
a landmark L, read as S·2^(−(t − L)/h). A double holds 2^1023: with h = 14 d that is 38 years after L.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from scoring.enums import Decay

DAY = 86_400.0
INBOUND = "INBOUND"
UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of touch: points per minute, the minutes it stands for where none are known, and how it fades."""

    per_minute: float
    minutes: float
    decay: Decay


@dataclass(frozen=True, slots=True)
class Weights:
    """One version of the weights. `half_lives` in days; `cap` in points per person and day."""

    kinds: Mapping[str, Kind]
    ranks: Mapping[str, float]
    half_lives: Mapping[Decay, float]
    cap: float

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], *, cap: float) -> "Weights":
        """From a rule's row. Raises KeyError, TypeError or ValueError where it cannot be read."""
        return cls(
            kinds={
                name: Kind(float(k["per_minute"]), float(k["minutes"]), Decay(k["decay"]))
                for name, k in stored["kinds"].items()
            },
            ranks={name: float(weight) for name, weight in stored["ranks"].items()},
            half_lives={decay: float(stored["half_lives"][decay]) for decay in Decay},
            cap=cap,
        )

    def points(self, kind: str, minutes: float, direction: str, rank: str) -> float:
        """What one touch is worth on its day, before the cap."""
        known = self.kinds.get(kind)
        if known is None or direction != INBOUND:
            return 0.0
        return (minutes if minutes > 0 else known.minutes) * known.per_minute * self.ranks.get(rank, 1.0)

    def factor(self, decay: Decay, frm: datetime, to: datetime) -> float:
        """What is left at `to` of one point given at `frm`."""
        return 2.0 ** (-(to - frm).total_seconds() / DAY / self.half_lives[decay])


@dataclass(frozen=True, slots=True)
class Seen:
    """What the formula must know of one touch; `department` and `offering` say whose score it feeds."""

    id: int
    person: int | None
    department: int | None
    offering: int | None
    kind: str
    direction: str
    minutes: float
    rank: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One touch's share of a score: `points` of its day after the cap, and `value`, what is left of them."""

    touch: Seen
    points: float
    value: float


def parts(touches: Iterable[Seen], weights: Weights, *, at: datetime, zone: tzinfo) -> list[Part]:
    """The parts of one account's score at a moment, largest first; touches after it are left out."""
    raw = {t: weights.points(t.kind, t.minutes, t.direction, t.rank) for t in touches if t.at <= at}
    days: dict[Hashable, list[float]] = defaultdict(list)
    for touch, points in raw.items():
        days[_day(touch, zone)].append(points)
    shares = {day: min(1.0, weights.cap / total) for day, all_ in days.items() if (total := math.fsum(all_)) > 0}
    made = [_part(t, points * shares[_day(t, zone)], weights, at) for t, points in raw.items() if points > 0]
    return sorted(made, key=lambda part: (-part.value, part.touch.id))


def _day(touch: Seen, zone: tzinfo) -> Hashable:
    person = ("person", touch.person) if touch.person else ("nobody", touch.department)
    return *person, touch.at.astimezone(zone).date()


def _part(touch: Seen, points: float, weights: Weights, at: datetime) -> Part:
    return Part(touch, points, points * weights.factor(weights.kinds[touch.kind].decay, touch.at, at))


def total(of: Iterable[Part]) -> float:
    """Σ parts: the score."""
    return math.fsum(part.value for part in of)


def breadth(persons: int) -> float:
    """How widely a demand is carried: 1 + 0.25·log2(distinct persons). Shown beside the score, never in it."""
    return 1 + 0.25 * math.log2(persons) if persons > 1 else 1.0
