"""The clock: what nobody did in time is written down as of when it was due, however late the job comes round.

Each walk may run twice at once: leads locked elsewhere are passed by and met the next time.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from audit import log, outbox
from audit.models import OutboxMessage
from funnel import flags
from funnel.cases import Case, is_overdue, question_limit, record_ignore, record_limit
from funnel.dispositions import record_give_up
from funnel.enums import Outcome, Stage
from funnel.models import Handoff, Lead
from funnel.policies import Promises
from funnel.querysets import HandoffQuerySet
from funnel.standing_in import stand_in
from funnel.walks import BATCH, walk
from users.models import User

RETURN_AFTER = timedelta(days=90)
"""When a lead the clock gave up comes back."""


def come_round(*, now: datetime, by: User) -> dict[str, int]:
    """All walks, in the order in which one may lead to the next; returns counts."""
    counts = {"failed": 0}
    for part in (answer_questions, stand_in, ignore_overdue, escalate, give_up, warn):
        done = part(now=now, by=by)
        counts |= done | {"failed": counts["failed"] + done["failed"]}
    return counts


def answer_questions(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """Ends the questions marketing did not answer in its time: marketing's breach, and sales' clock runs again."""
    asked = Lead.objects.asked().filter(stage=Stage.MQL, question_at__lt=now)

    def end(case: Case) -> bool:
        return bool(question_limit(case) and record_limit(case, by))

    return walk(asked, end, "answered", now, batch)


def ignore_overdue(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """Ignores every overdue lead."""
    waiting = Lead.objects.filter(pk__in=Handoff.objects.overdue(now).values("lead"), stage=Stage.MQL)

    def ignore(case: Case) -> bool:
        return bool(is_overdue(case) and record_ignore(case, by))

    return walk(waiting, ignore, "ignored", now, batch)


def warn(*, now: datetime, by: User) -> dict[str, int]:
    """Tells, once per delivery, that four fifths of the answer's time are used. No lead moves, so none is locked."""
    running = Handoff.objects.awaiting_answer().filter(lead__stage=Stage.MQL, lead__question_at=None, due_at__gte=now)
    running = running.exclude(lead__source__is_sample=True)
    _note_when_short(running.filter(at_risk_at=None))
    short = running.filter(at_risk_at__lte=now).select_related("lead")
    risky = {f"lead:{one.lead_id}:at_risk:{one.number}": one for one in short}
    told = OutboxMessage.objects.filter(key__in=risky).values_list("key", flat=True)
    return {"warned": sum(_warn(risky[key], key, by, now) for key in risky.keys() - set(told)), "failed": 0}


def _note_when_short(fresh: HandoffQuerySet) -> None:
    """Works out once when a delivery's time begins to run out; a due that moved meanwhile is met the next time."""
    promises = Promises.load()
    for one in fresh.select_related("lead", "assignee__team__calendar"):
        at = flags.short_from(one.lead, one, promises)
        Handoff.objects.filter(pk=one.pk, due_at=one.due_at).update(at_risk_at=at)


def _warn(handoff: Handoff, key: str, by: User, now: datetime) -> bool:
    """False where another worker was quicker: the message's key is unique."""
    lead = handoff.lead
    payload = {
        "lead": str(lead.public_id),
        "lead_id": lead.pk,
        "account_id": lead.account_id,
        "assignee_id": handoff.assignee_id,
        "by_id": by.pk,
    }
    try:
        with transaction.atomic():
            outbox.put("lead.at_risk", key=key, payload=payload, now=now, subject=f"lead:{lead.pk}")
            log.record("leads.warn", lead, by=by, at=now, account_id=lead.account_id)
    except IntegrityError:
        return False
    return True


def give_up(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """Gives up what stayed ignored for the promised number of business days: it returns a quarter later."""
    ignored = Lead.objects.without_samples().filter(stage=Stage.IGNORED, ignored_at__lt=now)
    promises = Promises.load()

    def part(case: Case) -> bool:
        due = promises.give_up_at(case.lead, case.state.entered_at or now)
        if now <= due:
            return False
        return bool(record_give_up(case, by=by, at=due, return_on=timezone.localdate(due + RETURN_AFTER)))

    return walk(ignored, part, "given_up", now, batch)


def escalate(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """The second escalation: what is still unanswered some hours after it was ignored is offered to the manager."""
    quiet = Q(handoffs__outcome=Outcome.IGNORED, handoffs__escalated_at=None)
    ignored = Lead.objects.without_samples().filter(quiet, stage=Stage.IGNORED)
    promises = Promises.load()

    def offer(case: Case) -> bool:
        handoff, since = case.handoff, case.state.entered_at or now
        due = promises.escalation_at(case.lead, since)
        if handoff is None or handoff.escalated_at or now <= due:
            return False
        handoff.escalated_at = due
        handoff.save(update_fields=["escalated_at"])
        _tell(case, handoff, by, promises.give_up_at(case.lead, since))
        return True

    return walk(ignored, offer, "escalated", now, batch)


def _tell(case: Case, handoff: Handoff, by: User, gives_up: datetime) -> None:
    lead = case.lead
    log.record("leads.escalate", lead, by=by, at=case.now, account_id=lead.account_id)
    payload = {
        "lead": str(lead.public_id),
        "lead_id": lead.pk,
        "assignee_id": handoff.assignee_id,
        "by_id": by.pk,
        "gives_up_at": gives_up.isoformat(),
    }
    key, subject = f"lead:{lead.pk}:escalation:{handoff.number}", f"lead:{lead.pk}"
    outbox.put("lead.escalated", key=key, payload=payload, now=case.now, subject=subject)
