"""Who may bring files in."""

from typing import Any

from imports.enums import KindName
from users.roles import MARKETING, Role

IMPORTERS = MARKETING | {Role.ADMIN, Role.SYSTEM}
UNDOERS = frozenset({Role.MARKETING_LEAD, Role.ADMIN, Role.SYSTEM})
USER_IMPORTERS = frozenset({Role.ADMIN, Role.SYSTEM})


def may_import(user: Any, kind: str = "") -> bool:
    """Marketing and admins; the system for commands and resumed work. Only admins bring in users."""
    return Role(user.role) in (USER_IMPORTERS if kind == KindName.USERS else IMPORTERS)


def may_undo(user: Any, job: Any) -> bool:
    """Whoever brought the file in, the head of marketing, and administrators."""
    return user.role in UNDOERS or user.pk == job.by_id
