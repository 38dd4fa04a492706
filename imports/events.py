"""What other systems hear of imports."""

from typing import Any

from django.utils.translation import gettext_noop

from audit import events
from audit.effects import Effect
from audit.models import OutboxMessage
from imports.models import ImportJob

UNDONE = gettext_noop("An import was undone.")
FINISHED = gettext_noop("A file was brought in.")


def register() -> None:
    """Offers the imports' events to webhooks."""
    events.offer("import.finished", FINISHED, describe)
    events.offer("import.undone", UNDONE, describe_undo)


def describe_undo(message: OutboxMessage) -> dict[str, Any]:
    """The import and how much was removed, restored and left."""
    told = describe(message)
    counts = {name: message.payload[name] for name in ("removed", "restored", "kept")}
    return {name: told[name] for name in ("import", "kind", "source", "links")} | counts


def describe(message: OutboxMessage) -> dict[str, Any]:
    """The import and what became of its rows."""
    job = ImportJob.objects.select_related("source").get(pk=message.payload["import_id"])
    path = f"imports/{job.public_id}/"
    return {
        "import": str(job.public_id),
        "kind": job.kind,
        "source": job.source.code,
        "read": job.read,
        **{effect.value: message.payload.get(effect.value, 0) for effect in Effect},
        "links": {"page": events.link(path), "api": events.link(f"api/v1/{path}")},
    }
