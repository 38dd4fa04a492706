"""Stage histories of other systems: who stood where and when, turned into the moves that lead there.

Skipped stages get the moves the table needs, at the time they were passed; a stage that goes back is a correction.
Every move is marked as imported and keeps its time. What is known changes nothing; a past is never rewritten.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Source
from audit.effects import Effect, Told, refused
from funnel.enums import MoveName, Origin, Stage
from funnel.history import PastMove, Trip, continue_history, import_many
from funnel.models import Deal, Handoff, Lead, LeadMove
from funnel.refusals import STAGES, MoveRefused
from funnel.replay import ANSWERS, DELIVERIES
from funnel.waterfall import MOVES
from users.models import User

M = MoveName
VERBS = (
    M.QUALIFY, M.ACCEPT, M.REJECT, M.CONFIRM, M.REGISTER, M.WIN, M.LOSE, M.RECYCLE, M.DISQUALIFY, M.UNREGISTER,
    M.REOPEN, M.REPAIR, M.REQUEUE, M.RECLAIM,
)  # fmt: skip
"""The moves a foreign stage may stand for."""
ON_THE_WAY = frozenset({Stage.NURTURE, Stage.MQL, Stage.SAL, Stage.SQL, Stage.PIPELINE})
"""Stages that may be passed unseen; an end is only where it is told."""
BEFORE_SALES = frozenset({Stage.NURTURE, Stage.MQL})
CHUNK = 500
Way = list[tuple[MoveName, Stage]]


def _steps() -> dict[Stage, Way]:
    found: dict[Stage, Way] = defaultdict(list)
    for row in MOVES:
        for start in row.from_stages if row.name in VERBS else ():
            if row.to_stage is not start:
                found[start].append((row.name, row.to_stage))
    return found


STEPS = _steps()


@dataclass(frozen=True)
class Event:
    """What one row tells: the other system's record stood at this stage from then on. `owner`: whose it was."""

    record: str
    stage: Stage
    at: datetime
    owner: User | None = None


def way(start: Stage, end: Stage) -> Way | None:
    """The fewest moves from one stage to another; None where the waterfall has no way."""
    paths: deque[tuple[Stage, Way]] = deque([(start, [])])
    seen = {start}
    while paths:
        stage, moves = paths.popleft()
        if stage is end:
            return moves
        for move, to in STEPS[stage] if stage in ON_THE_WAY or stage is start else ():
            if to not in seen:
                seen.add(to)
                paths.append((to, [*moves, (move, to)]))
    return None


@dataclass
class _Past:
    """One lead's events and the moves they come to. `happened`: when it came to stand where, as far as known."""

    lead: Lead
    by: User
    happened: list[tuple[datetime, Stage]]
    with_sales: bool = False
    moves: list[PastMove] = field(default_factory=list)
    begun: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether the lead was here before."""
        return not self.lead._state.adding

    @property
    def stage(self) -> Stage:
        return self.happened[-1][1] if self.happened else Stage.NURTURE

    def take(self, event: Event, now: datetime) -> Told[Lead]:
        """The event comes to moves, is known already, or is refused alone."""
        if event.at > now:
            return refused("at", _("This lies in the future."))
        if self._knows(event):
            self.begun |= event.stage in BEFORE_SALES
            return Told(Effect.UNCHANGED, self.lead)
        if self.happened and event.at < self.happened[-1][0]:
            return refused("at", _("This lead is here with another past, and a past is not rewritten."))
        return self._go(event, event.owner or self.lead.assignee)

    def _knows(self, event: Event) -> bool:
        from_nurture = self.is_stored and self.lead.origin == Origin.MARKETING
        before = [Stage.NURTURE] if from_nurture else []
        before += [stage for at, stage in self.happened if at < event.at]
        then = [stage for at, stage in self.happened if at == event.at]
        return event.stage in {*then, *before[-1:]}

    def _go(self, event: Event, owner: User | None) -> Told[Lead]:
        """Sales' own where marketing's part is not told."""
        self_sourced = not self.happened and not self.begun and event.stage not in BEFORE_SALES
        start = Stage.SAL if self_sourced else self.stage
        steps = way(start, event.stage)
        if steps is None:
            words = {"start": STAGES[start], "end": STAGES[event.stage]}
            return refused("stage", _("The waterfall has no way from “%(start)s” to “%(end)s”.") % words)
        if owner is None and any(self._asks_somebody(move) for move, _to in steps):
            return refused("owner", _("Nobody is named to whom it was handed over."))
        if self_sourced:
            self._become_sales_own(owner)
            steps = [(M.SELF_SOURCE, Stage.SAL), *steps]
        for move, to in steps:
            self._step(move, to, event, owner)
        fresh = not self.is_stored and not self.begun
        self.begun = True
        return Told(Effect.CREATED if steps or fresh else Effect.UNCHANGED, self.lead)

    def _asks_somebody(self, move: MoveName) -> bool:
        return move in DELIVERIES or (move in ANSWERS and not self.with_sales and self.stage is not Stage.IGNORED)

    def _become_sales_own(self, owner: User | None) -> None:
        self.lead.origin = Origin.SALES
        self.lead.assignee, self.lead.team = owner, owner.team if owner else None

    def _step(self, move: MoveName, to: Stage, event: Event, owner: User | None) -> None:
        by = owner or self.by
        if move in ANSWERS and self._asks_somebody(move):
            self._add(PastMove(move=M.HAND_OVER, at=event.at, by=self.by, assignee=owner), Stage.MQL)
        assignee = owner if move in DELIVERIES else None
        self._add(PastMove(move=move, at=event.at, by=by, to_stage=to, assignee=assignee), to)

    def _add(self, move: PastMove, to: Stage) -> None:
        self.moves.append(move)
        self.happened.append((move.at, to))
        self.with_sales = move.move in DELIVERIES


@transaction.atomic
def tell(events: Sequence[Event], *, source: Source, by: User, now: datetime) -> list[Told[Lead]]:
    """What became of each event, in the order given; each record's events are taken in the order of their times.

    A record is a lead of the source, the leads' deal, or a deal no lead is behind yet: then sales' own.
    """
    records: dict[str, list[int]] = defaultdict(list)
    for place, event in enumerate(events):
        records[event.record].append(place)
    result: dict[int, Told[Lead]] = {}
    names = list(records)
    for first in range(0, len(names), CHUNK):
        chunk = {name: records[name] for name in names[first : first + CHUNK]}
        result |= _told(events, chunk, source, by, now)
    return [result[place] for place in range(len(events))]


def _told(
    events: Sequence[Event], records: dict[str, list[int]], source: Source, by: User, now: datetime
) -> dict[int, Told[Lead]]:
    found = _pasts(list(records), source, by)
    result: dict[int, Told[Lead]] = {}
    written: list[tuple[_Past, list[int]]] = []
    for record, places in records.items():
        past = found.get(record)
        for place in sorted(places, key=lambda place: events[place].at):
            unknown = refused("external_id", _("No lead and no deal of a known company has this number."))
            result[place] = past.take(events[place], now) if past else unknown
        if past and (past.moves or not past.is_stored):
            written.append((past, [place for place in places if result[place].effect is not Effect.REFUSED]))
    result |= _write([(past, places) for past, places in written if places], by, now)
    return result


def _pasts(records: list[str], source: Source, by: User) -> dict[str, _Past]:
    """By record; a lead that is not stored yet for a deal that no lead is behind."""
    deals = Deal.objects.filter(source=source, external_id__in=records).select_related("account", "owner__team")
    by_deal = {deal.pk: deal.external_id for deal in deals}
    leads: dict[str, Lead] = {}
    known = Lead.objects.select_related("assignee__team", "team").order_by("-pk")
    for lead in known.filter(deal__in=by_deal):
        leads[by_deal[lead.deal_id or 0]] = lead
    for lead in known.filter(source=source, external_id__in=records):
        leads[lead.external_id] = lead
    happened: dict[int, list[tuple[datetime, Stage]]] = defaultdict(list)
    stored = [lead.pk for lead in leads.values()]
    for pk, at, to in (
        LeadMove.objects.filter(lead__in=stored).order_by("lead_id", "seq").values_list("lead_id", "at", "to_stage")
    ):
        happened[pk].append((at, Stage(to)))
    waiting = set(Handoff.objects.awaiting_answer().filter(lead__in=stored).values_list("lead", flat=True))
    found = {record: _Past(lead, by, happened[lead.pk], lead.pk in waiting) for record, lead in leads.items()}
    new = {deal.external_id: _draft(deal) for deal in deals if deal.external_id not in found and deal.account}
    return found | {record: _Past(lead, by, []) for record, lead in new.items()}


def _draft(deal: Deal) -> Lead:
    """The lead behind a deal that came without one."""
    owner = deal.owner
    return Lead(
        account=deal.account,
        department_id=deal.department_id,
        offering_id=deal.offering_id,
        source_id=deal.source_id,
        external_id=deal.external_id,
        deal=deal,
        assignee=owner,
        team=owner.team if owner else None,
    )


def _write(written: list[tuple[_Past, list[int]]], by: User, now: datetime) -> dict[int, Told[Lead]]:
    """Stores the moves; returns only what is refused after all, lead by lead."""
    result: dict[int, Told[Lead]] = {}
    new = [(past, places) for past, places in written if not past.is_stored]
    for past, places in written:
        if past.is_stored:
            result |= _attempt([(past, places)], by, now)
    return result | _attempt(new, by, now)


def _attempt(written: list[tuple[_Past, list[int]]], by: User, now: datetime) -> dict[int, Told[Lead]]:
    """All at once; when one is refused, by halves until it stands alone."""
    if not written:
        return {}
    try:
        with transaction.atomic():
            _store([past for past, _places in written], by, now)
    except MoveRefused as refusal:
        if len(written) == 1:
            return {place: refused("", str(refusal)) for place in written[0][1]}
        half = len(written) // 2
        return _attempt(written[:half], by, now) | _attempt(written[half:], by, now)
    return {}


def _store(pasts: Iterable[_Past], by: User, now: datetime) -> None:
    new: list[Trip] = []
    for past in pasts:
        if past.is_stored:
            continue_history(past.lead, past.moves, by=by, now=now, origin=Origin(past.lead.origin))
            continue
        past.lead.created_at = min((move.at for move in past.moves), default=now)
        new.append(Trip(past.lead, past.moves))
    import_many(new, by=by, now=now)
