"""Who may bring files in."""

from typing import Any

from users.roles import MARKETING, Role

IMPORTERS = MARKETING | {Role.ADMIN, Role.SYSTEM}


def may_import(user: Any) -> bool:
    """Marketing and admins; the system for commands and resumed work."""
    return Role(user.role) in IMPORTERS
