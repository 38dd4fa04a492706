"""What people are told when a lead moves: the assignee, the manager, who handed it over. Outbox handlers."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from audit import outbox
from audit.models import OutboxMessage
from funnel.models import Handoff, Lead
from users import notices

HANDED_OVER = gettext_noop("%(lead)s waits for your answer until %(due)s. Without one it counts as ignored.")
IGNORED = gettext_noop("%(lead)s was not answered in time and counts as ignored. An answer still helps.")
ACCEPTED = gettext_noop("%(lead)s was accepted by %(name)s.")
REJECTED = gettext_noop("%(lead)s was rejected: %(reason)s. It waits for what you do next.")


def register() -> None:
    """Listens to the moves people want to hear of."""
    outbox.on("lead.handed_over", handed_over)
    outbox.on("lead.ignored", ignored)
    outbox.on("lead.accepted", accepted)
    outbox.on("lead.rejected", rejected)


def handed_over(message: OutboxMessage, now: datetime) -> None:
    """The assignee hears of the lead, its due, and what happens without an answer."""
    handoff = _handoff(message)
    due = timezone.localtime(handoff.due_at)
    _tell(handoff.assignee_id, message, handoff.lead, HANDED_OVER, now, due=f"{due:%Y-%m-%d %H:%M}")


def ignored(message: OutboxMessage, now: datetime) -> None:
    """The assignee and the assignee's manager hear that the time has passed."""
    handoff = _handoff(message)
    _tell(handoff.assignee_id, message, handoff.lead, IGNORED, now)
    if handoff.assignee.manager_id:
        _tell(handoff.assignee.manager_id, message, handoff.lead, IGNORED, now)


def accepted(message: OutboxMessage, now: datetime) -> None:
    """Who handed it over hears that it was taken."""
    handoff = _handoff(message)
    _tell(handoff.sent_by_id, message, handoff.lead, ACCEPTED, now, name=str(handoff.decided_by))


def rejected(message: OutboxMessage, now: datetime) -> None:
    """Who handed it over hears why it was not taken."""
    handoff = _handoff(message)
    reason = handoff.lead.reject_reason
    _tell(handoff.sent_by_id, message, handoff.lead, REJECTED, now, reason=reason.code if reason else "–")


def _handoff(message: OutboxMessage) -> Handoff:
    """The lead's latest delivery."""
    found = Handoff.objects.select_related(
        "lead__account", "lead__department", "lead__reject_reason", "assignee", "decided_by"
    )
    return found.filter(lead=message.payload["lead_id"]).latest("number")


def _tell(user_id: int, message: OutboxMessage, lead: Lead, text: str, now: datetime, **params: Any) -> None:
    words = {"lead": str(lead), **params}
    notices.tell(user_id, key=message.key, text=text, params=words, link=f"leads/{lead.public_id}/", now=now)
