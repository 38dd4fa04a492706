"""The transactional outbox: an act puts an event beside its change; a worker delivers it afterwards.

Handlers write to the database only and run in the transaction that marks the message delivered, so an effect
happens exactly once however often workers or the broker die.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from audit.models import OutboxMessage

Handler = Callable[[OutboxMessage, datetime], None]
_handlers: dict[str, list[Handler]] = {}
_nudges: dict[str, Callable[[], object]] = {}
MAX_ATTEMPTS = 8
MESSAGES = "messages"
SCORES = "scores"
ERASURES = "erasures"


def on(topic: str, handler: Handler) -> None:
    """Registers `handler` for `topic`; called from an app's `ready()`."""
    _handlers.setdefault(topic, []).append(handler)


def put(
    topic: str,
    *,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    lane: str = MESSAGES,
    subject: str = "",
    hold: timedelta = timedelta(0),
) -> OutboxMessage:
    """Puts an event in the outbox, in the caller's transaction; `key` makes it unique.

    Lanes are delivered apart, so that a heavy one (scores) never delays the other (messages to people). `subject`:
    what it is about; whoever writes events of one subject holds its lock, so that their ids are in their order. A
    message on `hold` wakes nobody: beat delivers it once the hold is over, unless it is released or taken back before.
    """
    message = OutboxMessage.objects.create(
        topic=topic, key=key, payload=payload, created_at=now, available_at=now + hold, lane=lane, subject=subject
    )
    if not hold:
        _nudge_after_commit(lane)
    return message


def put_many(
    topic: str, messages: Iterable[tuple[str, str, dict[str, Any]]], *, now: datetime, lane: str = MESSAGES
) -> None:
    """As `put`, for many at once: (key, subject, payload). A key that is there already is the same event, told once."""
    made = [
        OutboxMessage(
            topic=topic, key=key, subject=subject, payload=payload, created_at=now, available_at=now, lane=lane
        )
        for key, subject, payload in messages
    ]
    if OutboxMessage.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True):
        _nudge_after_commit(lane)


def _nudge_after_commit(lane: str) -> None:
    if not any(known is _nudge(lane) for _, known, _ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_nudge(lane), robust=True)


def held_until(key: str, *, now: datetime) -> datetime | None:
    """Until when the message of this key is on hold; None once it may leave."""
    return _held(now).filter(key=key).values_list("available_at", flat=True).first()


def release(key: str, *, now: datetime) -> bool:
    """Ends the hold of this message; False where there is none."""
    return bool(_held(now).filter(key=key).update(available_at=now))


def take_back(key: str, *, now: datetime) -> bool:
    """Deletes a message that is on hold: it never was; False once it may leave."""
    return bool(_held(now).filter(key=key).delete()[0])


def _held(now: datetime) -> QuerySet[OutboxMessage]:
    """Messages nobody has touched and no worker may touch yet; a retried one has been tried before."""
    return OutboxMessage.objects.filter(delivered_at=None, failed_at=None, attempts=0, available_at__gt=now)


def nudged_by(lane: str, wake: Callable[[], object]) -> None:
    """Registers what wakes a worker for `lane` after a commit.

    It must be quick; when it fails (the broker is down) that is logged, the act stands, and beat comes round anyway.
    """
    _nudges[lane] = wake


@cache
def _nudge(lane: str) -> Callable[[], None]:
    """One function per lane, so that a transaction can tell that it will already be called."""

    def nudge() -> None:
        if wake := _nudges.get(lane):
            wake()

    return nudge


def deliver(*, now: datetime, lane: str = MESSAGES, limit: int = 200) -> dict[str, int]:
    """Delivers up to `limit` waiting messages of `lane` in order; returns counts of delivered and failed."""
    counts = {"delivered": 0, "failed": 0}
    for _ in range(limit):
        outcome = _deliver_next(now, lane)
        if outcome is None:
            break
        counts[outcome] += 1
    return counts


def _deliver_next(now: datetime, lane: str) -> str | None:
    with transaction.atomic():
        message = _claim(now, lane)
        if message is None:
            return None
        message.attempts += 1
        try:
            with transaction.atomic():
                for handler in _handlers.get(message.topic, []):
                    handler(message, now)
        except Exception as error:  # a handler's fault must not stop the queue: it is kept, retried and shown
            _put_back(message, error, now)
            return "failed"
        message.delivered_at = now
        message.save(update_fields=["attempts", "delivered_at"])
        return "delivered"


def _claim(now: datetime, lane: str) -> OutboxMessage | None:
    waiting = OutboxMessage.objects.filter(lane=lane, delivered_at=None, failed_at=None, available_at__lte=now)
    return waiting.select_for_update(skip_locked=True).order_by("available_at", "id").first()


def _put_back(message: OutboxMessage, error: Exception, now: datetime) -> None:
    message.error = f"{type(error).__name__}: {error}"
    message.available_at = now + timedelta(seconds=2**message.attempts)
    if message.attempts >= MAX_ATTEMPTS:
        message.failed_at = now
    message.save(update_fields=["attempts", "error", "available_at", "failed_at"])


def replay(message: OutboxMessage, *, now: datetime) -> None:
    """Lets a failed message be tried again at once."""
    message.attempts, message.failed_at, message.available_at = 0, None, now
    message.save(update_fields=["attempts", "failed_at", "available_at"])
