"""What we can show for an account on a day: contracts, deals, leads, touches, affiliations. Nobody paints a cell.

Each source is one statement. A past day is answered by what was true at its end: what began later is left out, what
has ended since still counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from accounts.models import Affiliation, Contract
from engagement.enums import Direction
from engagement.models import Touch
from funnel.enums import OPEN, DealStatus
from funnel.models import Deal, Lead
from surface.enums import CellState, EvidenceKind

TWO_WAY_DAYS = 180
REACHED_DAYS = 365
LEAD_ENDS = ("won_at", "lost_at", "recycled_at", "disqualified_at", "withdrawn_at")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that proves a state. `since`: the day it is from (unknown for some affiliations).

    `about_all`: it tells of the department whatever the offering (a talk about nothing in particular, a card).
    `people`: ids of those of ours behind it; `person`: theirs.
    """

    state: CellState
    kind: EvidenceKind
    id: int
    public_id: UUID
    department: int | None
    offering: int | None
    since: date | None
    about_all: bool = False
    people: frozenset[int] = field(default_factory=frozenset)
    person: int | None = None

    def age(self, on: date) -> int | None:
        """In days, on a day."""
        return (on - self.since).days if self.since else None


def collect(account_id: int, *, on: date) -> list[Evidence]:
    """Everything there is to show, the latest of each kind per cell (and person); five statements."""
    return [
        *_contracts(account_id, on),
        *_deals(account_id, on),
        *_leads(account_id, on),
        *_touches(account_id, on),
        *_affiliations(account_id, on),
    ]


def _contracts(account_id: int, on: date) -> Iterator[Evidence]:
    running = Q(ended_on=None) | Q(ended_on__gte=on)
    for row in Contract.objects.filter(running, account=account_id, started_on__lte=on):
        yield _evidence(CellState.OWNED, EvidenceKind.CONTRACT, row, row.started_on)


def _deals(account_id: int, on: date) -> Iterator[Evidence]:
    """A won deal is owned from its close (always, where the SFA does not say when), a deal from opening to close."""
    began = Coalesce("opened_on", TruncDate("created_at"))
    for row in Deal.objects.filter(account=account_id).annotate(began=began):
        if row.status == DealStatus.WON and (row.closed_on is None or row.closed_on <= on):
            yield _evidence(CellState.OWNED, EvidenceKind.DEAL, row, row.closed_on, row.owner_id)
        elif row.began <= on and (row.closed_on > on if row.closed_on else row.status == DealStatus.OPEN):
            yield _evidence(CellState.DEAL, EvidenceKind.DEAL, row, row.began, row.owner_id)


def _leads(account_id: int, on: date) -> Iterator[Evidence]:
    end = _end_of(on)
    open_then = Q(stage__in=OPEN)
    for ended in LEAD_ENDS:
        open_then |= Q(**{f"{ended}__gt": end})
    for row in Lead.objects.filter(open_then, account=account_id, created_at__lte=end):
        yield _evidence(CellState.LEAD, EvidenceKind.LEAD, row, _local(row.created_at), row.assignee_id)


def _touches(account_id: int, on: date) -> Iterator[Evidence]:
    """They came to us, or we talked. A talk too old for TWO_WAY still shows that they were reached."""
    heard = Q(direction=Direction.INBOUND) | Q(two_way=True)
    earliest = _end_of(on - timedelta(days=REACHED_DAYS + 1))
    found = Touch.objects.filter(heard, account=account_id, occurred_at__gt=earliest).before(_end_of(on))
    key = ("department_id", "offering_id", "two_way", "person_id", "user_id")
    for row in found.order_by(*key, "-occurred_at", "-id").distinct(*key):
        day = _local(row.occurred_at)
        talked = row.two_way and (on - day).days <= TWO_WAY_DAYS
        state = CellState.TWO_WAY if talked else CellState.REACHED
        yield _evidence(state, EvidenceKind.TOUCH, row, day, row.user_id, row.person_id, not row.offering_id)


def _affiliations(account_id: int, on: date) -> Iterator[Evidence]:
    began, holds = Q(started_on=None) | Q(started_on__lte=on), Q(ended_on=None) | Q(ended_on__gte=on)
    found = Affiliation.objects.filter(began, holds, account=account_id).annotate(public_id=F("person__public_id"))
    for row in found.order_by("department_id", F("started_on").desc(nulls_last=True), "id").distinct("department_id"):
        yield Evidence(
            CellState.KNOWN,
            EvidenceKind.AFFILIATION,
            row.pk,
            row.public_id,
            row.department_id,
            None,
            row.started_on,
            True,
        )


def _evidence(
    state: CellState,
    kind: EvidenceKind,
    row: Any,
    since: date | None,
    user: int | None = None,
    person: int | None = None,
    about_all: bool = False,
) -> Evidence:
    people = frozenset({user} if user else ())
    return Evidence(
        state, kind, row.pk, row.public_id, row.department_id, row.offering_id, since, about_all, people, person
    )


def _end_of(day: date) -> datetime:
    midnight = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()), timezone.get_default_timezone())
    return midnight - timedelta(microseconds=1)


def _local(moment: datetime) -> date:
    return timezone.localtime(moment, timezone.get_default_timezone()).date()
