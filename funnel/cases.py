"""One lead under lock, with its history: what every act on a lead begins with, and the one way a move is written.

Order of locks: the lead first, then whatever hangs from it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from audit import doors, log, outbox
from audit.enums import Door
from funnel import facts, refusals
from funnel.enums import MoveName, Outcome, Stage
from funnel.guards import UNDO_WITHIN
from funnel.models import Handoff, Lead, LeadMove, RejectReason
from funnel.policies import Promises
from funnel.refusals import AlreadyAnswered, MoveRefused
from funnel.replay import ANSWERS, DELIVERIES, OUTCOMES, UNDOABLE, MoveRecord, State, apply
from funnel.story import columns_of, event_key, state_of
from funnel.waterfall import Move, Refusal, decide
from users.models import User
from users.roles import Role

EVENTS: dict[MoveName, str] = {
    MoveName.QUALIFY: "lead.qualified",
    MoveName.QUALIFY_OFF_LIST: "lead.qualified",
    **dict.fromkeys(DELIVERIES, "lead.handed_over"),
    MoveName.RECALL: "lead.recalled",
    MoveName.ASK: "lead.asked",
    MoveName.ANSWER: "lead.answered",
    MoveName.ACCEPT: "lead.accepted",
    MoveName.REJECT: "lead.rejected",
    MoveName.IGNORE: "lead.ignored",
    MoveName.APPEAL: "lead.appealed",
    MoveName.DISQUALIFY: "lead.disqualified",
    MoveName.GIVE_UP: "lead.given_up",
    MoveName.RECODE: "lead.recoded",
    MoveName.RECYCLE: "lead.recycled",
    MoveName.CONFIRM: "lead.confirmed",
    MoveName.REGISTER: "lead.registered",
    MoveName.WIN: "lead.won",
    MoveName.LOSE: "lead.lost",
}
ANSWER_COLUMNS = ("outcome", "decided_by", "decided_at", "due_at", "answer_hours")
"""The columns of a handoff that an answer or a question overwrites."""
NOTED_COLUMNS = ("first_touch_at",)
"""What the follow-up watch may note on a lead within seconds of an answer."""
WITHDRAWALS = frozenset({MoveName.RECALL, MoveName.MERGE_DUPLICATE})


def ending(name: MoveName, outcome: str) -> str:
    """How the latest handoff stands after a move, when it stood at `outcome`: what was answered stays answered."""
    if name in WITHDRAWALS and not outcome:
        return Outcome.WITHDRAWN
    return OUTCOMES.get(name) or outcome


@dataclass
class Case:
    """A locked lead, the state its moves add up to, its latest handoff. `now` is the act's moment."""

    lead: Lead
    state: State
    handoff: Handoff | None
    now: datetime

    def require(
        self, name: MoveName, *, by: User, data: Mapping[str, Any] | None = None, second: User | None = None
    ) -> Move:
        """The table's row for this move. Raises MoveRefused (AlreadyAnswered when somebody was faster)."""
        data = data or {}
        found = facts.gather(self.lead, self.state, by=by, now=self.now, second=second, assignee=data.get("assignee"))
        verdict = decide(name, found, Role(by.role), data)
        if isinstance(verdict, Refusal):
            raise self._overtaken(verdict) or refusals.refuse(verdict)
        return verdict

    def _overtaken(self, refusal: Refusal) -> MoveRefused | None:
        last = self.handoff
        answers = (MoveName.ACCEPT, MoveName.REJECT)
        if refusal.code != "stage" or refusal.move not in answers or not last or not last.decided_by:
            return None
        if last.outcome not in (Outcome.ACCEPTED, Outcome.REJECTED) or last.decided_at is None:
            return None
        return AlreadyAnswered(by=last.decided_by, at=last.decided_at, outcome=last.outcome, allowed=refusal.allowed)

    def write(
        self,
        move: Move,
        *,
        by: User,
        at: datetime | None = None,
        due_at: datetime | None = None,
        reason: RejectReason | None = None,
        cause: str = "",
        note: str = "",
        data: Mapping[str, Any] | None = None,
        rule_version: int | None = None,
        columns: Mapping[str, Any] | None = None,
    ) -> LeadMove:
        """Writes one move: the lead row, the LeadMove, the open handoff's end, the audit entry, the event.

        `columns`: further columns of the lead row. `at`: when it happened, where that is not now.
        """
        at = at or self.now
        told = {"due_at": due_at, "cause": cause} | dict(data or {})
        record = self._record(move, at, reason.code if reason else cause, due_at, bool(told.get("breach")))
        after = apply(self.state, record)
        columns = time_columns(self.lead, after, record, Promises.load) | dict(columns or {})
        was = self._standing(columns) if move.name in UNDOABLE else {}
        if self.state.before:  # no longer to be undone, and told in its turn
            outbox.release(event_key(self.lead, self.state.seq), now=self.now)
        self._update_lead(after, columns)
        written = LeadMove.objects.create(
            lead=self.lead,
            account_id=self.lead.account_id,
            seq=record.seq,
            move=record.move,
            from_stage=record.from_stage or "",
            to_stage=record.to_stage,
            by=by,
            at=at,
            reason=reason,
            note=note,
            data=as_json(told) | was,
            rule_version=rule_version,
        )
        self._update_handoff(move.name, by, at, due_at)
        self._tell(written)
        return written

    def _standing(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """What the move overwrites beside milestones: kept with it, for its undo."""
        handoff = _values(self.handoff, ANSWER_COLUMNS) if self.handoff else {}
        return {"was": {"lead": _values(self.lead, {*columns, *NOTED_COLUMNS}), "handoff": handoff}}

    def _record(
        self, move: Move, at: datetime, reason: str, due_at: datetime | None, breach: bool = False
    ) -> MoveRecord:
        start = self.state.stage if move.from_stages else None
        return MoveRecord(move.name, start, move.to_stage, at, self.state.seq + 1, reason, due_at, breach)

    def _update_lead(self, state: State, columns: Mapping[str, Any]) -> None:
        """Guarded by `seq`: the row is written only where the history read is still the whole history."""
        values = columns_of(state) | dict(columns)
        if not Lead.objects.filter(pk=self.lead.pk, seq=self.state.seq).update(**values):
            raise MoveRefused("stage", stage=refusals.STAGES[self.state.stage])
        for name, value in values.items():
            setattr(self.lead, name, value)
        self.state = state

    def _update_handoff(self, name: MoveName, by: User, at: datetime, due_at: datetime | None) -> None:
        last = self.handoff
        if last is None or name in DELIVERIES:
            return
        if due_at and not last.outcome:
            last.due_at, last.at_risk_at = due_at, None
            last.save(update_fields=["due_at", "at_risk_at"])
        if name in ANSWERS:
            last.answer_hours = Promises.load().answer_hours(last.team, last.sent_at, at, self.state)
        if name in OUTCOMES or ending(name, last.outcome) != last.outcome:
            self.end_handoff(ending(name, last.outcome), by=by, at=at)

    def end_handoff(self, outcome: str, *, by: User, at: datetime) -> None:
        """Closes the latest handoff."""
        last = self.handoff
        if last is None:
            return
        last.outcome, last.decided_by, last.decided_at = outcome, by, at
        last.save(update_fields=["outcome", "decided_by", "decided_at", "answer_hours"])

    def resumed_due(self) -> datetime | None:
        """The due if the open question ends now; None where the clock is not paused."""
        return Promises.load().resumed_due(self.lead, self.state, self.now, self.handoff)

    def _tell(self, written: LeadMove) -> None:
        lead = self.lead
        detail = {"seq": written.seq, "from": written.from_stage, "to": written.to_stage}
        log.record(f"leads.{written.move}", lead, by=written.by, at=self.now, account_id=lead.account_id, detail=detail)
        if written.move == MoveName.UNDO:
            return
        event = EVENTS.get(MoveName(written.move), "lead.moved")
        payload = {
            "lead": str(lead.public_id),
            "lead_id": lead.pk,
            "account_id": lead.account_id,
            "assignee_id": lead.assignee_id,
            "by_id": written.by_id,
            "at": written.at.isoformat(),
            "move": written.move,
            **detail,
        }
        waits = written.move in UNDOABLE and doors.current() is Door.PAGE
        hold = UNDO_WITHIN if waits else timedelta(0)
        key, subject = event_key(lead, written.seq), f"lead:{lead.pk}"
        outbox.put(event, key=key, payload=payload, now=self.now, subject=subject, hold=hold)


def time_columns(
    lead: Lead, after: State, record: MoveRecord, promises: Callable[[], Promises]
) -> dict[str, datetime | float]:
    """What a move says of its time beside milestones: how long the first answer took, when marketing's part is due."""
    if record.move in ANSWERS:
        found: dict[str, datetime | float] = {}
        if lead.answer_hours is None and after.handed_over_at:
            found["answer_hours"] = promises().answer_hours(lead.team, after.handed_over_at, record.at, after)
        if record.move is MoveName.REJECT and lead.disposition_due_at is None:
            found["disposition_due_at"] = promises().disposition_due(lead, record.at)
        return found
    if (
        record.to_stage is Stage.MQL
        and record.from_stage is Stage.NURTURE
        and (after.handed_over_at or record.at) >= record.at
    ):
        return {"routing_due_at": promises().routing_due(lead, record.at)}
    return {}


def as_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is there; dates, times and money as text."""
    plain = {key: value for key, value in data.items() if value not in (None, "", (), [])}
    return {key: _plain(value) for key, value in plain.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return as_json(value)
    return str(value) if isinstance(value, Decimal) else value


def _values(row: Model, names: Collection[str]) -> dict[str, Any]:
    """The row's columns by name, as JSON."""
    wanted = {field for field in row._meta.concrete_fields if field.name in names}
    return {field.attname: _plain(field.value_from_object(row)) for field in wanted}


@contextmanager
def one_open_lead() -> Iterator[None]:
    """Whoever would open a second lead of a department for an offering hears the database's verdict in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "lead_one_open" in str(error):
            raise MoveRefused("open_lead_exists") from error
        raise


def take_up(lead: Lead, *, now: datetime, settle: bool = True) -> Case:
    """Locks the lead and reads its history; what the clock owes by now is recorded first.

    Call inside a transaction. The given instance is refreshed, so the caller sees what the act wrote.
    """
    lead.refresh_from_db(from_queryset=Lead.objects.select_for_update())
    handoff = lead.handoffs.select_related("decided_by").order_by("-number").first()
    case = Case(lead, state_of(lead), handoff, now)
    if settle and question_limit(case):
        record_limit(case)
    if settle and is_overdue(case):
        record_ignore(case)
    return case


def is_overdue(case: Case) -> bool:
    """Whether the clock has run out on the open handoff."""
    due = case.state.answer_due_at
    return case.state.open_handoff and not case.state.question_at and due is not None and case.now > due


def record_ignore(case: Case, by: User | None = None) -> LeadMove:
    """The clock's verdict, at the moment the answer was due, however late it is written down. Raises MoveRefused."""
    clock = by or User.objects.system()
    move = case.require(MoveName.IGNORE, by=clock)
    return case.write(move, by=clock, at=case.state.answer_due_at)


def question_limit(case: Case) -> datetime | None:
    """When marketing's time to answer the open question ended; None while it has not."""
    asked = case.state.question_at
    limit = Promises.load().answer_limit(case.lead, asked) if asked else None
    return limit if limit and case.now > limit else None


def record_limit(case: Case, by: User | None = None) -> LeadMove:
    """Ends a question marketing did not answer, at its limit: sales' clock runs again. Raises MoveRefused."""
    clock = by or User.objects.system()
    move = case.require(MoveName.ANSWER, by=clock)
    limit = question_limit(case) or case.now
    due = Promises.load().resumed_due(case.lead, case.state, limit, case.handoff)
    return case.write(move, by=clock, at=limit, due_at=due, data={"breach": True})
