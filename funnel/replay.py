"""One lead's state as a fold over its moves. Pure.

The acts compute the lead row's milestones with this same reducer, so replaying LeadMove equals the row by
construction. Milestones name the *first* time something was reached. Corrections (unqualify, unregister, reopen) take
the milestone back; the moves keep the story. An undo gives the state before the answer it undoes, whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from funnel.enums import Cause, MoveName, Outcome, Stage
from funnel.waterfall import is_legal_step

EXTENDING_CAUSES = frozenset({Cause.ABSENCE, Cause.WRONG_OWNER})
DELIVERIES = frozenset({MoveName.HAND_OVER, MoveName.REASSIGN, MoveName.REQUEUE, MoveName.RECLAIM})


class BrokenHistory(Exception):
    """A move that cannot follow the moves before it; says which and why (for engineers and import reports)."""


@dataclass(frozen=True, slots=True)
class MoveRecord:
    """What happened. `due_at`: when the open handoff's answer is due after this move, where the move sets it.

    `reason`: a reject or lose reason, or the cause of a reassignment. `breach`: marketing let the question's time pass.
    """

    move: MoveName
    from_stage: Stage | None
    to_stage: Stage
    at: datetime
    seq: int
    reason: str = ""
    due_at: datetime | None = None
    breach: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Stage and milestones. `due_at` is the cohort's due (the first handoff's), `answer_due_at` the open one's.

    `entered_at`: since when it stands at this stage. `reason`: of the latest rejection or loss. `disposed_at`:
    marketing's first word on a rejection. `pauses`: from when to when a question stopped the clock. `before`: the state
    before the latest move, where that was an answer or a question: what an undo goes back to.
    """

    stage: Stage = Stage.NURTURE
    seq: int = 0
    mql_at: datetime | None = None
    handed_over_at: datetime | None = None
    due_at: datetime | None = None
    first_outcome: Outcome | None = None
    first_outcome_at: datetime | None = None
    ignored_at: datetime | None = None
    accepted_at: datetime | None = None
    rejected_at: datetime | None = None
    asked_at: datetime | None = None
    breached_at: datetime | None = None
    disposed_at: datetime | None = None
    appealed_at: datetime | None = None
    upheld_at: datetime | None = None
    denied_at: datetime | None = None
    sql_at: datetime | None = None
    pipeline_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    recycled_at: datetime | None = None
    gave_up_at: datetime | None = None
    disqualified_at: datetime | None = None
    withdrawn_at: datetime | None = None
    entered_at: datetime | None = None
    answer_due_at: datetime | None = None
    question_at: datetime | None = None
    open_handoff: bool = False
    off_list: bool = False
    appealed: bool = False
    appeal_open: bool = False
    reason: str = ""
    before: "State | None" = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()


M = MoveName
SETS: dict[MoveName, tuple[str, ...]] = {
    M.QUALIFY: ("mql_at",),
    M.QUALIFY_OFF_LIST: ("mql_at",),
    M.HAND_OVER: ("handed_over_at",),
    M.ACCEPT: ("accepted_at",),
    M.SELF_SOURCE: ("accepted_at",),
    M.REJECT: ("rejected_at",),
    M.ASK: ("asked_at",),
    M.IGNORE: ("ignored_at",),
    M.GIVE_UP: ("gave_up_at", "recycled_at"),
    M.RECYCLE: ("recycled_at",),
    M.CONFIRM: ("sql_at",),
    M.REGISTER: ("sql_at", "pipeline_at"),
    M.WIN: ("won_at",),
    M.LOSE: ("lost_at",),
    M.DISQUALIFY: ("disqualified_at",),
    M.RECALL: ("withdrawn_at",),
    M.MERGE_DUPLICATE: ("withdrawn_at",),
}
CLEARS: dict[MoveName, tuple[str, ...]] = {
    M.UNQUALIFY: ("mql_at",),
    M.UNREGISTER: ("pipeline_at",),
    M.REOPEN: ("won_at", "lost_at", "disqualified_at"),
}
UNDOABLE = frozenset({M.ACCEPT, M.REJECT, M.ASK})
ANSWERS = frozenset({M.ACCEPT, M.REJECT})
OUTCOMES = {M.ACCEPT: Outcome.ACCEPTED, M.REJECT: Outcome.REJECTED, M.IGNORE: Outcome.IGNORED}

Changes = dict[str, Any]


def _verify(state: State, record: MoveRecord) -> None:
    start = None if record.move is M.SELF_SOURCE and state.seq == 0 else state.stage
    if record.seq != state.seq + 1:
        raise BrokenHistory(f"move {record.seq} after {state.seq}")
    if record.from_stage != start:
        raise BrokenHistory(f"{record.move} starts at {record.from_stage}, the lead stands at {start}")
    if record.move is M.UNDO and (state.before is None or state.before.stage is not record.to_stage):
        raise BrokenHistory(f"undo to {record.to_stage} of no answer from there")
    if not is_legal_step(record.move, start, record.to_stage):
        raise BrokenHistory(f"{record.move} does not lead from {start} to {record.to_stage}")


def _clock(state: State, record: MoveRecord) -> Changes:
    """The open handoff's due, and the cohort's due while its first answer is still open.

    Until then there is one due only: a reassignment keeps it, unless for a cause that extends it.
    """
    if record.due_at is None:
        return {}
    first = record.move is M.HAND_OVER and state.due_at is None
    extends = state.question_at is not None or record.reason in EXTENDING_CAUSES
    if state.first_outcome or not (first or state.due_at):
        return {"answer_due_at": record.due_at}
    due = record.due_at if first or extends else state.due_at
    return {"due_at": due, "answer_due_at": due}


def _answer(state: State, record: MoveRecord, due: datetime | None) -> Changes:
    """The first outcome. An answer after its due needs the ignore before it; an ignore needs the due passed."""
    outcome = OUTCOMES.get(record.move)
    if outcome is None:
        return {}
    if not state.open_handoff and state.stage is not Stage.IGNORED:
        raise BrokenHistory(f"{record.move} without a hand-over")
    late = state.open_handoff and due is not None and record.at > due
    if late and outcome is not Outcome.IGNORED:
        raise BrokenHistory(f"{record.move} at {record.at} without an ignore at {due}")
    if outcome is Outcome.IGNORED and (due is None or record.at < due):
        raise BrokenHistory(f"ignored at {record.at} before its due {due}")
    return {} if state.first_outcome else {"first_outcome": outcome, "first_outcome_at": record.at}


def _delivery(state: State, record: MoveRecord) -> Changes:
    """Whether a handoff is open after the move; the clock and the question end with it."""
    opened = record.move in DELIVERIES or state.open_handoff
    if record.to_stage is not Stage.MQL or not opened:
        return {"open_handoff": False, "answer_due_at": None, "question_at": None}
    asked = {M.ASK: record.at, M.ANSWER: None}.get(record.move, state.question_at)
    return {"open_handoff": True, "question_at": None if record.move in DELIVERIES else asked}


def _reached(state: State, record: MoveRecord) -> tuple[str, ...]:
    """The milestones the move reaches, if it is the first to."""
    if record.move is M.ANSWER:
        return ("breached_at",) if record.breach else ()
    words_only = record.move is M.RECODE
    disposed = ("disposed_at",) if record.from_stage is Stage.REJECTED and not words_only else ()
    if record.move is not M.APPEAL:
        return (*SETS.get(record.move, ()), *disposed)
    if not state.appealed:
        return ("appealed_at", *disposed)
    return ("upheld_at",) if record.to_stage is Stage.MQL else ("denied_at",)


def _pauses(state: State, record: MoveRecord, question_at: datetime | None) -> Changes:
    if state.question_at is None or question_at:
        return {}
    return {"pauses": (*state.pauses, (state.question_at, record.at))}


def _flags(state: State, record: MoveRecord) -> Changes:
    if record.move is M.QUALIFY_OFF_LIST:
        return {"off_list": True}
    if record.move is M.APPEAL:
        return {"appealed": True, "appeal_open": not state.appealed}
    if record.move is M.RECODE:
        return {"reason": record.reason}  # an open appeal stays open
    kept = {"reason": record.reason} if record.move in (M.REJECT, M.LOSE) else {}
    return {"appeal_open": False, **kept}


def apply(state: State, record: MoveRecord) -> State:
    """The state after one more move. Raises BrokenHistory when the move cannot follow."""
    _verify(state, record)
    if record.move is M.UNDO and state.before:
        return replace(state.before, seq=record.seq)
    clock = _clock(state, record)
    changes: Changes = {name: record.at for name in _reached(state, record) if getattr(state, name) is None}
    changes |= dict.fromkeys(CLEARS.get(record.move, ()))
    if record.from_stage is not record.to_stage:
        changes["entered_at"] = record.at
    changes |= clock | _answer(state, record, clock.get("answer_due_at", state.answer_due_at))
    changes |= _delivery(state, record) | _flags(state, record)
    changes |= _pauses(state, record, changes["question_at"])
    changes["before"] = replace(state, before=None) if record.move in UNDOABLE else None
    return replace(state, stage=record.to_stage, seq=record.seq, **changes)


def replay(records: Iterable[MoveRecord]) -> State:
    """The state after all moves, in order. Raises BrokenHistory."""
    state = State()
    for record in records:
        state = apply(state, record)
    return state
