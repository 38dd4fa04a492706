"""Who may do what to a list."""

from typing import Any

from targets.enums import Side
from users.roles import Role

EDITORS = frozenset({Role.MARKETER, Role.MARKETING_LEAD, Role.SALES_MANAGER})
SIDES = {Role.MARKETING_LEAD: Side.MARKETING, Role.SALES_MANAGER: Side.SALES}


def may_edit(user: Any) -> bool:
    """Draws up lists: marketing, and the sales manager."""
    return user.role in EDITORS


def side_of(user: Any) -> Side | None:
    """The side a user signs for; None for those who do not sign."""
    return SIDES.get(user.role)


def may_plan(user: Any) -> bool:
    """Puts persons into revival plans, and closes these: who draws up lists."""
    return may_edit(user)
