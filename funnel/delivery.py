"""Delivering a lead to one decider: what hand_over, reassign, requeue and reclaim have in common."""

from datetime import datetime

from funnel import rules
from funnel.cases import Case
from funnel.enums import Outcome
from funnel.models import Handoff, LeadMove
from funnel.policies import Promises
from funnel.refusals import MoveRefused
from funnel.waterfall import Move
from users.models import User


def send(
    case: Case, move: Move, *, assignee: User, by: User, due: datetime | None = None, cause: str = "", note: str = ""
) -> LeadMove:
    """Writes the move and opens the handoff; an open one before it ends as REASSIGNED. Raises MoveRefused.

    `due`: where the answer's due is not a fresh one by the policy and the assignee's calendar.
    """
    if not rules.may_receive(assignee):
        raise MoveRefused("cannot_receive", name=assignee)
    lead, promises = case.lead, Promises.load()
    due = due or promises.answer_due(lead, assignee, case.now)
    first = {} if lead.handed_over_at else {"first_assignee": assignee, "first_team": assignee.team}
    columns = {"assignee": assignee, "team": assignee.team} | first
    told = {"assignee": assignee.pk}
    written = case.write(move, by=by, due_at=due, cause=cause, note=note, data=told, columns=columns)
    if case.handoff and not case.handoff.outcome:
        case.end_handoff(Outcome.REASSIGNED, by=by, at=case.now)
    policy = promises.policy(lead, assignee.team_id, case.now)
    case.handoff = Handoff.objects.create(
        lead=lead,
        account_id=lead.account_id,
        number=case.handoff.number + 1 if case.handoff else 1,
        assignee=assignee,
        team=assignee.team,
        policy=policy if policy.pk else None,
        sent_by=by,
        sent_at=case.now,
        due_at=due,
    )
    return written
