"""What waits for somebody who is away goes to the deputy, before its time runs out.

A due counts around the absences known at hand-over and is never moved by a later one. Where a later one swallows it,
the lead is given to the deputy for the cause ABSENCE, with a fresh due; without a deputy the manager is told.
"""

from datetime import datetime, time, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from funnel.cases import Case
from funnel.delivery import send
from funnel.enums import Cause, MoveName, Stage
from funnel.models import Handoff, Lead
from funnel.querysets import HandoffQuerySet
from funnel.walks import BATCH, walk
from users import absences, notices
from users.models import Absence, User
from users.roles import Role

UNCOVERED = gettext_noop(
    "%(name)s is away until %(day)s and has no deputy. Please give %(lead)s to somebody else: "
    "without an answer by %(due)s it counts as ignored."
)


def stand_in(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """Gives to the deputies what falls due while its assignee is away, as of the moment that was so."""
    away = Lead.objects.filter(pk__in=_swallowed().values("lead"), stage=Stage.MQL, question_at=None)
    return walk(away, lambda case: _give_over(case, now, by), "stood_in", now, batch)


def _swallowed() -> HandoffQuerySet:
    """Open handoffs that may fall due within an absence; to the day, whatever the timezone."""
    return Handoff.objects.awaiting_answer().filter(
        assignee__absences__cancelled_at=None,
        assignee__absences__first_on__lte=F("due_at") + timedelta(days=1),
        assignee__absences__last_on__gte=F("due_at") - timedelta(days=2),
    )


def _give_over(case: Case, now: datetime, by: User) -> bool:
    handoff, due = case.handoff, case.state.answer_due_at
    absence = _absence_over(handoff, due) if handoff and due else None
    if not handoff or not due or not absence:
        return False
    moment = _moment(case, handoff, absence)
    if not moment <= min(now, due):
        return False
    deputy = absences.deputy_of(handoff.assignee, moment)
    if deputy is None:
        _tell_manager(case.lead, absence, due, now)
        return False
    case.now = moment
    move = case.require(MoveName.REASSIGN, by=by, data={"assignee": deputy, "cause": Cause.ABSENCE})
    send(case, move, assignee=deputy, by=by, cause=Cause.ABSENCE)
    return True


def _absence_over(handoff: Handoff, due: datetime) -> Absence | None:
    day = due.astimezone(absences.zone_of(handoff.assignee)).date()
    return Absence.objects.over(day).filter(user=handoff.assignee).first()


def _moment(case: Case, handoff: Handoff, absence: Absence) -> datetime:
    """Since when the lead waits for somebody who is away and known to be: the same however late the job comes."""
    begins = datetime.combine(absence.first_on, time(), absences.zone_of(handoff.assignee))
    return max(begins, absence.created_at, case.lead.moves.latest("seq").at)


def _tell_manager(lead: Lead, absence: Absence, due: datetime, now: datetime) -> None:
    away = absence.user
    words = {
        "name": str(away),
        "day": absence.last_on.isoformat(),
        "lead": str(lead),
        "due": f"{timezone.localtime(due):%Y-%m-%d %H:%M}",
    }
    for manager in _managers(away):
        key = f"absence:{absence.pk}:{lead.pk}"
        notices.tell(manager, key=key, text=UNCOVERED, params=words, link=f"leads/{lead.public_id}/", now=now)


def _managers(user: User) -> list[int]:
    if user.manager_id:
        return [user.manager_id]
    heads = User.objects.active().filter(role=Role.SALES_MANAGER, team__isnull=False, team=user.team_id)
    return list(heads.values_list("pk", flat=True))
