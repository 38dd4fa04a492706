"""What waits on the hand-over desk, each lead with its own clock; and what comes back when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from funnel.enums import OPEN, Disposition, MoveName
from funnel.models import Lead, LeadMove
from funnel.policies import Promises
from funnel.querysets import LeadQuerySet
from users.models import User

MOST = 1000
"""How many leads of a pile are looked at, the longest waiting first."""
WEEKS = 8
"""How far the harvest is told by weeks; after that by months."""


class Pile(StrEnum):
    """Whose turn it is: marketing's, but for appeals, which wait for the sales manager."""

    ROUTE = "route"
    REJECTED = "rejected"
    ASKED = "asked"
    APPEALED = "appealed"
    BACK = "back"


SINCE: dict[Pile, tuple[MoveName, ...]] = {
    Pile.ROUTE: (MoveName.QUALIFY, MoveName.QUALIFY_OFF_LIST, MoveName.APPEAL),
    Pile.REJECTED: (MoveName.REJECT, MoveName.APPEAL),
    Pile.ASKED: (MoveName.ASK,),
    Pile.APPEALED: (MoveName.APPEAL,),
    Pile.BACK: (MoveName.RECYCLE, MoveName.GIVE_UP),
}
"""The moves that set a lead on the pile: its clock runs since the last of them."""


@dataclass(frozen=True)
class Waiting:
    """A lead on a pile: since when, and until when something should happen (None: no clock is promised)."""

    lead: Lead
    since: datetime
    due_at: datetime | None
    note: str = ""

    def is_late(self, now: datetime) -> bool:
        """Whether the promised time has passed: marketing's breach."""
        return self.due_at is not None and self.due_at < now


def leads_on(pile: Pile, user: User, *, now: datetime) -> LeadQuerySet:
    """The pile's leads, as far as the user sees them."""
    visible = Lead.objects.visible_to(user).without_samples()
    chosen = {
        Pile.ROUTE: visible.to_route,
        Pile.REJECTED: visible.rejected_waiting,
        Pile.ASKED: visible.asked,
        Pile.APPEALED: visible.appealed_waiting,
        Pile.BACK: lambda: visible.due_back(timezone.localdate(now)),
    }
    return chosen[pile]()


def waiting(pile: Pile, user: User, *, now: datetime) -> list[Waiting]:
    """The pile, least time left first: two queries and one per calendar."""
    last = LeadMove.objects.filter(lead=OuterRef("pk"), move__in=SINCE[pile]).order_by("-seq")
    told = {"since": Subquery(last.values("at")[:1]), "said": Subquery(last.values("note")[:1])}
    beside = ("entry__owner", "account__owner", "account__partner", "team__calendar")
    found = leads_on(pile, user, now=now).for_rows().select_related(*beside).annotate(**told)
    promises = Promises.load()
    rows = [_waiting(pile, lead, promises) for lead in found.order_by(told["since"], "pk")[:MOST]]
    return sorted(rows, key=lambda row: (row.due_at or row.since, row.lead.pk))


def _waiting(pile: Pile, lead: Any, promises: Promises) -> Waiting:
    since = lead.since or lead.created_at
    due: dict[Pile, Any] = {
        Pile.ROUTE: lambda: promises.routing_due(lead, since),
        Pile.REJECTED: lambda: promises.disposition_due(lead, since),
        Pile.ASKED: lambda: promises.answer_limit(lead, lead.question_at),
        Pile.APPEALED: lambda: None,
        Pile.BACK: lambda: _end_of(lead.return_on),
    }
    return Waiting(lead, since, due[pile](), lead.said or "")


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


@dataclass
class Span:
    """The leads that come back within some days (a week or a month), from `first` on."""

    first: date
    is_week: bool
    leads: list[Lead] = field(default_factory=list)


@dataclass(frozen=True)
class Condition:
    """A lead that comes back on a score or an event, not on a day."""

    lead: Lead
    score: float | None
    event: str


@dataclass(frozen=True)
class Harvest:
    """What comes back when: by week, then by month; and what waits for a score or an event."""

    spans: list[Span]
    conditions: list[Condition]


def harvest(user: User, *, today: date) -> Harvest:
    """The recycled leads without a next trip whose day is still to come: two queries."""
    visible = Lead.objects.visible_to(user).without_samples().resting()
    dated = visible.filter(return_on__gt=today).for_rows().order_by("return_on", "pk")[:MOST]
    spans: dict[tuple[date, bool], Span] = {}
    for lead in dated:
        key = _span_of(lead.return_on or today, today)
        spans.setdefault(key, Span(*key)).leads.append(lead)
    last = LeadMove.objects.filter(lead=OuterRef("pk"), move__in=SINCE[Pile.BACK]).order_by("-seq")
    open_ended = visible.filter(return_on=None).for_rows().annotate(told=Subquery(last.values("data")[:1]))
    return Harvest(list(spans.values()), [_condition(lead) for lead in open_ended.order_by("-recycled_at", "pk")[:100]])


def _span_of(day: date, today: date) -> tuple[date, bool]:
    monday = day - timedelta(days=day.weekday())
    return (monday, True) if monday < today + timedelta(weeks=WEEKS) else (day.replace(day=1), False)


def _condition(lead: Any) -> Condition:
    told = (lead.told or {}).get("return_condition") or {}
    return (
        Condition(lead, told.get("score"), told.get("event", ""))
        if isinstance(told, dict)
        else Condition(lead, None, "")
    )


def repeated(leads: Iterable[Lead]) -> dict[int, Lead]:
    """For leads rejected as repeating another: the open lead of the account they most likely repeat, by lead id.

    One with a deal before one without, the same department before another, the newest first.
    """
    doubtful = [
        lead for lead in leads if lead.reject_reason and lead.reject_reason.disposition == Disposition.MERGE_DUPLICATE
    ]
    accounts = {lead.account_id for lead in doubtful}
    others = (
        list(Lead.objects.filter(account__in=accounts, stage__in=OPEN).for_rows().order_by("-pk")) if accounts else []
    )
    found = {}
    for lead in doubtful:
        same = [other for other in others if other.account_id == lead.account_id and other.pk != lead.pk]
        if same:
            found[lead.pk] = max(
                same, key=lambda other: (other.deal_id is not None, other.department_id == lead.department_id, other.pk)
            )
    return found
