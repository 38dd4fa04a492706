"""Cells that no spreadsheet runs, and reading them back. Pure.

A cell that begins like a formula (=, +, -, @, tab, carriage return) gets an apostrophe before it; so does one that
begins with apostrophes and then like a formula, so that taking one off always gives back what was written.
"""

import re
from collections.abc import Iterable

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def harmless(cells: Iterable[str]) -> list[str]:
    """Cells as text, whatever they begin with."""
    return [f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells]


def plain(cell: str) -> str:
    """What was written into the cell; outer spaces say nothing."""
    text = cell if cell[:1] == "'" else cell.strip()
    return (text[1:] if text[:1] == "'" and _FORMULA.match(text, 1) else text).strip()
