"""What webhooks would be sent, as data; and whether it gives away more than it should."""

import json
import re
from collections.abc import Iterable
from typing import Any

from audit import events, outbox
from audit.models import OutboxMessage, Webhook, WebhookDelivery
from tests.make import NOW

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def listen() -> Webhook:
    """A webhook that gets everything."""
    return Webhook.objects.create(name="All", url="https://hook.example.com/", created_at=NOW, created_by_id=1)


def told(kind: str = "") -> list[dict[str, Any]]:
    """The data of the deliveries made of what is in the outbox, in their order."""
    outbox.deliver(now=NOW.replace(year=2030), limit=10_000)
    assert not OutboxMessage.objects.exclude(error="").exists()
    rows = WebhookDelivery.objects.order_by("position")
    assert all(len(json.dumps(row.payload)) < events.LONGEST for row in rows)
    return [row.payload["data"] for row in rows if kind in ("", row.kind)]


def assert_tells_no_more(data: dict[str, Any], *secrets: Iterable[str]) -> None:
    """Ids are opaque, and none of these words is in it."""
    text = json.dumps(data, ensure_ascii=False)
    assert [word for word in secrets if word in text] == []
    internal = [key for key, value in data.items() if key.endswith("_id") or (isinstance(value, int) and key in IDS)]
    assert internal == []
    assert all(UUID.fullmatch(data[key]) for key in IDS & set(data) if data[key])


IDS = {"lead", "account", "department", "offering", "by", "assignee", "list", "version", "import"}
