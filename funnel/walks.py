"""Walking over many leads: batch by batch, each locked, those locked elsewhere passed by and met the next time."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from funnel.cases import Case, take_up
from funnel.models import Lead

logger = logging.getLogger(__name__)
BATCH = 200


def walk(due: QuerySet[Lead], act: Callable[[Case], bool], done: str, now: datetime, batch: int) -> dict[str, int]:
    """Does the act on each lead, batch by batch. One whose history is broken is logged and left, so that it does not
    stop the clock of the others."""
    counts = {done: 0, "failed": 0}
    last = 0
    while True:
        with transaction.atomic():
            free = due.filter(pk__gt=last).select_for_update(of=("self",), skip_locked=True)
            found = list(free.order_by("pk")[:batch])
            for lead in found:
                _count(counts, done, lead, act, now)
        if len(found) < batch:
            return counts
        last = found[-1].pk


def _count(counts: dict[str, int], done: str, lead: Lead, act: Callable[[Case], bool], now: datetime) -> None:
    try:
        with transaction.atomic():
            counts[done] += act(take_up(lead, now=now, settle=False))
    except Exception:
        logger.exception("lead %s: the clock could not write down that it is %s", lead.pk, done)
        counts["failed"] += 1
