"""One lead's life as a list of steps, and the rows it becomes through the waterfall's own reducer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from abm.demo.copying import copy
from accounts.models import Contract, Person
from audit import log
from audit.models import Entry
from engagement.models import Touch
from funnel.cases import as_json, ending, time_columns
from funnel.enums import DealStatus, MoveName, Outcome, Stage
from funnel.models import Deal, Handoff, Lead, LeadMove, RejectReason
from funnel.policies import Promises
from funnel.replay import MoveRecord, State, apply
from funnel.story import IMPORT_ACT, columns_of
from funnel.waterfall import rows
from users.models import User


@dataclass
class Step:
    """One move to come. `columns`: further columns of the lead that this move writes."""

    move: MoveName
    at: datetime
    by: User
    reason: RejectReason | None = None
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None
    assignee: User | None = None
    columns: dict[str, Any] = field(default_factory=dict)


@dataclass
class Life:
    """A lead with all that will happen to it; what lies after the demo's now is cut off before it is written."""

    lead: Lead
    assignee: User
    persons: list[Person] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    evidence: list[Touch] = field(default_factory=list)
    deal: Deal | None = None
    contract: Contract | None = None
    previous: "Life | None" = None
    imported: bool = False
    state: State = field(default_factory=State)
    handoffs: list[Handoff] = field(default_factory=list)
    moves: list[LeadMove] = field(default_factory=list)

    def add(self, move: MoveName, at: datetime, by: User, **more: Any) -> Step:
        """The next step."""
        step = Step(move, at, by, **more)
        self.steps.append(step)
        return step

    def last(self, move: MoveName) -> Step:
        """The latest step of that name."""
        return next(step for step in reversed(self.steps) if step.move is move)

    @property
    def begun(self) -> datetime:
        """When sales got it: the first hand-over, or the first step of a demand of sales' own."""
        return next((step.at for step in self.steps if step.move is MoveName.HAND_OVER), self.steps[0].at)

    def cut(self, now: datetime) -> "Life":
        """Leaves out what has not happened yet; a deal or contract that has not come is none."""
        self.steps = [step for step in self.steps if step.at <= now]
        self.touches = [touch for touch in self.touches if touch.occurred_at <= now]
        done = {step.move for step in self.steps}
        if MoveName.REGISTER not in done:
            self.deal = None
        if self.deal and not done & {MoveName.WIN, MoveName.LOSE}:
            self.deal.status, self.deal.closed_on, self.deal.stage_name = DealStatus.OPEN, None, "提案"
        if MoveName.WIN not in done:
            self.contract = None
        return self

    def unfold(self) -> "Life":
        """Takes the steps one by one, as acts would: state, moves, handoffs, columns."""
        for step in self.steps:
            self._take(step)
        for name, value in columns_of(self.state).items():
            setattr(self.lead, name, value)
        self.lead.deal = self.deal
        return self

    def _take(self, step: Step) -> None:
        before = self.state
        start = None if step.move is MoveName.SELF_SOURCE else before.stage
        to = next(row.to_stage for row in rows(step.move) if not row.from_stages or start in row.from_stages)
        told = step.data.get("cause", "")
        reason = step.reason.code if step.reason else told
        self.state = apply(before, MoveRecord(step.move, start, to, step.at, before.seq + 1, reason, step.due_at))
        self.moves.append(self._move(step, start, to))
        for name, value in step.columns.items():
            setattr(self.lead, name, value)
        if step.move is MoveName.HAND_OVER:
            self._deliver(step)
        self._end_handoff(step)

    def _move(self, step: Step, start: Stage | None, to: Stage) -> LeadMove:
        told = {"due_at": step.due_at, "assignee": step.assignee.pk if step.assignee else None} | step.data
        return LeadMove(
            lead=self.lead,
            account_id=self.lead.account_id,
            seq=self.state.seq,
            move=step.move,
            from_stage=start or "",
            to_stage=to,
            by=step.by,
            at=step.at,
            reason=step.reason,
            note=step.note,
            data=as_json(told),
            rule_version=1 if step.by.is_service and step.move is MoveName.QUALIFY else None,
            imported=self.imported,
        )

    def _deliver(self, step: Step) -> None:
        assignee, lead = step.assignee or self.assignee, self.lead
        lead.assignee, lead.team = assignee, assignee.team
        if not self.handoffs:
            lead.first_assignee, lead.first_team_id = assignee, assignee.team_id
        self.handoffs.append(
            Handoff(
                lead=lead, account_id=lead.account_id, number=len(self.handoffs) + 1, assignee=assignee,
                team=assignee.team, sent_by=step.by, sent_at=step.at, due_at=step.due_at or step.at,
            )
        )  # fmt: skip

    def _end_handoff(self, step: Step) -> None:
        last = self.handoffs[-1] if self.handoffs else None
        if last and (outcome := ending(step.move, last.outcome)) != last.outcome:
            last.outcome, last.decided_by, last.decided_at = outcome, step.by, step.at


def entries_of(life: Life) -> Iterator[Entry]:
    """The audit trail of a life whose lead has been saved: an entry per move, or one for an imported past."""
    lead, moves = life.lead, life.moves
    if life.imported:
        last = moves[-1]
        yield log.entry_for(
            IMPORT_ACT, lead, by=last.by, at=last.at, account_id=lead.account_id, detail={"moves": len(moves)}
        )
        return
    for move in moves:
        detail = {"seq": move.seq, "from": move.from_stage, "to": move.to_stage}
        yield log.entry_for(
            f"leads.{move.move}", lead, by=move.by, at=move.at, account_id=lead.account_id, detail=detail
        )


def write(lives: list[Life], policy_id: int, *, now: datetime) -> None:
    """Writes all unfolded lives, table by table."""
    promises = Promises.load()
    for life in lives:
        _time(life, promises)
    Deal.objects.bulk_create([life.deal for life in lives if life.deal], batch_size=1000)
    Contract.objects.bulk_create([life.contract for life in lives if life.contract])
    copy([life.lead for life in lives], now=now)
    _link_trips(lives)
    copy([move for life in lives for move in life.moves], now=now)
    handoffs = [handoff for life in lives for handoff in life.handoffs]
    for handoff in handoffs:
        handoff.policy_id = policy_id
    copy(handoffs, now=now)
    through = Lead.persons.through
    copy([through(lead_id=life.lead.pk, person_id=person.pk) for life in lives for person in life.persons], now=now)
    copy([entry for life in lives for entry in entries_of(life)], now=now)


def _time(life: Life, promises: Promises) -> None:
    """How long the answers took, and when marketing's part was due: what acts write beside milestones."""
    for step, move in zip(life.steps, life.moves, strict=True):
        start = Stage(move.from_stage) if move.from_stage else None
        record = MoveRecord(step.move, start, Stage(move.to_stage), step.at, move.seq)
        for name, value in time_columns(life.lead, life.state, record, lambda: promises).items():
            setattr(life.lead, name, value)
    for handoff in life.handoffs:
        if handoff.outcome in (Outcome.ACCEPTED, Outcome.REJECTED) and handoff.decided_at:
            handoff.answer_hours = promises.answer_hours(handoff.team, handoff.sent_at, handoff.decided_at, life.state)


def _link_trips(lives: list[Life]) -> None:
    later = [life for life in lives if life.previous]
    for life in later:
        life.lead.previous = life.previous.lead if life.previous else None
    Lead.objects.bulk_update([life.lead for life in later], ["previous"], batch_size=500)
