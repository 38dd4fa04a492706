"""Writing the audit trail."""

from datetime import datetime
from typing import Any, Protocol

from django.db import models

from audit import doors
from audit.models import Entry


class Actor(Protocol):
    """Anyone who acts: a user, a service user, the system."""

    pk: int


def record(
    act: str,
    on: models.Model,
    *,
    by: Actor,
    at: datetime,
    account_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Records that `by` did `act` to `on` at `at` through the current door."""
    entry = entry_for(act, on, by=by, at=at, account_id=account_id, detail=detail)
    entry.save(force_insert=True)
    return entry


def entry_for(
    act: str,
    on: models.Model,
    *,
    by: Actor,
    at: datetime,
    account_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Entry:
    """An unsaved entry, for acts that write many at once."""
    return Entry(
        at=at,
        actor_id=by.pk,
        actor_name=str(by),
        door=doors.current(),
        act=act,
        object_type=on._meta.label_lower,
        object_id=on.pk,
        account_id=account_id,
        detail=detail or {},
    )
