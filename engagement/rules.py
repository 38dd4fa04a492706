"""Who may tell of touches."""

from typing import Any

from users.roles import DECIDERS, MARKETING, Role

RECORDERS = MARKETING | DECIDERS | {Role.SYSTEM}


def may_record(user: Any) -> bool:
    """Those who meet persons, and the systems that see them: not analysts, not administrators."""
    return user.role in RECORDERS
