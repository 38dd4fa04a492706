"""Telling users what happened. A notice keeps its words as a msgid: each reads it in their language."""

from datetime import datetime
from typing import Any

from django.db import transaction

from users import posting
from users.models import Notification, User


@transaction.atomic
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
    """One notice per user and `key`, however often it is told; its letters (mail, chat) by the user's choices.

    `link`: a path as in page and API addresses. `kind`: the outbox topic it comes from, announced in `users.kinds`,
    which users make choices about; `subject`: an opaque public id (of the handoff, the feedback request) by which a
    mail finds its answers.
    """
    said = {"text": text, "params": params, "link": link, "created_at": now, "kind": kind, "subject": subject}
    readers = Notification.objects.select_related("user__team__calendar")
    notice, is_new = readers.get_or_create(user_id=user_id, key=key, defaults=said)
    if is_new:
        posting.address(notice, now=now)


def read_all(user: User, *, now: datetime) -> int:
    """Marks the user's notices as read; returns how many were new."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=now)
