"""S4: whatever somebody uploads is refused in words or done, in 5 seconds and 300 MB, and the worker lives."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.imports import hostile

ROOT = Path(__file__).resolve().parents[2]
TABLE = "This is not a CSV, TSV or Excel file"
SMALLER = "This workbook unpacks to more than 2,000,000 cells or 200 MB"
DAMAGED = "This workbook is damaged"
REFUSED = {
    "PDF.xlsx": TABLE,
    "PNG.csv": TABLE,
    "XXE.xlsx": DAMAGED,
    "billion laughs.xlsx": DAMAGED,
    "bomb.xlsx": SMALLER,
    "half a workbook.xlsx": DAMAGED,
    "locked.xlsx": "locked with a password",
    "lying bomb.xlsx": DAMAGED,
    "many parts.xlsx": SMALLER,
    "noise.csv": "neither UTF-8, UTF-16 nor Shift_JIS",
    "old.xls": "old Excel format",
    "one cell of 100 MB.csv": "Line 2 is longer than any row can be",
    "only a zip.xlsx": "no Excel workbook",
    "ten thousand columns.csv": "more than 500 columns",
    "ten thousand columns.xlsx": "more than 500 columns",
    "two cells far apart.xlsx": SMALLER,
    "unclosed quote.csv": "a quotation mark is not closed",
}
READ = {
    "NUL bytes.csv": ["The row contains a NUL character.", "あおば"],
    "deep names.xlsx": ["みどり"],
    "half-width.csv": ["ｶﾌﾞｼｷｶﾞｲｼｬ ﾐﾄﾞﾘ"],
    "million empty rows.csv": ["みどり"],
    "million empty rows.xlsx": [],
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("hostile")
    hostile.write_all(folder)
    command = [sys.executable, "-m", "tests.imports.hostile", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", [*REFUSED, *READ])
def test_a_hostile_file_is_refused_in_words_or_done_soon(told, name):
    seconds, rows, said = told["files"][name]
    assert seconds < 5
    assert rows == READ.get(name, [])
    assert (REFUSED[name] in said) if name in REFUSED else (said == "")


def test_no_danger_was_forgotten_and_none_needed_much_memory(told):
    assert set(told["files"]) == {*REFUSED, *READ}
    assert max(told["peak"]) < 300
