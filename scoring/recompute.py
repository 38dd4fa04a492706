"""Keeping scores: by adding what is new, or by counting everything again. Both give the same to 1e-9."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from audit import log
from audit.models import OutboxMessage
from engagement import touches
from scoring import crossing, statements
from scoring.models import Score, ScoringRule
from targets.models import TargetEntry
from users.models import User

TOPIC = "touches.recorded"
LOCK = 7_203_001
"""One writer of scores at a time: a batch takes milliseconds, and nobody else waits for it."""
WORK_MEMORY = "256MB"


@transaction.atomic
def add(touch_ids: Iterable[int], *, now: datetime) -> dict[str, int]:
    """Adds touches not yet counted to the scores; the same touch is never counted twice.

    A handful of statements however many touches there are and however long the history is. Returns counts.
    """
    lock()
    taken = touches.take_uncounted(touch_ids)
    if not taken:
        return {"touches": 0, "scores": 0, "qualified": 0}
    rule = ScoringRule.objects.in_force()
    with connection.cursor() as cursor:
        cursor.execute(statements.ADD, statements.parameters(rule, taken))
        changed = [pk for (pk,) in cursor.fetchall()]
    qualified = crossing.check(Score.objects.filter(pk__in=changed), rule, now=now)
    return {"touches": len(taken), "scores": len(changed), "qualified": qualified}


@transaction.atomic
def run(*, by: User, now: datetime) -> dict[str, int]:
    """Counts every touch again, in one pass and one transaction: killed anywhere, it leaves the scores as they were.

    Touches still waiting to be added are counted here and are no longer waiting. Returns counts.
    """
    lock()
    counts = {"waiting": touches.take_all_uncounted()}
    rule = ScoringRule.objects.in_force()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true), set_config('jit', 'off', true)", [WORK_MEMORY])
        cursor.execute("DROP TABLE IF EXISTS pg_temp.scoring_fresh")
        cursor.execute(statements.COMPUTE, statements.parameters(rule))
        counts["scores"] = cursor.rowcount
        cursor.execute(statements.DROP_GONE)
        counts["dropped"] = cursor.rowcount
        cursor.execute(statements.STORE)
        counts["corrected"] = cursor.rowcount
    counts["qualified"] = crossing.check(Score.objects.all(), rule, now=now)
    log.record("recompute.run", rule, by=by, at=now, detail=counts)
    return counts


def add_recorded(message: OutboxMessage, now: datetime) -> None:
    """Handles touches.recorded."""
    add(message.payload["ids"], now=now)


def count_again(message: OutboxMessage, now: datetime) -> None:
    """Handles touches.withdrawn: touches went with the import that brought them; their sums cannot be taken off."""
    run(by=User.objects.system(), now=now)


def look_again(message: OutboxMessage, now: datetime) -> None:
    """Handles list.signed: what was warm already, and is wanted from today, need not wait for its next touch."""
    lock()
    wanted = TargetEntry.objects.filter(version=message.payload["version"]).values("account")
    crossing.check(Score.objects.filter(account__in=wanted), ScoringRule.objects.in_force(), now=now)


def lock() -> None:
    """Until the transaction ends, nobody else writes scores."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
