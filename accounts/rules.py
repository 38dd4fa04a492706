"""Who may keep accounts and persons."""

from typing import Any

from users.roles import MARKETING, SALES, Role

EDITORS = MARKETING | SALES | {Role.SYSTEM}


def may_edit(user: Any) -> bool:
    """Those who work with accounts and see their persons; partners tell us, analysts and administrators read."""
    return user.role in EDITORS


def may_erase(user: Any) -> bool:
    """Who answers for what we know of persons: tells them everything, erases them, takes them back."""
    return user.role in {Role.MARKETING_LEAD, Role.SYSTEM}


def may_export(user: Any) -> bool:
    """Who takes persons out of the house as a file."""
    return user.role in MARKETING | {Role.SYSTEM}
