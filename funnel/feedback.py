"""Feedback on accepted leads: asked 30, 60 and 90 days after the acceptance, three fields, twenty seconds.

A daily job asks, dated at its own moment however late the job comes round; whom it is asked of answers, once.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import log, outbox
from audit.models import OutboxMessage
from funnel.enums import FEEDBACK_STEPS, QUALITIES, Origin, Progress, Stage
from funnel.models import Feedback, Lead
from users import kinds, notices
from users.models import User
from users.roles import DECIDERS

OPEN_FOR = timedelta(days=30)
"""Until the next is asked for; the last one as long."""
ENDED_LONG_BEFORE = timedelta(days=30)
"""A lead that had ended so long before is not asked about."""
WITH_SALES = (Stage.SAL, Stage.SQL, Stage.PIPELINE)
ENDS = {
    Stage.WON: "won_at",
    Stage.LOST: "lost_at",
    Stage.RECYCLED: "recycled_at",
    Stage.DISQUALIFIED: "disqualified_at",
}
BATCH = 500
DUE = gettext_noop(
    "How is it going with %(lead)s, %(days)s days after it was taken? Two clicks, until %(day)s; after that it counts"
    " as no feedback."
)


class FeedbackRefused(Exception):
    """Feedback that cannot be taken; the text says why."""


def register() -> None:
    """Tells of feedback that is due: at once, for its mail brings the three fields along."""
    outbox.on("feedback.due", tell)
    kinds.announce("feedback.due", gettext_noop("Feedback on a lead I took"), at_once=DECIDERS, roles=DECIDERS)


def open_due(*, now: datetime, by: User) -> dict[str, int]:
    """Asks for all feedback whose moment has come and not passed; doing it twice changes nothing. Returns how many."""
    return {"asked": sum(_open_step(step, now=now, by=by) for step in FEEDBACK_STEPS)}


def _open_step(step: int, *, now: datetime, by: User) -> int:
    asked = 0
    while pending := list(due(step, now).values_list("pk", flat=True)[:BATCH]):
        done = _ask_about(pending, step, now=now, by=by)
        if not done:
            break
        asked += done
    return asked


def due(step: int, now: datetime) -> QuerySet[Lead]:
    """Marketing's leads accepted so many days ago that somebody still has, or had lately, not yet asked about."""
    moment = F("accepted_at") + timedelta(days=step)
    asked_about = Q(stage__in=WITH_SALES)
    for stage, ended_at in ENDS.items():
        asked_about |= Q(stage=stage, **{f"{ended_at}__gt": moment - ENDED_LONG_BEFORE})
    found = Lead.objects.without_samples().filter(
        asked_about,
        origin=Origin.MARKETING,
        accepted_at__lte=now - timedelta(days=step),
        accepted_at__gt=now - timedelta(days=step) - OPEN_FOR,
        assignee__is_active=True,
        assignee__is_service=False,
    )
    return found.exclude(Exists(Feedback.objects.filter(step=step, lead=OuterRef("pk")))).order_by("pk")


@transaction.atomic
def _ask_about(leads: list[int], step: int, *, now: datetime, by: User) -> int:
    found = Lead.objects.filter(pk__in=leads).select_related("assignee")
    return sum(_ask(lead, step, now=now, by=by) for lead in found)


def _ask(lead: Lead, step: int, *, now: datetime, by: User) -> bool:
    """Whether it was asked: somebody else's job may have been faster."""
    if lead.accepted_at is None or lead.assignee is None:
        return False
    asked_at = lead.accepted_at + timedelta(days=step)
    told = {
        "account_id": lead.account_id,
        "user": lead.assignee,
        "team_id": lead.assignee.team_id,
        "asked_at": asked_at,
        "closes_at": asked_at + OPEN_FOR,
    }
    feedback, is_new = Feedback.objects.get_or_create(lead=lead, step=step, defaults=told)
    if is_new:
        log.record("feedback.ask", feedback, by=by, at=now, account_id=lead.account_id, detail={"step": step})
        outbox.put("feedback.due", key=f"feedback:{feedback.pk}", payload={"feedback_id": feedback.pk}, now=now)
    return is_new


def tell(message: OutboxMessage, now: datetime) -> None:
    """Whom it is asked of hears until when, unless it has been given meanwhile."""
    found = Feedback.objects.select_related("lead__account", "lead__department")
    feedback = found.get(pk=message.payload["feedback_id"])
    if feedback.answered_at:
        return
    day = timezone.localtime(feedback.closes_at)
    notices.tell(
        feedback.user_id,
        key=message.key,
        text=DUE,
        params={"lead": str(feedback.lead), "days": feedback.step, "day": f"{day:%Y-%m-%d}"},
        link=f"feedback/{feedback.public_id}/",
        now=now,
        kind=message.topic,
        subject=str(feedback.public_id),
    )


@transaction.atomic
def answer(
    feedback: Feedback, *, by: User, now: datetime, progress: str, quality: int | None, note: str = ""
) -> Feedback:
    """Keeps what `by`, whom it is asked of, tells: how it goes, how good the lead was (1 to 5), a line. Once.

    Raises FeedbackRefused, having changed nothing.
    """
    feedback.refresh_from_db(from_queryset=Feedback.objects.select_for_update())
    if why := _refusal(feedback, by, now, progress, quality):
        raise FeedbackRefused(why)
    feedback.answered_at, feedback.progress, feedback.quality, feedback.note = now, progress, quality, note
    feedback.save(update_fields=["answered_at", "progress", "quality", "note"])
    detail = {"step": feedback.step, "progress": str(progress), "quality": quality}
    log.record("feedback.answer", feedback, by=by, at=now, account_id=feedback.account_id, detail=detail)
    return feedback


def _refusal(feedback: Feedback, by: User, now: datetime, progress: str, quality: int | None) -> str:
    if by.pk != feedback.user_id or not by.is_active:
        return _("This feedback is asked of %(name)s.") % {"name": feedback.user}
    if feedback.answered_at:
        return _("This feedback has already been given.")
    if now >= feedback.closes_at:
        return _("The time for this feedback has passed. Please answer the next one.")
    if progress not in set(Progress):
        return _("Please choose how it is going.")
    return "" if quality in QUALITIES else _("Please choose a quality from 1 to 5.")
