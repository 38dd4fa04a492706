"""The facts of one lead and one actor, gathered for the moves table: for acts, pages and the API alike."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from audit import outbox
from engagement.models import Touch
from funnel import conflicts, rules
from funnel.enums import Disposition, Stage
from funnel.guards import Facts
from funnel.models import Lead, RejectReason
from funnel.policies import Promises
from funnel.replay import State
from funnel.story import event_key, state_of
from funnel.waterfall import Move, options
from targets.models import TargetEntry
from users.models import User
from users.roles import Role


def gather(
    lead: Lead, state: State, *, by: User, now: datetime, second: User | None = None, assignee: User | None = None
) -> Facts:
    """Everything the table may ask about this lead, this actor and this moment."""
    return Facts(
        stage=state.stage,
        now=now,
        has_handoff=state.handed_over_at is not None,
        open_handoff=state.open_handoff,
        is_assignee=rules.is_assignee(lead, by),
        due_at=_due(lead, state, now),
        question_open=state.question_at is not None,
        closed_at=state.won_at or state.lost_at,
        is_ghost=lead.ghost_at is not None,
        appealed=state.appealed,
        appeal_open=state.appeal_open,
        second_role=Role(second.role) if second and second.is_active else None,
        conflicts=frozenset(found.code for found in conflicts.find(lead, assignee)) if assignee else frozenset(),
        rejected_as_other=lead.reject_reason is not None and lead.reject_reason.disposition == Disposition.RECODE,
        **_of_stage(lead, state, now),
        **_of_answer(lead, state, by, now),
    )


def _due(lead: Lead, state: State, now: datetime) -> datetime | None:
    """When the open handoff's answer is due; while a question is open, as if it were answered now."""
    if not state.question_at:
        return state.answer_due_at
    open_one = lead.handoffs.select_related("assignee__team__calendar").order_by("-number").first()
    return Promises.load().resumed_due(lead, state, now, open_one)


def _of_stage(lead: Lead, state: State, now: datetime) -> dict[str, Any]:
    """What only matters at one stage is asked of the database only there."""
    if state.stage is Stage.NURTURE:
        return {"on_active_list": covering_entry(lead) is not None, "touches": int(_touched(lead, now))}
    if state.stage is Stage.SAL:
        return {"two_way_touches": int(_talked(lead, now))}
    if state.stage in (Stage.REJECTED, Stage.LOST):
        return {"disposition": _disposition(state.reason)}
    if state.stage is Stage.IGNORED and state.entered_at:
        return {"give_up_at": Promises.load().give_up_at(lead, state.entered_at)}
    if state.question_at:
        return {"answer_limit_at": Promises.load().answer_limit(lead, state.question_at)}
    return {}


def _of_answer(lead: Lead, state: State, by: User, now: datetime) -> dict[str, Any]:
    """Whether the latest move is an answer or a question nobody has been told of yet, whose, and from where."""
    if state.before is None:
        return {}
    held = outbox.held_until(event_key(lead, state.seq), now=now)
    own = held is not None and lead.moves.filter(seq=state.seq, by=by).exists()
    return {"held_until": held, "own_answer": own, "answered_from": state.before.stage}


def covering_entry(lead: Lead) -> TargetEntry | None:
    """The entry of a list in force that wants this demand most precisely."""
    entries = TargetEntry.objects.active().covering(
        account_id=lead.account_id, department_id=lead.department_id, offering_id=lead.offering_id
    )
    return entries.select_related("version").first()


def _touched(lead: Lead, now: datetime) -> bool:
    about = Touch.objects.about(
        account_id=lead.account_id, department_id=lead.department_id, offering_id=lead.offering_id
    )
    return about.before(now).exists()


def _talked(lead: Lead, now: datetime) -> bool:
    """A two-way touch with the department (or nobody in particular of the account) since the hand-over."""
    talks = Touch.objects.filter(account=lead.account_id, two_way=True).before(now)
    if lead.department_id:
        talks = talks.filter(Q(department=lead.department_id) | Q(department=None))
    return (talks.filter(occurred_at__gte=lead.handed_over_at) if lead.handed_over_at else talks).exists()


def _disposition(code: str) -> Disposition | None:
    found = RejectReason.objects.filter(code=code).values_list("disposition", flat=True).first()
    return Disposition(found) if found else None


def options_for(lead: Lead, *, by: User, now: datetime) -> list[tuple[Move, str]]:
    """The moves of this stage and role, each with the code that stops it now ("" when nothing does)."""
    return options(gather(lead, state_of(lead), by=by, now=now), Role(by.role))
