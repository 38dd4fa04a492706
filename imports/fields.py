"""What a kind of file can say: its fields, and one row of it once understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.effects import Effect, Told
from imports.values import Parser


@dataclass(frozen=True)
class Field:
    """One thing a row can say. A `strict` field that cannot be read refuses the row, any other only itself.

    `with_it`: a field that the same column says, too, where its name means both and no other column says it.
    """

    name: str
    parse: Parser
    synonyms: tuple[str, ...] = ()
    strict: bool = False
    with_it: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why a row, or one column of it, was not taken."""

    column: str
    reason: str


@dataclass(slots=True)
class Row:
    """A row: as given, as understood (only what it says: blank cells are absent), and what became of it.

    `found` says by which rule what the row names was found (account, person); `is_doubt` that several could be meant.
    """

    number: int
    cells: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    effect: Effect | None = None
    refusal: Refusal | None = None
    field_refusals: list[Refusal] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)
    is_doubt: bool = False

    def refuse(self, field_name: str, reason: str) -> None:
        """The whole row is not taken, because of this field (or "" for the row as such)."""
        self.effect = Effect.REFUSED
        self.refusal = Refusal(self.columns.get(field_name, field_name), reason)

    def refuse_field(self, field_name: str, reason: str) -> None:
        """The row is taken without this field."""
        self.field_refusals.append(Refusal(self.columns.get(field_name, field_name), reason))

    def take(self, told: Told[Any]) -> None:
        """What an act did with what this row tells."""
        self.effect = told.effect
        self.found_by("self", told)
        if told.effect is Effect.REFUSED:
            self.refuse(told.blame, told.reason)
        for name, reason in told.field_refusals:
            self.refuse_field(name, reason)

    def found_by(self, what: str, told: Told[Any]) -> None:
        """Notes by which rule the company or person was found, or that it could not be told which is meant."""
        if told.found_by:
            self.found[what] = told.found_by
        self.is_doubt = self.is_doubt or told.doubt is not None

    def get(self, field_name: str, default: Any = None) -> Any:
        """What the row says about the field."""
        return self.values.get(field_name, default)
