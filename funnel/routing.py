"""Who should get a qualified lead; delivering many at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from funnel import leads
from funnel.models import Lead
from funnel.refusals import MoveRefused
from users.models import User


@dataclass
class Routed:
    """Leads delivered, and those left with the reason."""

    delivered: list[Lead] = field(default_factory=list)
    left: list[tuple[Lead, str]] = field(default_factory=list)


def proposed(lead: Lead) -> User | None:
    """Who owns the entry the lead qualified under, else who owns the account; None where nobody does."""
    return (lead.entry.owner if lead.entry else None) or lead.account.owner


def hand_over_proposed(waiting: Iterable[Lead], *, by: User, now: datetime) -> Routed:
    """Delivers each lead to its proposed decider; one that cannot be is left where it is, with the reason."""
    routed = Routed()
    for lead in waiting:
        assignee = proposed(lead)
        if assignee is None:
            routed.left.append((lead, _("nobody owns this account")))
            continue
        try:
            leads.hand_over(lead, assignee=assignee, by=by, now=now)
        except MoveRefused as why:
            routed.left.append((lead, str(why)))
        else:
            routed.delivered.append(lead)
    return routed
