"""What came of a file: counts, what was refused and why, what should be known besides."""

import csv
from collections.abc import Sequence
from typing import IO, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.spreadsheets import harmless
from audit.effects import Effect
from imports.fields import Row

SHOWN_REFUSALS = 100


class Report:
    """Gathers what becomes of each row. Always: read = created + updated + unchanged + refused."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(Effect, 0)
        self.refusals: list[dict[str, Any]] = []
        self.field_refusals: dict[tuple[str, str], list[int]] = {}
        self.notes: dict[str, list[int]] = {}
        self.doubts = 0

    @property
    def read(self) -> int:
        """Rows read; blank ones are none."""
        return sum(self.counts.values())

    def add(self, row: Row) -> None:
        """Counts a row whose effect is known. Field refusals of a refused row are part of its refusal."""
        assert row.effect is not None, f"row {row.number} has no effect"  # noqa: S101 - a fault of ours
        self.counts[row.effect] += 1
        self.doubts += row.is_doubt
        if row.refusal:
            shown = {"row": row.number, "column": row.refusal.column, "reason": row.refusal.reason}
            self.refusals += [shown] if len(self.refusals) < SHOWN_REFUSALS else []
            return
        for refusal in row.field_refusals:
            self.field_refusals.setdefault((refusal.column, refusal.reason), []).append(row.number)

    def note(self, text: str, row: Row) -> None:
        """Something about this row that is no refusal but should be known."""
        self.notes.setdefault(text, []).append(row.number)

    def as_dict(self) -> dict[str, Any]:
        """For the job's row, the command and the API."""
        return {
            "refusals": self.refusals,
            "field_refusals": [
                {"column": column, "reason": reason, "count": len(rows), "rows": rows}
                for (column, reason), rows in self.field_refusals.items()
            ],
            "doubts": self.doubts,
            "notes": [{"text": text, "count": len(rows), "rows": rows} for text, rows in self.notes.items()],
        }


def added_columns() -> tuple[str, str]:
    """What the file of refused rows has beside the columns as given, in the present language."""
    return _("Refused column"), _("Reason")


def as_given(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of a file; where it is one of refused rows, in whatever language, ours have no name."""
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            if tuple(columns[-2:]) == added_columns():
                return (*columns[:-2], "", "")
    return tuple(columns)


class ErrorFile:
    """The refused rows as given, with the column to blame and the reason, ready to mend and load again."""

    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        self.rows = 0
        self._writer = csv.writer(stream)
        self._columns = [*columns, *added_columns()]

    def add(self, row: Row) -> None:
        """Writes a refused row; formulas are made text."""
        if row.refusal is None:
            return
        if not self.rows:
            self._writer.writerow(harmless(self._columns))
        self.rows += 1
        self._writer.writerow(harmless([*row.cells, row.refusal.column, row.refusal.reason]))
