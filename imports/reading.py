"""Files as companies have them → a table: encoding, delimiter, sheet and header line are found, limits enforced."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _

from imports import workbooks
from imports.headers import normal_header

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_COLUMNS = 500
MAX_CELL = 32_767
MAX_LINE = 1 << 21
"""Characters up to a line end: a file without any is not taken into memory as one line."""
HEADER_WITHIN = 30
DELIMITERS = (",", "\t", ";", "|")
_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SHARE_OF_HEADER_CELLS = 0.6
_HEAD = 1 << 17


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says what to do."""


class Line(NamedTuple):
    """A data row: its number as a spreadsheet shows it, its cells, and why it is refused as it stands (or "")."""

    number: int
    cells: tuple[str, ...]
    refusal: str = ""


@dataclass(frozen=True)
class Table:
    """A file whose form is known: `header_line` is the spreadsheet row of the header, `columns` its cells.

    Of a workbook, `sheets` are the names of all its sheets and `sheet` is the one read.
    """

    path: Path
    encoding: str
    delimiter: str
    header_line: int
    columns: tuple[str, ...]
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        """The data rows; blank ones are passed over."""
        width = len(self.columns)
        for number, cells in self._filled():
            refusal = _row_refusal(cells, width)
            yield Line(number, tuple(cells if len(cells) == width else _of_width(cells, width)), refusal)

    def count(self) -> int:
        """How many data rows there are."""
        return sum(1 for _number, _cells in self._filled())

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        """Row number and cells of each row below the header that says anything."""
        with _opened(self.path, self.encoding) as stream:
            records = enumerate(_records(stream, self.delimiter), start=1)
            filled = ((number, cells) for number, cells in records if number > self.header_line and any(cells))
            yield from islice(filled, MAX_ROWS)
            if next(filled, None):
                raise Unreadable(_("The file has more than %(limit)s rows; split it.") % {"limit": f"{MAX_ROWS:,}"})


def open_table(
    path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "", known_headers: Collection[str] = ()
) -> Table:
    """Finds out how the file is written. `known_headers` (normalised) help to tell the header from a preamble."""
    if workbooks.is_workbook(_start(path)):
        found = _sheet(path, sheet)
        table = _open_text(found.path, "utf-8", ",", known_headers)
        return replace(table, sheet=found.name, sheets=found.names)
    return _open_text(path, encoding or detect_encoding(path), delimiter, known_headers)


def _open_text(path: Path, encoding: str, delimiter: str, known_headers: Collection[str]) -> Table:
    head = _head(path, encoding)
    delimiter = delimiter or detect_delimiter(head)
    records = list(islice(_records(io.StringIO(head, newline=""), delimiter), HEADER_WITHIN))
    position = find_header(records, known_headers)
    if position is None:
        raise Unreadable(_("The file has no rows."))
    return Table(path, encoding, delimiter, position + 1, _column_names(records[position]))


def detect_encoding(path: Path) -> str:
    """utf-8, utf-8-sig, utf-16 or cp932, whichever the whole file can be decoded by."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding
    candidates = _utf16_without_bom(start) or ["utf-8", "cp932"]
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise Unreadable(
        _("The characters of this file cannot be read: it is neither UTF-8, UTF-16 nor Shift_JIS (CP932). "
          "Save it as “CSV UTF-8”, or state its encoding in the mapping.")
    )  # fmt: skip


def detect_delimiter(head: str) -> str:
    """The delimiter that splits most of the first rows into the same number of cells, more than one."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(head, delimiter))


def find_header(records: list[list[str]], known_headers: Collection[str] = ()) -> int | None:
    """The position of the header: the row with most known names, else the first well-filled row."""
    known = [sum(normal_header(cell) in known_headers for cell in cells if cell) for cells in records]
    if known and max(known) >= 2:
        return known.index(max(known))
    filled = [sum(bool(cell.strip()) for cell in cells) for cells in records]
    enough = max(filled, default=0) * _SHARE_OF_HEADER_CELLS
    return next((place for place, count in enumerate(filled) if count and count >= enough), None)


def _start(path: Path) -> bytes:
    """How the file begins, if it is one that can be read at all."""
    if not path.is_file():
        raise Unreadable(_("There is no file %(path)s.") % {"path": path})
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(_("The file is larger than %(limit)d MB; split it.") % {"limit": MAX_BYTES // 1024**2})
    with path.open("rb") as stream:
        magic = stream.read(8)
    if not magic:
        raise Unreadable(_("The file is empty."))
    if magic.startswith((b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\x7fELF")):
        raise Unreadable(_("This is not a CSV, TSV or Excel file."))
    return magic


def _sheet(path: Path, wanted: str) -> workbooks.Sheet:
    try:
        return workbooks.unpacked(path, sheet=wanted, columns=MAX_COLUMNS)
    except workbooks.BadWorkbook as error:
        raise Unreadable(str(error)) from error


def _opened(path: Path, encoding: str) -> TextIO:
    try:
        return path.open(encoding=encoding, newline="")
    except LookupError as error:
        raise Unreadable(_("There is no encoding “%(encoding)s”.") % {"encoding": encoding}) from error


def _head(path: Path, encoding: str) -> str:
    """The beginning of the file, enough for its form to show."""
    with _opened(path, encoding) as stream:
        try:
            return stream.read(_HEAD)
        except UnicodeError as error:
            raise _not_in(error) from error


def _not_in(error: UnicodeError) -> Unreadable:
    return Unreadable(_("The file is not written in its encoding: %(error)s") % {"error": error})


def _records(stream: TextIO, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(_short_lines(stream), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(
            _("Row %(row)d cannot be read; perhaps a quotation mark is not closed (%(error)s).")
            % {"row": reader.line_num, "error": error}
        ) from error
    except UnicodeError as error:
        raise _not_in(error) from error


def _short_lines(stream: TextIO) -> Iterator[str]:
    for number, line in enumerate(iter(partial(stream.readline, MAX_LINE), ""), start=1):
        if len(line) == MAX_LINE:
            raise Unreadable(_("Line %(row)d is longer than any row can be; this is no table.") % {"row": number})
        yield line


def _of_width(cells: list[str], width: int) -> list[str]:
    return cells[:width] + [""] * (width - len(cells))


def _row_refusal(cells: list[str], width: int) -> str:
    """Why the row cannot be used as it stands, or ""."""
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return _("The row has %(cells)d cells, the header %(columns)d.") % {"cells": len(cells), "columns": width}
    whole = "".join(cells)
    if "\x00" in whole:
        return _("The row contains a NUL character.")
    if len(whole) > MAX_CELL and any(len(cell) > MAX_CELL for cell in cells):
        return _("A cell is longer than %(limit)s characters.") % {"limit": f"{MAX_CELL:,}"}
    return ""


def _column_names(cells: list[str]) -> tuple[str, ...]:
    """The header's cells; trailing blanks are dropped, a name that comes again is numbered."""
    names = [" ".join(cell.split()) for cell in cells]
    if any("\x00" in name for name in names):
        raise Unreadable(_("This is not a CSV, TSV or Excel file."))
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise Unreadable(_("The file has more than %(limit)d columns.") % {"limit": MAX_COLUMNS})
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        numbered.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(numbered)


def _utf16_without_bom(start: bytes) -> list[str]:
    """UTF-16 text has a NUL in every second byte wherever it is ASCII (commas, line ends)."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) <= len(start) * 0.1 or min(even, odd) > max(even, odd) * 0.1:
        return []
    return ["utf-16-be" if even > odd else "utf-16-le"]


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _evenness(head: str, delimiter: str) -> int:
    """How many rows share the commonest width, weighed by that width; 0 when the delimiter splits nothing."""
    try:
        records = list(islice(_records(io.StringIO(head, newline=""), delimiter), HEADER_WITHIN))
    except Unreadable:
        return 0
    widths = Counter(len(cells) for cells in records if len(cells) > 1)
    width, rows = max(widths.items(), key=lambda item: item[0] * item[1], default=(0, 0))
    return width * rows
