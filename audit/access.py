"""The log of who read persons in bulk or took them out of the house."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from audit import doors
from audit.enums import AccessKind
from audit.log import Actor
from audit.models import Access

BULK = 20
"""Persons shown at once; fewer is daily work with a company or a lead."""


def read(
    what: str, persons: Sequence[int], *, by: Actor, now: datetime, filters: Mapping[str, Any], purpose: str = ""
) -> None:
    """Notes that persons were read in bulk, the ids row by row; a handful is not noted."""
    if len(persons) >= BULK:
        _note(AccessKind.READ, what, persons, by=by, now=now, filters=filters, purpose=purpose)


def exported(
    what: str, persons: Sequence[int], *, by: Actor, now: datetime, filters: Mapping[str, Any], purpose: str
) -> Access:
    """Notes that persons are taken out, however many; the ids row by row."""
    return _note(AccessKind.EXPORT, what, persons, by=by, now=now, filters=filters, purpose=purpose)


def disclosed(what: str, person: int, *, by: Actor, now: datetime, purpose: str) -> Access:
    """Notes that all about one person is told."""
    return _note(AccessKind.DISCLOSE, what, [person], by=by, now=now, filters={}, purpose=purpose)


def _note(
    kind: AccessKind, what: str, persons: Sequence[int], *, by: Actor, now: datetime, filters: Mapping[str, Any],
    purpose: str,
) -> Access:  # fmt: skip
    said = {name: str(value) for name, value in filters.items() if value not in (None, "", [])}
    return Access.objects.create(
        at=now, actor_id=by.pk, actor_name=str(by), door=doors.current(), kind=kind, what=what, filters=said,
        rows=len(persons), persons=sorted(set(persons)), purpose=purpose.strip()[:200],
    )  # fmt: skip
