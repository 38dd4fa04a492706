"""Webhooks in tests: two kinds of events that need no rows behind them, and a real receiver."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from audit import deliveries, events, outbox, webhooks
from audit.models import OutboxMessage, Webhook
from tests import make
from tests.make import NOW
from tests.receiver import Receiver
from users.models import User
from users.roles import Role

TOPIC, OTHER = "list.signed", "import.finished"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def only_own_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of events that need no rows behind them; what users hear of stays."""
    heard = {webhooks.STOPPED: outbox._handlers[webhooks.STOPPED]}
    monkeypatch.setattr(outbox, "_handlers", heard)
    monkeypatch.setattr(outbox, "_nudges", {})
    monkeypatch.setattr(events, "_offered", {})
    for kind in (TOPIC, OTHER):
        events.offer(kind, "It happened.", lambda message: {"n": message.payload["n"]})


@pytest.fixture
def admin(db: None) -> User:
    return make.user(Role.ADMIN)


@pytest.fixture
def webhook(admin: User, receiver: Receiver) -> Webhook:
    return create(admin, receiver)


def create(admin: User, receiver: Receiver, **values: Any) -> Webhook:
    given = {"name": "Sync", "url": receiver.url, "kinds": [], **values}
    return webhooks.create(by=admin, now=NOW, **given)


def put(number: int, subject: str = "", kind: str = TOPIC, now: datetime = NOW) -> OutboxMessage:
    return outbox.put(kind, key=f"{kind}:{subject}:{number}", payload={"n": number}, now=now, subject=subject)


def go(now: datetime = NOW) -> dict[str, int]:
    outbox.deliver(now=now)
    return deliveries.send_due(now=now)


def numbers(receiver: Receiver) -> list[int]:
    return [json.loads(heard.body)["data"]["n"] for heard in receiver.heard]


def states(webhook: Webhook) -> list[tuple[str, int]]:
    return [(row.state, row.attempts) for row in webhook.deliveries.order_by("pk")]


def counts(sent: int = 0, retried: int = 0, failed: int = 0) -> dict[str, int]:
    return {"sent": sent, "retried": retried, "failed": failed}
