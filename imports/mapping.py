"""The mapping: how a file's columns and words become fields and values (docs/recipes/load.md)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.spreadsheets import plain
from imports.fields import Field, Row
from imports.headers import normal_header, proposed
from imports.reading import Line
from imports.values import Formats, Unusable

KEYS = frozenset(
    ("kind", "note", "columns", "values", "constants", "defaults", "dates", "numbers", "time_zone", "encoding",
     "delimiter", "sheet")
)  # fmt: skip


KNOWN_TEXTS = 5000
_SILENT, _UNREAD = object(), object()
ANY_OTHER = "*"


class MappingError(Exception):
    """The mapping does not fit; the message says what to change."""


@dataclass(frozen=True)
class MappingFile:
    """A mapping as written: column → field names, and per field: word → word, constant, default."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    formats: Formats = field(default_factory=lambda: Formats(zone=ZoneInfo(settings.TIME_ZONE)))
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


def read(path: Path) -> Any:
    """The JSON in a mapping file."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise MappingError(_("The mapping file cannot be read: %(error)s") % {"error": error}) from error


def parse(written: Any, *, kind: str, fields: Sequence[Field]) -> MappingFile:
    """The mapping in a JSON object, checked against the fields of `kind`."""
    if not isinstance(written, dict):
        raise MappingError(_("A mapping is a JSON object with at least “columns”."))
    _check_known(written, KEYS, _("“%(name)s” is no part of a mapping; its parts are %(known)s."))
    if written.get("kind", kind) != kind:
        raise MappingError(_("This mapping is for %(its)s, not for %(kind)s.") % {"its": written["kind"], "kind": kind})
    if "delimiter" in written:
        _check_single("delimiter", str(written["delimiter"]))
    columns = {str(column): _names(target) for column, target in _object(written, "columns").items()}
    sections = {part: _object(written, part) for part in ("values", "constants", "defaults")}
    used = [name for targets in columns.values() for name in targets]
    used += [name for section in sections.values() for name in section]
    _check_known(used, {f.name for f in fields}, _("There is no field “%(name)s” here; the fields are %(known)s."))
    return MappingFile(
        columns=columns,
        values={name: _words(name, words) for name, words in sections["values"].items()},
        constants={name: str(value) for name, value in sections["constants"].items()},
        defaults={name: str(value) for name, value in sections["defaults"].items()},
        formats=_formats(written),
        encoding=str(written.get("encoding", "")),
        delimiter=str(written.get("delimiter", "")),
        sheet=str(written.get("sheet", "")),
    )


def propose(columns: Sequence[str], fields: Sequence[Field]) -> MappingFile:
    """The mapping that the header suggests."""
    found = proposed(columns, {f.name: f.synonyms for f in fields})
    return MappingFile(columns={column: (name,) for column, name in found.items()})


class Reader:
    """Understands the rows of one table by one mapping."""

    def __init__(
        self,
        mapping: MappingFile,
        columns: Sequence[str],
        *,
        fields: Sequence[Field],
        needs: Sequence[Sequence[str]],
    ) -> None:
        self.fields = {f.name: f for f in fields}
        self.needs = needs
        places = _places(mapping, columns)
        self.columns = {name: " + ".join(columns[p] for p in own) for name, own in places.items()}
        self.ignored = [c for i, c in enumerate(columns) if c and not any(i in own for own in places.values())]
        self._told = [
            _FieldReader(self.fields[name], mapping, places.get(name, ()))
            for name in {**places, **mapping.constants, **mapping.defaults}
        ]
        self._check_needs(columns)

    def row(self, line: Line) -> Row:
        """One line, understood; refused at once where it cannot be."""
        row = Row(line.number, line.cells, columns=self.columns)
        if line.refusal:
            row.refuse("", line.refusal)
            return row
        values, faults = self._values(line.cells)
        row.values = values
        for name, fault in faults.items():
            (row.refuse if self.fields[name].strict else row.refuse_field)(name, fault)
        self._refuse_incomplete(row, faults)
        return row

    def _values(self, cells: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = {}
        faults: dict[str, str] = {}
        for told in self._told:
            try:
                value = told.value(cells)
            except Unusable as fault:
                faults[told.name] = str(fault)
                continue
            if value is not _SILENT:
                values[told.name] = value
        return values, faults

    def _refuse_incomplete(self, row: Row, faults: Mapping[str, str]) -> None:
        for group in self.needs:
            if row.refusal is None and not any(name in row.values for name in group):
                name = next((name for name in group if name in faults), group[0])
                row.refuse(name, faults.get(name) or _("This is missing."))

    def _check_needs(self, columns: Sequence[str]) -> None:
        said = {told.name for told in self._told}
        for group in self.needs:
            if not said.intersection(group):
                raise MappingError(
                    _("No column gives %(fields)s. Name it under “columns” in the mapping; the file has: %(columns)s.")
                    % {"fields": " / ".join(group), "columns": _listed(columns)}
                )


class _FieldReader:
    """Reads one field of each row. The companies, departments, titles and days of a file are the same again and again,
    so what a cell was read as is remembered."""

    def __init__(self, field: Field, mapping: MappingFile, places: Sequence[int]) -> None:
        self.name, self._parse, self._formats = field.name, field.parse, mapping.formats
        self._places, self._place = places, places[0] if len(places) == 1 else None
        self._constant = mapping.constants.get(field.name)
        self._words = mapping.values.get(field.name, {})
        self._default = mapping.defaults.get(field.name, "")
        self._known: dict[str, Any] = {}

    def value(self, cells: Sequence[str]) -> Any:
        """What the row says, or _SILENT. Raises Unusable."""
        written = self._joined(cells) if self._place is None else cells[self._place]
        known = self._known.get(written, _UNREAD)
        return self._read(written) if known is _UNREAD else known

    def _read(self, written: str) -> Any:
        text = self._translated(plain(written)) if self._constant is None else self._constant
        text = text or self._default
        value = self._parse(text, self._formats) if text else _SILENT
        if len(self._known) < KNOWN_TEXTS:
            self._known[written] = value
        return value

    def _joined(self, cells: Sequence[str]) -> str:
        parts = (plain(cells[place]) for place in self._places)
        return " ".join(part for part in parts if part)

    def _translated(self, text: str) -> str:
        """The word the mapping gives for this one; `*` stands for any other that is not blank."""
        return self._words.get(text, self._words.get(ANY_OTHER, text) if text else text)


def _listed(columns: Sequence[str], most: int = 50, longest: int = 60) -> str:
    """The columns' names, as many and as much of each as one can read."""
    names = [column if len(column) <= longest else f"{column[:longest]}…" for column in columns if column]
    return ", ".join([*names[:most], "…"] if len(names) > most else names)


def _places(mapping: MappingFile, columns: Sequence[str]) -> dict[str, list[int]]:
    """Field → positions of its columns."""
    by_name: dict[str, int] = {}
    for place, column in enumerate(columns):
        by_name.setdefault(normal_header(column), place)
    places: dict[str, list[int]] = {}
    for column, names in mapping.columns.items():
        known = by_name.get(normal_header(column))
        if known is None:
            raise MappingError(
                _("The mapping names the column “%(column)s”, but the file has: %(columns)s.")
                % {"column": column, "columns": _listed(columns)}
            )
        for name in names:
            places.setdefault(name, []).append(known)
    return places


def _formats(written: Mapping[str, Any]) -> Formats:
    numbers = _object(written, "numbers")
    decimal = str(numbers.get("decimal", "."))
    formats = Formats(
        dates=_names(written.get("dates", ())),
        decimal=decimal,
        thousands=str(numbers.get("thousands", "." if decimal == "," else ",")),
        zone=_zone(str(written.get("time_zone", settings.TIME_ZONE))),
    )
    _check_single("decimal", formats.decimal)
    if formats.thousands == formats.decimal:
        raise MappingError(_("“decimal” and “thousands” in the mapping must differ."))
    for date_format in formats.dates:
        _check_date_format(date_format)
    return formats


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MappingError(_("There is no time zone “%(zone)s”.") % {"zone": name}) from error


def _check_single(part: str, character: str) -> None:
    if len(character) != 1:
        raise MappingError(_("“%(part)s” in the mapping must be one character.") % {"part": part})


def _check_date_format(date_format: str) -> None:
    """Writing and reading a day shows whether a format means anything; without a year it names no day."""
    day = datetime(2024, 3, 31, 14, 5, tzinfo=UTC)
    try:
        if datetime.strptime(day.strftime(date_format), date_format).year != day.year:  # noqa: DTZ007 - only tried
            raise ValueError(date_format)
    except (ValueError, re.error) as error:
        raise MappingError(_("“%(format)s” is no date format.") % {"format": date_format}) from error


def _object(written: Mapping[str, Any], part: str) -> dict[str, Any]:
    found = written.get(part, {})
    if not isinstance(found, dict):
        raise MappingError(_("“%(part)s” in the mapping must be a JSON object.") % {"part": part})
    return found


def _words(name: str, words: Any) -> dict[str, str]:
    if not isinstance(words, dict):
        raise MappingError(
            _('“values” of “%(name)s” must say which word becomes which: {"from": "to"}.') % {"name": name}
        )
    return {str(given).strip(): str(meant) for given, meant in words.items()}


def _names(target: Any) -> tuple[str, ...]:
    return tuple(map(str, target)) if isinstance(target, list | tuple) else (str(target),)


def _check_known(names: Any, known: Any, message: str) -> None:
    for name in names:
        if name not in known:
            raise MappingError(message % {"name": name, "known": ", ".join(sorted(known))})
