"""What other systems hear of target lists."""

from typing import Any

from django.utils.translation import gettext_noop

from audit import events
from audit.models import OutboxMessage
from targets.models import TargetListVersion

SIGNED = gettext_noop("A target list was signed by both sides and is in force.")


def register() -> None:
    """Offers the lists' events to webhooks."""
    events.offer("list.signed", SIGNED, describe)


def describe(message: OutboxMessage) -> dict[str, Any]:
    """The version that came into force."""
    version = TargetListVersion.objects.select_related("list").get(pk=message.payload["version"])
    path = f"lists/{version.list.public_id}/"
    return {
        "list": str(version.list.public_id),
        "version": str(version.public_id),
        "number": version.number,
        "entries": version.entries.count(),
        "links": {"page": events.link(path), "api": events.link(f"api/v1/{path}")},
    }
