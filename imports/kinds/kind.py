"""What every kind of file has in common."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models

from accounts import doubts
from accounts.matching import Verdict
from accounts.models import Account, Source
from accounts.registering import AccountFacts
from audit.effects import Told
from imports.fields import Field, Row
from users.models import User


class Kind:
    """One load of one kind. `needs`: of each group of fields, a row must say at least one."""

    import_id: UUID | None = None
    """Of the import this is part of."""

    fields: ClassVar[tuple[Field, ...]] = ()
    needs: ClassVar[tuple[tuple[str, ...], ...]] = ()
    says_little: ClassVar[frozenset[str]] = frozenset()
    """Fields that files of other kinds have as well: they do not make this kind the likelier one."""
    fills: ClassVar[tuple[type[models.Model], ...]] = ()
    """Tables a large file lets grow."""
    signs: ClassVar[tuple[str, ...]] = ()
    """Fields without one of which nobody proposes this kind: a mere list of addresses says nothing."""

    def __init__(self, *, source: Source, by: User, now: datetime, note: Callable[[str, Row], None]) -> None:
        self.source, self.by, self.now, self.note = source, by, now, note

    def doubtful(self, row: Row, facts: AccountFacts, told: Told[Account]) -> None:
        """A company that could be one of several waits for a person, in the review queue."""
        if isinstance(told.doubt, Verdict):
            origin = (self.import_id, row.number)
            doubts.raise_doubt(facts, told.doubt, source=self.source, origin=origin, by=self.by, now=self.now)

    def take(self, rows: Sequence[Row]) -> list[Row]:
        """Writes the rows not refused yet; returns those whose effect is settled, the refused ones among them."""
        usable = [row for row in rows if row.effect is None]
        if usable:
            self.write(usable)
        return [row for row in rows if row.effect is not None]

    def write(self, rows: Sequence[Row]) -> None:
        """Calls the act for these rows and settles their effects (or keeps some for `finish`)."""
        raise NotImplementedError

    def finish(self) -> list[Row]:
        """What could only be done when all rows were known; returns the rows settled only now."""
        return []
