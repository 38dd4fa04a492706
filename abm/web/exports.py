"""Files that pages give: CSV a spreadsheet opens as it is, with no cell it would run."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from accounts.spreadsheets import harmless

BOM = "\ufeff"
"""So that Excel reads UTF-8."""


class _Echo:
    """What csv writes to: gives each line back."""

    def write(self, line: str) -> str:
        return line


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The rows as `name`.csv, written while they are read."""
    return download(_lines(head, rows), name)


def download(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    """Lines of CSV as a file, kept by nobody on the way."""
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(harmless(head))
    for row in rows:
        yield writer.writerow(harmless("" if cell is None else str(cell) for cell in row))
