"""Telling users in the app what happened. A notice keeps its words as a msgid: each reads it in their language."""

from datetime import datetime
from typing import Any

from users.models import Notification, User


def tell(user_id: int, *, key: str, text: str, params: dict[str, Any], link: str, now: datetime) -> None:
    """One notice per user and `key`, however often it is told. `link`: a path as in page and API addresses."""
    Notification.objects.get_or_create(
        user_id=user_id, key=key, defaults={"text": text, "params": params, "link": link, "created_at": now}
    )


def read_all(user: User, *, now: datetime) -> int:
    """Marks the user's notices as read; returns how many were new."""
    return Notification.objects.filter(user=user, read_at=None).update(read_at=now)
