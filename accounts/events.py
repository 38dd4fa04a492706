"""What other systems hear of who is who."""

from typing import Any

from django.utils.translation import gettext_noop

from accounts.models import Merge
from audit import events
from audit.models import OutboxMessage

MERGED = gettext_noop("Two accounts were found to be one: the merged one’s id leads to the other.")
UNMERGED = gettext_noop("A merge of two accounts was taken back: both are there again.")


def register() -> None:
    """Offers merges to webhooks."""
    events.offer("account.merged", MERGED, describe)
    events.offer("account.unmerged", UNMERGED, describe)


def describe(message: OutboxMessage) -> dict[str, Any]:
    """The one that stays and the one that was merged."""
    merge = Merge.objects.select_related("account").get(pk=message.payload["merge"])
    kept = str(merge.account.public_id) if merge.account else None
    return {
        "merge": str(merge.public_id),
        "account": kept,
        "merged": str(merge.gone_public_id),
        "links": {"page": events.link(f"accounts/{kept}/"), "api": events.link(f"api/v1/accounts/{kept}/")},
    }
