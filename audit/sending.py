"""Sending what cannot be taken back (mails, chats, webhooks): at least once, by rows that are the truth.

A row is claimed in a short transaction of its own, sent outside any transaction, then settled. A worker that dies in
between leaves the row claimed; after `LEASE` another takes it up. Receivers tell a repeat by the row's identity.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from audit.models import Outgoing

Row = TypeVar("Row", bound=Outgoing)
logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=50)
"""A claim older than this was left by a worker that died: longer than `STINT` and any one send together."""
STINT = timedelta(seconds=10)
"""So long one call takes up new rows; `now` is never staler than this."""


class NotYet(Exception):
    """It could not be sent now. It is tried again after the retry table's wait, or after `wait` if that is longer."""

    def __init__(self, text: str, *, wait: timedelta = timedelta()) -> None:
        super().__init__(text)
        self.wait = wait


class Never(Exception):
    """It cannot be sent, however often it is tried: it has failed at once."""


def work_off(
    rows: "QuerySet[Row]",
    send: Callable[[Row], None],
    *,
    now: datetime,
    retry: Sequence[timedelta],
    limit: int = 200,
) -> dict[str, int]:
    """Sends what is due among `rows`, oldest first; returns counts of sent, retried and failed.

    `retry`: the waits after the first, second … failed attempt; when they are used up the row has failed. `send` tells
    trouble by `NotYet` or `Never`; any other exception is a fault of ours, logged and treated as `NotYet`.
    Raises RuntimeError inside a transaction: a rollback could not take back what was sent.
    """
    counts = {"sent": 0, "retried": 0, "failed": 0}
    until = time.monotonic() + STINT.total_seconds()
    for _ in range(limit):
        row = _claim(rows, now)
        if row is None:
            break
        counts[_settle(row, _attempt(row, send), now, retry)] += 1
        if time.monotonic() > until:
            break
    return counts


def due(rows: "QuerySet[Row]", *, now: datetime) -> "QuerySet[Row]":
    """Those of `rows` that may be sent at `now`: waiting, or left claimed by a worker that died."""
    unclaimed = Q(started_at=None) | Q(started_at__lte=now - LEASE)
    return rows.filter(unclaimed, sent_at=None, failed_at=None, available_at__lte=now)


def replay(row: Outgoing, *, now: datetime) -> bool:
    """Lets a row that was sent or has failed be sent again at once, as the same; False if it still waits."""
    settled = Q(sent_at__isnull=False) | Q(failed_at__isnull=False)
    return bool(_all_like(row).filter(settled, pk=row.pk).update(**_afresh(now)))


def replay_all(rows: "QuerySet[Any]", *, now: datetime) -> int:
    """`replay` for every row of a queryset; returns how many."""
    return rows.filter(Q(sent_at__isnull=False) | Q(failed_at__isnull=False)).update(**_afresh(now))


def _afresh(now: datetime) -> dict[str, Any]:
    return {"attempts": 0, "started_at": None, "sent_at": None, "failed_at": None, "available_at": now, "error": ""}


@transaction.atomic(durable=True)
def _claim(rows: "QuerySet[Row]", now: datetime) -> Row | None:
    row = due(rows, now=now).select_for_update(skip_locked=True, of=("self",)).order_by("available_at", "pk").first()
    if row is not None:
        row.started_at, row.attempts = now, row.attempts + 1
        row.save(update_fields=["started_at", "attempts"])
    return row


def _attempt(row: Row, send: Callable[[Row], None]) -> Exception | None:
    try:
        send(row)
    except (NotYet, Never) as trouble:
        return trouble
    except Exception as fault:
        logger.exception("sending %s %s", row._meta.label_lower, row.pk)
        return NotYet(f"{type(fault).__name__}: {fault}")
    return None


def _settle(row: Outgoing, trouble: Exception | None, now: datetime, retry: Sequence[timedelta]) -> str:
    """Writes down how it went, unless another has taken the row up since: then that one's word counts."""
    values: dict[str, Any] = {"started_at": None, "error": str(trouble or "")}
    outcome = "sent"
    if isinstance(trouble, NotYet) and row.attempts <= len(retry):
        outcome, values["available_at"] = "retried", now + max(retry[row.attempts - 1], trouble.wait)
    elif trouble:
        outcome, values["failed_at"] = "failed", now
    else:
        values |= {"sent_at": now, "failed_at": None}
    _all_like(row).filter(pk=row.pk, started_at=row.started_at, attempts=row.attempts).update(**values)
    return outcome


def _all_like(row: Outgoing) -> "QuerySet[Any]":
    return type(row)._base_manager.all()
