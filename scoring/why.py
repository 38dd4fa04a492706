"""Why a score is what it is, at any moment, touch by touch; and what would raise it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Affiliation
from engagement.models import Touch
from scoring import formula
from scoring.formula import Part, Seen, Weights
from scoring.models import ScoringRule

ANY = object()
"""A department or an offering that may be whatever it is (None means: unknown)."""
SHOWN = 20
RAISING_KIND = "SEMINAR_ATTENDED"


@dataclass(frozen=True, slots=True)
class Why:
    """A score at a moment. `value` is Σ of the parts' values, exactly; `breadth` stands beside it."""

    at: datetime
    rule: ScoringRule
    value: float
    parts: list[Part]
    persons: int
    breadth: float

    @property
    def is_over(self) -> bool:
        """Whether the threshold is reached."""
        return self.value >= self.rule.line

    def as_json(self) -> dict[str, Any]:
        """What a lead keeps of it: the strongest parts with their touches' ids, the others as one sum."""
        rest = self.parts[SHOWN:]
        return {
            "rule_version": self.rule.version,
            "threshold": self.rule.threshold,
            "at": self.at.isoformat(),
            "value": self.value,
            "persons": self.persons,
            "breadth": self.breadth,
            "parts": [_part_json(part) for part in self.parts[:SHOWN]],
            "rest": {"touches": len(rest), "value": formula.total(rest)},
        }


@dataclass(frozen=True, slots=True)
class Raise:
    """What would lift a score over the threshold: `missing` points, as `minutes` of a kind of touch."""

    missing: float
    kind: str
    minutes: int

    def __str__(self) -> str:
        return _("%(points).0f points are missing: for example %(minutes)d minutes at a seminar.") % {
            "points": math.ceil(self.missing),
            "minutes": self.minutes,
        }


def explain(
    account_id: int,
    *,
    at: datetime,
    department_id: Any = ANY,
    offering_id: Any = ANY,
    since: datetime | None = None,
    rule: ScoringRule | None = None,
) -> Why:
    """The score of an account (or of a department, or of one demand) at a moment, by the rule then in force.

    `since` leaves out touches up to that moment: what has been earned anew. Touches not yet counted are left out.
    """
    rule = rule or ScoringRule.objects.in_force(at)
    weights = rule.as_weights()
    seen = load(account_id, weights, at=at, since=since)
    wanted = [
        part
        for part in formula.parts(seen, weights, at=at, zone=timezone.get_default_timezone())
        if department_id in (ANY, part.touch.department) and offering_id in (ANY, part.touch.offering)
    ]
    persons = len({part.touch.person for part in wanted if part.touch.person})
    return Why(at, rule, formula.total(wanted), wanted, persons, formula.breadth(persons))


def load(account_id: int, weights: Weights, *, at: datetime, since: datetime | None = None) -> list[Seen]:
    """An account's counted touches as the formula sees them: the rank is the one held on that day."""
    found = Touch.objects.filter(account=account_id).before(at).counted()
    if since:
        found = found.filter(occurred_at__gt=since)
    ranks = _Ranks(account_id, weights)
    fields = ("pk", "person_id", "department_id", "offering_id", "kind", "direction", "minutes", "occurred_at")
    return [
        Seen(pk, person, department, offering, kind, direction, float(minutes), ranks.on(person, moment), moment)
        for pk, person, department, offering, kind, direction, minutes, moment in found.values_list(*fields)
    ]


def what_would_raise(why: Why) -> Raise | None:
    """The smallest single seminar visit by someone of no known rank that reaches the threshold; None when over it."""
    if why.is_over:
        return None
    missing = why.rule.threshold - why.value
    kind = why.rule.as_weights().kinds[RAISING_KIND]
    return Raise(missing, RAISING_KIND, math.ceil(missing / kind.per_minute))


class _Ranks:
    """Who held which rank at one account, when; the weightiest counts where someone held several."""

    def __init__(self, account_id: int, weights: Weights) -> None:
        self._held: dict[int, list[Affiliation]] = {}
        for held in Affiliation.objects.filter(account=account_id):
            self._held.setdefault(held.person_id, []).append(held)
        self._weight = weights.ranks

    def on(self, person: int | None, moment: datetime) -> str:
        held = self._held.get(person or 0, [])
        day = timezone.localtime(moment, timezone.get_default_timezone()).date()
        then = [one for one in held if _holds_on(one, day)]
        return self._weightiest(then or held)

    def _weightiest(self, held: Iterable[Affiliation]) -> str:
        return max((one.rank for one in held), key=lambda rank: self._weight.get(rank, 1.0), default=formula.UNKNOWN)


def _holds_on(held: Affiliation, day: date) -> bool:
    return (held.started_on or day) <= day <= (held.ended_on or day)


def _part_json(part: Part) -> dict[str, Any]:
    touch = part.touch
    return {
        "touch": touch.id,
        "kind": touch.kind,
        "at": touch.at.isoformat(),
        "person": touch.person,
        "points": part.points,
        "value": part.value,
    }
