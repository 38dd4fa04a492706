"""A delivered lead goes back, or to somebody else: recall, reassign, requeue, reclaim. As in `funnel.leads`."""

from datetime import datetime

from django.db import transaction

from funnel.cases import take_up
from funnel.delivery import send
from funnel.enums import Cause, MoveName
from funnel.models import Lead, LeadMove
from funnel.refusals import MoveRefused
from funnel.replay import EXTENDING_CAUSES
from users.models import User


@transaction.atomic
def recall(lead: Lead, *, by: User, now: datetime, cause: str) -> LeadMove:
    """MQL → WITHDRAWN: marketing's mistake, taken back before the answer is due."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.RECALL, by=by, data={"cause": cause})
    return case.write(move, by=by, due_at=case.resumed_due(), note=cause)


@transaction.atomic
def reassign(lead: Lead, *, by: User, now: datetime, assignee: User, cause: str, note: str = "") -> LeadMove:
    """Gives an unanswered lead to somebody else, for a `Cause`.

    The due stays, unless the assignee was absent or wrong, or it was ignored already: then a fresh one.
    """
    case = take_up(lead, now=now)
    move = case.require(MoveName.REASSIGN, by=by, data={"assignee": assignee, "cause": cause})
    if cause not in set(Cause):
        raise MoveRefused("unknown_cause", missing=["cause"])
    waits = case.state.open_handoff
    if waits and lead.assignee_id == assignee.pk:
        raise MoveRefused("same_assignee", name=assignee)
    stays = waits and cause not in EXTENDING_CAUSES
    due = (case.resumed_due() or case.state.answer_due_at) if stays else None
    return send(case, move, assignee=assignee, by=by, due=due, cause=cause, note=note)


@transaction.atomic
def requeue(lead: Lead, *, by: User, now: datetime, assignee: User, note: str = "") -> LeadMove:
    """REJECTED → MQL: rejected as somebody else's, it goes to whose it is. The first outcome stays."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.REQUEUE, by=by, data={"assignee": assignee})
    return send(case, move, assignee=assignee, by=by, note=note)


@transaction.atomic
def reclaim(lead: Lead, *, by: User, now: datetime, assignee: User, note: str = "") -> LeadMove:
    """SAL → MQL: accepted, but not followed up, it goes to somebody else. A ghost stays counted."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.RECLAIM, by=by, data={"assignee": assignee})
    return send(case, move, assignee=assignee, by=by, note=note)
