"""What other systems hear of leads: every move, and what the clocks find. Opaque ids and codes, no person's data."""

from typing import Any

from django.utils.translation import gettext_noop

from audit import events
from audit.models import OutboxMessage
from funnel.models import Lead, LeadMove
from users.models import User

KINDS = {
    "lead.created": gettext_noop("A demand came up."),
    "lead.qualified": gettext_noop("A lead became an MQL."),
    "lead.handed_over": gettext_noop("A lead was handed over; a clock runs."),
    "lead.recalled": gettext_noop("Marketing took a lead back before it was answered."),
    "lead.asked": gettext_noop("Sales asked marketing; the clock stands still."),
    "lead.answered": gettext_noop("Marketing answered; the clock runs again."),
    "lead.accepted": gettext_noop("Sales accepted a lead."),
    "lead.rejected": gettext_noop("Sales rejected a lead, with a reason."),
    "lead.recoded": gettext_noop("Marketing named the true reason of a rejection as OTHER."),
    "lead.ignored": gettext_noop("Nobody answered a lead in time."),
    "lead.at_risk": gettext_noop("Four fifths of the time for an answer are used."),
    "lead.escalated": gettext_noop("A lead is still unanswered; the manager was asked."),
    "lead.given_up": gettext_noop("Nobody answered a lead at all; it was given up."),
    "lead.ghosted": gettext_noop("A lead was accepted, but the first contact did not come in time."),
    "lead.appealed": gettext_noop("Marketing appealed against a rejection, or the appeal was decided."),
    "lead.confirmed": gettext_noop("A lead became an SQL."),
    "lead.registered": gettext_noop("A lead became a deal."),
    "lead.won": gettext_noop("The deal was won."),
    "lead.lost": gettext_noop("The deal was lost."),
    "lead.recycled": gettext_noop("A lead went back to be grown; it may return."),
    "lead.disqualified": gettext_noop("A lead was ended for good."),
    "lead.moved": gettext_noop("Any other move of a lead."),
}


def register() -> None:
    """Offers the funnel's events to webhooks."""
    for kind, text in KINDS.items():
        events.offer(kind, text, describe)


def describe(message: OutboxMessage) -> dict[str, Any]:
    """The lead, the move that was made, and by whom, as public ids."""
    found = Lead.objects.select_related("account", "department", "offering", "source")
    lead = found.get(pk=message.payload["lead_id"])
    return {
        "lead": str(lead.public_id),
        "account": _id(lead.account),
        "department": _id(lead.department),
        "offering": _id(lead.offering),
        "source": lead.source.code if lead.source else None,
        **_users(message.payload),
        **_move(message.payload),
        "links": {
            "page": events.link(f"leads/{lead.public_id}/"),
            "api": events.link(f"api/v1/leads/{lead.public_id}/"),
        },
    }


def _users(payload: dict[str, Any]) -> dict[str, str | None]:
    ids = {"by": payload.get("by_id"), "assignee": payload.get("assignee_id")}
    known = dict(User.objects.filter(pk__in=[pk for pk in ids.values() if pk]).values_list("pk", "public_id"))
    return {name: str(known[pk]) if pk in known else None for name, pk in ids.items()}


def _move(payload: dict[str, Any]) -> dict[str, Any]:
    """The move told of; what is no move has none."""
    if "seq" not in payload:
        return {"move": None}
    move = LeadMove.objects.select_related("reason").get(lead=payload["lead_id"], seq=payload["seq"])
    return {
        "move": move.move,
        "seq": move.seq,
        "from_stage": move.from_stage or None,
        "to_stage": move.to_stage,
        "at": move.at.isoformat(),
        "due_at": move.data.get("due_at"),
        "reason": move.reason.code if move.reason else None,
        "cause": move.data.get("cause"),
    }


def _id(row: Any) -> str | None:
    return str(row.public_id) if row else None
