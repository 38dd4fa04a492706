"""Which events leave the house, and their way from the outbox to the webhooks that want them.

Each floor offers its own in `ready()`: an outbox topic, in words, and how a message becomes public data: opaque ids,
no names, no person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext

from audit import outbox
from audit.models import OutboxMessage, Webhook, WebhookDelivery

Describe = Callable[[OutboxMessage], dict[str, Any]]
TEST = "webhook.test"
LONGEST = 20_000
"""Bytes of a body, at most: data is bounded by ids and codes, and a test holds it."""


@dataclass(frozen=True)
class Event:
    """A kind of event; `text` is a msgid that says when it happens."""

    kind: str
    text: str
    describe: Describe

    @property
    def words(self) -> str:
        """When it happens, in the reader's language."""
        return gettext(self.text)


_offered: dict[str, Event] = {}


def offer(kind: str, text: str, describe: Describe) -> None:
    """Lets webhooks have the outbox topic `kind`; `describe` gives its public data."""
    _offered[kind] = Event(kind, text, describe)
    outbox.on(kind, fan_out)


def offered() -> list[Event]:
    """All kinds there are, in the order of their names."""
    return sorted(_offered.values(), key=lambda event: event.kind)


def link(path: str) -> str:
    """The full address of a page or an API row."""
    return f"{settings.BASE_URL}/{path}"


def body(kind: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """What is sent, as Standard Webhooks lays it out."""
    return {"type": kind, "timestamp": at.astimezone(UTC).isoformat(), "data": data}


def fan_out(message: OutboxMessage, now: datetime) -> None:
    """An outbox handler: one delivery per webhook that wants this event, however often it runs."""
    wanting = list(Webhook.objects.filter(Q(kinds=[]) | Q(kinds__contains=[message.topic]), is_active=True))
    if not wanting:
        return
    payload = body(message.topic, message.created_at, _offered[message.topic].describe(message))
    made = [
        WebhookDelivery(
            webhook=webhook, kind=message.topic, key=message.key, subject=message.subject, position=message.pk,
            payload=payload, created_at=now, available_at=now,
        )
        for webhook in wanting
    ]  # fmt: skip
    WebhookDelivery.objects.bulk_create(made, ignore_conflicts=True)
