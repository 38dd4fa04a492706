"""Telling users what happened. A notice keeps its words as a msgid: each reads it in their language."""

from datetime import datetime
from typing import Any

from users.models import Notification, User


def tell(
    user_id: int,
    *,
    key: str,
    text: str,
    params: dict[str, Any],
    link: str,
    now: datetime,
    kind: str = "",
    subject: str = "",
) -> None:
    """One notice per user and `key`, however often it is told. `link`: a path as in page and API addresses.

    `kind`: the outbox topic it comes from, which users make choices about; `subject`: an opaque public id (of the
    handoff, the feedback request) by which a mail finds its answers.
    """
    said = {"text": text, "params": params, "link": link, "created_at": now, "kind": kind, "subject": subject}
    Notification.objects.get_or_create(user_id=user_id, key=key, defaults=said)


def read_all(user: User, *, now: datetime) -> int:
    """Marks the user's notices as read; returns how many were new."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=now)
