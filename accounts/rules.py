"""Who may keep accounts and persons."""

from typing import Any

from users.roles import MARKETING, SALES, Role

EDITORS = MARKETING | SALES | {Role.SYSTEM}


def may_edit(user: Any) -> bool:
    """Those who work with accounts and see their persons; partners tell us, analysts and administrators read."""
    return user.role in EDITORS
