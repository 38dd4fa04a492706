"""Bringing in what happened elsewhere: past moves with their own times, through the same reducer as the acts.

Moves are marked `imported`. An answer that came after its due gets the ignore it must have had, so that imported and
own leads stand in the same rates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Person
from audit import log
from audit.models import Entry
from funnel.cases import WITHDRAWALS, as_json, ending, one_open_lead, time_columns
from funnel.enums import MoveName, Origin, Stage
from funnel.models import Handoff, Lead, LeadMove, RejectReason
from funnel.policies import Promises
from funnel.refusals import MoveRefused
from funnel.replay import ANSWERS, DELIVERIES, OUTCOMES, BrokenHistory, MoveRecord, State, apply
from funnel.story import IMPORT_ACT, MILESTONES, columns_of, state_of
from funnel.waterfall import rows
from users.models import User

CHUNK = 2000
BESIDE = (
    "assignee", "team", "first_assignee", "first_team", "reject_reason", "first_touch_due_at", "answer_hours",
    "routing_due_at", "disposition_due_at",
)  # fmt: skip
"""What a past tells beside milestones."""
ENDINGS = ("outcome", "decided_by", "decided_at", "due_at", "answer_hours")


@dataclass(frozen=True, kw_only=True)
class PastMove:
    """One move of the past.

    `to_stage` only where the verb alone does not say it. `assignee` and, if known, `due_at` for a delivery: the due is
    else what was promised at the time.
    """

    move: MoveName
    at: datetime
    by: User
    to_stage: Stage | None = None
    assignee: User | None = None
    due_at: datetime | None = None
    reason: RejectReason | None = None
    cause: str = ""
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Trip:
    """A lead not yet stored, its past, and the persons in it."""

    lead: Lead
    moves: Sequence[PastMove]
    persons: Sequence[Person] = ()


@dataclass
class _Retelling:
    """Tells one lead's past, building the rows its acts would have written. `last`: when its latest move was."""

    lead: Lead
    promises: Promises
    clock: User
    state: State = field(default_factory=State)
    moves: list[LeadMove] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)
    last: datetime | None = None

    def tell(self, past: Iterable[PastMove], now: datetime) -> None:
        for number, move in enumerate(past, start=1):
            try:
                self._in_order(move)
                self._settle(move.at, move.move)
                self._add(move)
            except BrokenHistory as error:
                raise MoveRefused("broken_history", step=number, move=move.move) from error
        self._settle(now)
        for name, value in columns_of(self.state).items():
            setattr(self.lead, name, value)

    def _in_order(self, move: PastMove) -> None:
        if self.last and move.at < self.last:
            raise BrokenHistory(f"{move.move} at {move.at} before the move before it")

    def _settle(self, until: datetime, coming: MoveName | None = None) -> None:
        due = self.state.answer_due_at
        waits = self.state.open_handoff and not self.state.question_at and coming is not MoveName.IGNORE
        if waits and due is not None and until > due:
            self._add(PastMove(move=MoveName.IGNORE, at=due, by=self.clock))

    def _add(self, move: PastMove) -> None:
        due = self._deliver(move) if move.move in DELIVERIES else move.due_at or self._resumed(move)
        to_stage = move.to_stage or self._only_target(move.move)
        reason = move.reason.code if move.reason else move.cause
        start = None if move.move is MoveName.SELF_SOURCE else self.state.stage
        breach = bool(move.data.get("breach"))
        record = MoveRecord(move.move, start, to_stage, move.at, self.state.seq + 1, reason, due, breach)
        self.state = apply(self.state, record)
        for name, value in time_columns(self.lead, self.state, record, lambda: self.promises).items():
            setattr(self.lead, name, value)
        self._append(move, record)
        self.last = move.at
        self._effects(move)

    def _resumed(self, move: PastMove) -> datetime | None:
        ends = move.move in {MoveName.ANSWER, MoveName.ACCEPT, MoveName.REJECT} | WITHDRAWALS
        last = self.handoffs[-1] if self.handoffs else None
        return self.promises.resumed_due(self.lead, self.state, move.at, last) if ends else None

    def _only_target(self, name: MoveName) -> Stage:
        targets = {row.to_stage for row in rows(name) if not row.from_stages or self.state.stage in row.from_stages}
        if len(targets) != 1:
            raise BrokenHistory(f"{name} from {self.state.stage} does not say where to")
        return targets.pop()

    def _append(self, move: PastMove, record: MoveRecord) -> None:
        told = {"due_at": record.due_at, "cause": move.cause} | dict(move.data)
        if move.assignee:
            told["assignee"] = move.assignee.pk
        self.moves.append(
            LeadMove(
                lead=self.lead,
                account_id=self.lead.account_id,
                seq=record.seq,
                move=record.move,
                from_stage=record.from_stage or "",
                to_stage=record.to_stage,
                by=move.by,
                at=record.at,
                reason=move.reason,
                note=move.note,
                data=as_json(told),
                imported=True,
            )
        )

    def _deliver(self, move: PastMove) -> datetime:
        lead, assignee = self.lead, move.assignee
        if assignee is None:
            raise BrokenHistory(f"{move.move} names nobody")
        due = max(move.at, move.due_at or self.promises.answer_due(lead, assignee, move.at))
        lead.assignee, lead.team = assignee, assignee.team
        if not self.handoffs:
            lead.first_assignee, lead.first_team = assignee, assignee.team
        self._end_open_handoff("REASSIGNED", move)
        self.handoffs.append(
            Handoff(
                lead=lead,
                account_id=lead.account_id,
                number=len(self.handoffs) + 1,
                assignee=assignee,
                team=assignee.team,
                sent_by=move.by,
                sent_at=move.at,
                due_at=due,
            )
        )
        return due

    def _end_open_handoff(self, outcome: str, move: PastMove) -> None:
        if self.handoffs and not self.handoffs[-1].outcome:
            last = self.handoffs[-1]
            last.outcome, last.decided_by, last.decided_at = outcome, move.by, move.at

    def _effects(self, move: PastMove) -> None:
        """What the acts write beside milestones."""
        lead = self.lead
        if self.handoffs and self.state.answer_due_at:
            self.handoffs[-1].due_at = self.state.answer_due_at
        last = self.handoffs[-1] if self.handoffs else None
        if last and (move.move in OUTCOMES or ending(move.move, last.outcome) != last.outcome):
            last.outcome, last.decided_by, last.decided_at = ending(move.move, last.outcome), move.by, move.at
        if last and move.move in ANSWERS:
            last.answer_hours = self.promises.answer_hours(last.team, last.sent_at, move.at, self.state)
        if move.move in (MoveName.REJECT, MoveName.RECODE):
            lead.reject_reason = move.reason
        if move.move is MoveName.ACCEPT and lead.first_touch_due_at is None and lead.assignee:
            lead.first_touch_due_at = self.promises.first_touch_due(lead, lead.assignee, move.at)


@transaction.atomic
def import_history(lead: Lead, moves: Sequence[PastMove], *, by: User, now: datetime) -> Lead:
    """Gives a stored lead that has not moved yet its past. Raises MoveRefused."""
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    if lead.seq:
        raise MoveRefused("has_history")
    return continue_history(lead, moves, by=by, now=now)


@transaction.atomic
def continue_history(
    lead: Lead, moves: Sequence[PastMove], *, by: User, now: datetime, origin: Origin | None = None
) -> Lead:
    """Tells a stored lead what happened elsewhere since its latest move. `origin`: whose demand it turned out to be.

    Raises MoveRefused.
    """
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    last = lead.moves.order_by("seq").last()
    handoffs = list(lead.handoffs.select_related("assignee__team", "team").order_by("number"))
    system = User.objects.system()
    told = _Retelling(lead, Promises.load(), system, state_of(lead), [], handoffs, last.at if last else None)
    told.tell(moves, now)
    lead.origin = origin or lead.origin
    with one_open_lead():
        lead.save(update_fields=[*MILESTONES, *BESIDE, "origin"])
    Handoff.objects.bulk_update([one for one in handoffs if one.pk], ENDINGS)
    _store_rows([told], by=by, now=now)
    return lead


@transaction.atomic
def import_many(trips: Iterable[Trip], *, by: User, now: datetime) -> list[Lead]:
    """Stores leads with their pasts, thousands at a time; returns them stored. Raises MoveRefused, storing none.

    Each trip's lead is new and unsaved; its milestones and assignees are filled from the moves.
    """
    promises, clock = Promises.load(), User.objects.system()
    stored: list[Lead] = []
    chunk: list[tuple[_Retelling, Trip]] = []
    for trip in trips:
        told = _Retelling(trip.lead, promises, clock)
        told.tell(trip.moves, now)
        chunk.append((told, trip))
        if len(chunk) == CHUNK:
            stored += _store(chunk, by=by, now=now)
            chunk = []
    return stored + _store(chunk, by=by, now=now)


def _store(chunk: Sequence[tuple[_Retelling, Trip]], *, by: User, now: datetime) -> list[Lead]:
    leads = [told.lead for told, _ in chunk]
    try:
        with transaction.atomic():
            Lead.objects.bulk_create(leads)
    except IntegrityError as error:
        if "lead_one_open" in str(error):
            raise MoveRefused("open_lead_exists") from error
        raise
    in_leads = Lead.persons.through
    in_leads.objects.bulk_create(
        in_leads(lead_id=trip.lead.pk, person_id=person.pk) for _, trip in chunk for person in trip.persons
    )
    _store_rows([told for told, _ in chunk], by=by, now=now)
    return leads


def _store_rows(told: Sequence[_Retelling], *, by: User, now: datetime) -> None:
    LeadMove.objects.bulk_create([move for one in told for move in one.moves], batch_size=CHUNK)
    new = [handoff for one in told for handoff in one.handoffs if handoff.pk is None]
    Handoff.objects.bulk_create(new, batch_size=CHUNK)
    Entry.objects.bulk_create(
        [
            log.entry_for(
                IMPORT_ACT, one.lead, by=by, at=now, account_id=one.lead.account_id, detail={"moves": len(one.moves)}
            )
            for one in told
        ],
        batch_size=CHUNK,
    )
