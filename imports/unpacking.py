"""An Excel workbook's sheet → a CSV file, in a process of its own: `python unpacking.py SOURCE TARGET LIMITS SHEET`.

A workbook is a program for its reader: a few kilobytes may claim more cells than any machine holds. So nothing here is
imported by the server; the operating system stops this process at its limits, and whoever asked goes on.
Answers on its output: one line of JSON with the sheets' names and which was taken.
"""

import csv
import json
import resource
import sys
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineWorkbook

NO_SUCH_SHEET = 3
TOO_WIDE = 4
TOO_MANY_CELLS = 5
EXACT = 10**15
"""Excel keeps 15 digits; of a longer whole number the last ones are lost."""


def text_of(cell: object) -> str:
    """The cell as a person would write it: no `.0`, no time at midnight; digits that Excel lost are shown as lost."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return str(cell.date() if cell.time() == time() else cell.replace(microsecond=0))
    if isinstance(cell, date | time):
        return str(cell)
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _number(number: float) -> str:
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    return f"{number:.6G}" if abs(number) >= EXACT else repr(number)


def limit(memory: int, seconds: int, written: int) -> None:
    """Beyond these, the operating system ends this process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))


def unpack(source: str, target: str, *, wanted: str, columns: int, cells: int) -> dict[str, object]:
    """Writes the wanted (or else the first) sheet; rows keep their numbers."""
    book = CalamineWorkbook.from_path(source)
    if wanted and wanted not in book.sheet_names:
        sys.stdout.write(json.dumps({"sheets": book.sheet_names[:50]}))
        sys.exit(NO_SUCH_SHEET)
    name = wanted or book.sheet_names[0]
    sheet = book.get_sheet_by_name(name)
    last_row, last_column = sheet.end or (0, 0)
    if last_column >= columns:
        sys.exit(TOO_WIDE)
    if (last_row + 1) * (last_column + 1) > cells:
        sys.exit(TOO_MANY_CELLS)
    with open(target, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(map(text_of, row) for row in sheet.iter_rows())  # from the first row on
    return {"sheets": book.sheet_names, "sheet": name}


def main() -> None:
    """Unpacks within the limits it is given, and tells what it took."""
    source, target, limits, wanted = sys.argv[1:]
    most = json.loads(limits)
    limit(most["memory"], most["seconds"], most["written"])
    told = unpack(source, target, wanted=wanted, columns=most["columns"], cells=most["cells"])
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
