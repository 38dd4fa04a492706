"""What the parts of the demo company share while it is being built."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from random import Random
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from accounts.models import Account, Contract, Department, Offering, Person, Source
from engagement.models import Touch
from funnel.models import RejectReason
from scoring import formula
from scoring.formula import Seen, Weights
from scoring.models import ScoringRule
from targets.models import TargetEntry, TargetListVersion
from users.models import Team, User

SEED = 20260401
DECK = 50
T = TypeVar("T")


@dataclass
class World:
    """The demo company so far. `scale` 1 is the full size; tests build a smaller one.

    `functions` of an account's departments and `persons` by department answer who could want what.
    """

    now: datetime
    scale: float = 1.0
    rng: Random = field(default_factory=lambda: Random(SEED))
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    offerings: dict[str, Offering] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    departments: dict[int, list[Department]] = field(default_factory=dict)
    persons: dict[int, list[Person]] = field(default_factory=dict)
    contracts: list[Contract] = field(default_factory=list)
    reasons: dict[str, RejectReason] = field(default_factory=dict)
    samples: list[Account] = field(default_factory=list)
    ranks: dict[int, str] = field(default_factory=dict)
    weights: Weights = field(default_factory=lambda: ScoringRule.objects.in_force().as_weights())
    decks: dict[tuple[object, ...], list[float]] = field(default_factory=dict)
    touched: int = 0
    deals: int = 0
    wanted: list[Account] = field(default_factory=list)
    versions: list[TargetListVersion] = field(default_factory=list)
    entries: dict[tuple[int, int, int | None, int | None], TargetEntry] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of `now` where the company is."""
        return timezone.localtime(self.now).date()

    @property
    def zone(self) -> tzinfo:
        """The time zone its days are in."""
        return timezone.get_default_timezone()

    @property
    def fiscal_year(self) -> int:
        """The running fiscal year, named by the year it begins in."""
        return self.today.year - (self.today.month < settings.FISCAL_YEAR_START_MONTH)

    def is_wanted(self, account: Account) -> bool:
        """Whether both sides chose this account."""
        return any(account is wanted for wanted in self.wanted)

    def seen(self, touch: Touch) -> Seen:
        """A touch as the scoring formula sees it; ranks are those of today."""
        return Seen(
            id=touch.pk or 0,
            person=touch.person_id,
            department=touch.department_id,
            offering=touch.offering_id,
            kind=touch.kind,
            direction=touch.direction,
            minutes=float(touch.minutes),
            rank=self.ranks.get(touch.person_id or 0, formula.UNKNOWN),
            at=touch.occurred_at,
        )

    def worth(self, touch: Touch, at: datetime) -> float:
        """Points of one touch that are left at a moment, by the rule in force and before the daily cap."""
        seen, weights = self.seen(touch), self.weights
        points = weights.points(seen.kind, seen.minutes, seen.direction, seen.rank)
        return points * weights.factor(weights.kinds[seen.kind].decay, seen.at, at) if points else 0.0

    def sized(self, full: int, at_least: int = 1) -> int:
        """How many of `full` there are at this scale."""
        return max(at_least, round(full * self.scale))

    def even(self, *about: object) -> float:
        """A number from 0 to 1, dealt from a shuffled deck per subject: shares come out as meant, also in few draws."""
        deck = self.decks.setdefault(about, [])
        if not deck:
            deck += [(card + self.rng.random()) / DECK for card in range(DECK)]
            self.rng.shuffle(deck)
        return deck.pop()

    def weighted(self, weights: Sequence[tuple[T, float]]) -> T:
        """One of the values, by its weight."""
        return self.rng.choices([value for value, _ in weights], [weight for _, weight in weights])[0]


def year_starts(year: int) -> date:
    """The first day of a fiscal year."""
    return date(year, settings.FISCAL_YEAR_START_MONTH, 1)


def year_ends(year: int) -> date:
    """The last day of a fiscal year."""
    return year_starts(year + 1) - timedelta(days=1)
