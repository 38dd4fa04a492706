"""The facts a move is judged by, and the conditions the moves table names. Pure.

A guard's name is also the code of its refusal: "before_due" refused means it is no longer before due.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from funnel.enums import Disposition, Stage
from users.roles import Role

REOPEN_WITHIN = timedelta(days=30)
UNDO_WITHIN = timedelta(seconds=10)
"""How long the message of an answer given on a page waits, so that the answer can be undone."""
BANT = frozenset({"budget", "authority", "need", "timing"})
UPHELD, DENIED = "UPHELD", "DENIED"

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of one lead and one actor at one moment; all times are aware.

    `stage` None is a lead that does not exist yet. `rejected_as_other`: sales said no and named no reason.
    `is_assignee`: the actor holds the lead's latest handoff. `due_at`: when the open handoff's answer is due.
    `disposition`: what the reason of the present rejection or loss asks for. `give_up_at`: when the clock may give
    an ignored lead up. `second_role`: of the person who signs together with the actor. `held_until`: until when
    nobody is told of the accept, reject or ask that was the lead's latest move; `own_answer`: whether it was the
    actor's; `answered_from`: the stage it started at. `conflicts`: what stands against the assignee (names of
    guards).
    """

    stage: Stage | None
    now: datetime
    rejected_as_other: bool = False
    has_handoff: bool = False
    open_handoff: bool = False
    is_assignee: bool = False
    due_at: datetime | None = None
    question_open: bool = False
    answer_limit_at: datetime | None = None
    give_up_at: datetime | None = None
    closed_at: datetime | None = None
    on_active_list: bool = False
    touches: int = 0
    two_way_touches: int = 0
    is_ghost: bool = False
    appealed: bool = False
    appeal_open: bool = False
    disposition: Disposition | None = None
    second_role: Role | None = None
    held_until: datetime | None = None
    own_answer: bool = False
    answered_from: Stage | None = None
    conflicts: frozenset[str] = frozenset()


def _past(moment: datetime | None, facts: Facts) -> bool:
    return moment is not None and facts.now > moment


GUARDS: dict[str, Callable[[Facts, Role], bool]] = {
    "assignee_or_manager": lambda facts, role: facts.is_assignee or role is Role.SALES_MANAGER,
    "on_active_list": lambda facts, role: facts.on_active_list,
    "has_touch": lambda facts, role: facts.touches > 0,
    "two_way_touch": lambda facts, role: facts.two_way_touches > 0,
    "before_any_handoff": lambda facts, role: not facts.has_handoff,
    "not_with_sales": lambda facts, role: not facts.open_handoff,
    "with_sales": lambda facts, role: facts.open_handoff or facts.stage is Stage.IGNORED,
    "not_protected": lambda facts, role: "not_protected" not in facts.conflicts,
    "no_lead_elsewhere": lambda facts, role: "no_lead_elsewhere" not in facts.conflicts,
    "no_deal_elsewhere": lambda facts, role: "no_deal_elsewhere" not in facts.conflicts,
    "has_conflict": lambda facts, role: bool(facts.conflicts),
    "before_due": lambda facts, role: facts.due_at is not None and not _past(facts.due_at, facts),
    "due_passed": lambda facts, role: _past(facts.due_at, facts),
    "no_question": lambda facts, role: not facts.question_open,
    "question_open": lambda facts, role: facts.question_open,
    "answer_limit_passed": lambda facts, role: _past(facts.answer_limit_at, facts),
    "give_up_time": lambda facts, role: _past(facts.give_up_at, facts),
    "disposition_requeue": lambda facts, role: facts.disposition is Disposition.REQUEUE,
    "disposition_repair": lambda facts, role: facts.disposition is Disposition.REPAIR,
    "disposition_recycle": lambda facts, role: facts.disposition is Disposition.RECYCLE,
    "rejected_as_other": lambda facts, role: facts.rejected_as_other,
    "once_per_lead": lambda facts, role: not facts.appealed,
    "appeal_open": lambda facts, role: facts.appeal_open,
    "is_ghost": lambda facts, role: facts.is_ghost,
    "still_held": lambda facts, role: facts.held_until is not None and facts.now < facts.held_until,
    "own_answer": lambda facts, role: facts.own_answer,
    "was_waiting": lambda facts, role: facts.answered_from is Stage.MQL,
    "was_ignored": lambda facts, role: facts.answered_from is Stage.IGNORED,
    "within_30_days": lambda facts, role: facts.closed_at is not None and facts.now <= facts.closed_at + REOPEN_WITHIN,
}


def _positive(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and value > 0


DATA_RULES: dict[str, Callable[[Data], bool]] = {
    "amount_positive": lambda data: _positive(data["amount"]),
    "two_of_bant": lambda data: len(BANT.intersection(data["bant"])) >= 2,
    "verdict_upheld": lambda data: bool(data["verdict"] == UPHELD),
    "verdict_denied": lambda data: bool(data["verdict"] == DENIED),
}
