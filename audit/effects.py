"""What an upsert did with each thing it was told: every one has exactly one effect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.db import models

Subject = TypeVar("Subject")
_WAS = "_overwritten"


class Effect(StrEnum):
    """What became of one thing told."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class Told(Generic[Subject]):
    """The effect and its subject; when refused, which field is to blame and why.

    `field_refusals` are (field, reason) of what was not taken although the rest was. `doubt` is the verdict of a
    matcher that could not decide, with its candidates, for whoever lets a person decide; `found_by` is the rule by
    which it was found.
    """

    effect: Effect
    subject: Subject | None = None
    blame: str = ""
    reason: str = ""
    field_refusals: list[tuple[str, str]] = field(default_factory=list)
    doubt: object | None = None
    found_by: str = ""

    def changed(self) -> None:
        """Something changed after all; what was created stays created."""
        if self.effect is Effect.UNCHANGED:
            self.effect = Effect.UPDATED


def refused(blame: str, reason: str, *, doubt: object | None = None) -> Told[Any]:
    """Nothing was done, because of this field and for this reason."""
    return Told(Effect.REFUSED, blame=blame, reason=reason, doubt=doubt)


def overwrite(row: models.Model, values: Mapping[str, Any], *, blanks_only: bool = False) -> list[str]:
    """Sets what differs (or only what is still blank) on the unsaved-yet row; returns the names of what changed.

    The row remembers what stood there (`take_overwritten`).
    """
    changed = []
    was = row.__dict__.setdefault(_WAS, {})
    for name, value in values.items():
        current = getattr(row, name)
        if value != current and not (blanks_only and current not in (None, "")):
            was.setdefault(name, current)
            setattr(row, name, value)
            changed.append(name)
    return changed


def take_overwritten(row: models.Model) -> dict[str, Any]:
    """Column → what stood there before `overwrite` changed it, where it differs still; the row then forgets it."""
    was: dict[str, Any] = row.__dict__.pop(_WAS, {})
    return {name: value for name, value in was.items() if value != getattr(row, name)}
