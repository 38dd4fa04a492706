"""Telling administrators what only they can mend."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_noop

from audit import outbox
from audit.models import OutboxMessage
from users import kinds, notices
from users.models import User
from users.roles import Role

STOPPED = gettext_noop("The webhook %(name)s was stopped. Until you switch it on again it gets no events.")

STOPPED_KIND = gettext_noop("A webhook was stopped")


def register() -> None:
    """Listens to what administrators must hear of."""
    outbox.on("webhook.stopped", webhook_stopped)
    kinds.announce("webhook.stopped", STOPPED_KIND, at_once=[Role.ADMIN], roles=[Role.ADMIN])


def webhook_stopped(message: OutboxMessage, now: datetime) -> None:
    """Administrators and whoever made the webhook hear that its receiver gets nothing any more."""
    told = message.payload
    link = f"settings/webhooks/{told['webhook']}/"
    whom = User.objects.active().filter(Q(role=Role.ADMIN) | Q(pk=told["created_by_id"]), is_service=False)
    for user in whom:
        notices.tell(
            user.pk,
            key=message.key,
            text=STOPPED,
            params={"name": told["name"]},
            link=link,
            now=now,
            kind=message.topic,
            subject=told["webhook"],
        )
