"""Who a user is to one lead, and who may be given one."""

from funnel.models import Lead
from users.models import User
from users.roles import DECIDERS, LEADS, MARKETING, Role

CREATORS = MARKETING | {Role.SYSTEM}


def is_assignee(lead: Lead, user: User) -> bool:
    """Whether the lead's latest handoff went to this user."""
    return lead.assignee_id is not None and lead.assignee_id == user.pk


def may_receive(user: User) -> bool:
    """Whether leads can be handed to this user: a rep, a sales manager or a partner's person who can sign in."""
    return user.is_active and Role(user.role) in DECIDERS


def may_create(user: User) -> bool:
    """Whether this user may open a lead for marketing."""
    return Role(user.role) in CREATORS


def may_tell_deals(user: User) -> bool:
    """Whether this user may say what the SFA knows: the SFA's own service user, or whoever leads one side."""
    return Role(user.role) in {Role.SYSTEM, Role.SALES_MANAGER, Role.MARKETING_LEAD}


def may_configure(user: User) -> bool:
    """Whether this user may propose clocks and word reasons: whoever leads one side, or configures."""
    return Role(user.role) in LEADS
