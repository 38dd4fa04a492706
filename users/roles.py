"""Roles: what a user is to the waterfall. Pure: imported by rules on every floor."""

from enum import StrEnum


class Role(StrEnum):
    """One role per user; API tokens act as a service user with a role."""

    MARKETER = "MARKETER"
    MARKETING_LEAD = "MARKETING_LEAD"
    REP = "REP"
    SALES_MANAGER = "SALES_MANAGER"
    PARTNER = "PARTNER"
    ANALYST = "ANALYST"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"


MARKETING = frozenset({Role.MARKETER, Role.MARKETING_LEAD})
SALES = frozenset({Role.REP, Role.SALES_MANAGER})
LEADS = frozenset({Role.MARKETING_LEAD, Role.SALES_MANAGER, Role.ADMIN})
"""Who leads a side, or configures: they settle what is agreed."""
DECIDERS = frozenset({Role.REP, Role.SALES_MANAGER, Role.PARTNER})
SEES_PERSONS = frozenset({Role.MARKETER, Role.MARKETING_LEAD, Role.REP, Role.SALES_MANAGER, Role.PARTNER, Role.SYSTEM})
STEERS_LETTERS = frozenset({Role.ADMIN, Role.MARKETING_LEAD, Role.SYSTEM})
