"""The clock: what nobody answered in time is ignored."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from funnel.cases import is_overdue, record_ignore, take_up
from funnel.enums import Stage
from funnel.models import Handoff, Lead
from users.models import User

logger = logging.getLogger(__name__)
BATCH = 200


def ignore_overdue(*, now: datetime, by: User, batch: int = BATCH) -> dict[str, int]:
    """Ignores every overdue lead, batch by batch; returns counts. May run twice at once: locked leads are passed by.

    A lead whose history is broken is logged and left, so that it does not stop the clock of the others.
    """
    counts = {"ignored": 0, "failed": 0}
    last = 0
    while True:
        with transaction.atomic():
            found = list(_overdue(now, after=last)[:batch])
            for lead in found:
                _count(counts, lead, by, now)
        if len(found) < batch:
            return counts
        last = found[-1].pk


def _overdue(now: datetime, *, after: int) -> QuerySet[Lead]:
    waiting = Handoff.objects.overdue(now).values("lead")
    leads = Lead.objects.filter(pk__in=waiting, pk__gt=after, stage=Stage.MQL)
    return leads.select_for_update(skip_locked=True).order_by("pk")


def _count(counts: dict[str, int], lead: Lead, by: User, now: datetime) -> None:
    try:
        with transaction.atomic():
            case = take_up(lead, now=now, settle=False)
            if is_overdue(case):
                record_ignore(case, by)
                counts["ignored"] += 1
    except Exception:
        logger.exception("lead %s could not be ignored", lead.pk)
        counts["failed"] += 1
