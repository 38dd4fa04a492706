"""Excel workbooks (XLSX) → a CSV file beside them. Limits are held before anything is unpacked, and while it is."""

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

MAX_UNPACKED = 200 * 1024**2
MAX_PARTS = 2_000
MAX_CELLS = 2_000_000
MEMORY = 290 * 1024**2
SECONDS = 5
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UNPACKING = Path(__file__).with_name("unpacking.py")
NO_SUCH_SHEET, TOO_WIDE, TOO_MANY_CELLS = 3, 4, 5
"""How the unpacking process says why it stopped (imports/unpacking.py, which is run, never imported)."""


class BadWorkbook(Exception):
    """The workbook is not taken; the message says what to do."""


@dataclass(frozen=True)
class Sheet:
    """A sheet as a CSV file, and the names of all the sheets beside it."""

    path: Path
    name: str
    names: tuple[str, ...]


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so is one of Excel's, new or old."""
    return start.startswith((ZIP, OLE))


def unpacked(path: Path, *, sheet: str, columns: int) -> Sheet:
    """The sheet of this name, or the first, as a CSV file beside the workbook; raises BadWorkbook."""
    check(path)
    target = path.with_suffix(".sheet.csv")
    limits = {"memory": MEMORY, "seconds": SECONDS, "written": MAX_UNPACKED, "columns": columns, "cells": MAX_CELLS}
    command = [sys.executable, "-I", str(_UNPACKING), str(path), str(target), json.dumps(limits), sheet]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS * 4, check=False)
    except subprocess.TimeoutExpired as error:
        raise BadWorkbook(_too_large()) from error
    told = _told(done.stdout)
    if done.returncode:
        raise BadWorkbook(_why(done, told, sheet, columns))
    return Sheet(target, told["sheet"], tuple(told["sheets"]))


def check(path: Path) -> None:
    """What the zip's directory says, before anything is unpacked."""
    with path.open("rb") as stream:
        if stream.read(4) == OLE:
            raise BadWorkbook(_old_or_locked(path))
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadWorkbook(_("This workbook is damaged; please save it anew and try again.")) from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise BadWorkbook(_("This is a zip file but no Excel workbook (XLSX); load the file inside it."))
    if any(part.flag_bits & 1 for part in parts):
        raise BadWorkbook(_locked())
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise BadWorkbook(_too_large())


def _told(output: bytes) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(output)
    except ValueError:
        return {}
    return told


def _why(done: subprocess.CompletedProcess[bytes], told: dict[str, Any], sheet: str, columns: int) -> str:
    if done.returncode == NO_SUCH_SHEET:
        return _("There is no sheet “%(sheet)s”; the workbook has: %(sheets)s.") % {
            "sheet": sheet, "sheets": ", ".join(told.get("sheets", []))}  # fmt: skip
    if done.returncode == TOO_WIDE:
        return _("The file has more than %(limit)d columns.") % {"limit": columns}
    if done.returncode == TOO_MANY_CELLS or done.returncode < 0 or b"memory" in done.stderr.lower():
        return _too_large()
    if b"password" in done.stderr.lower():
        return _locked()
    return _("This workbook is damaged; please save it anew and try again.")


def _too_large() -> str:
    return _("This workbook unpacks to more than %(cells)s cells or %(size)d MB; save the sheet as “CSV UTF-8”.") % {
        "cells": f"{MAX_CELLS:,}", "size": MAX_UNPACKED // 1024**2}  # fmt: skip


def _locked() -> str:
    return _("This workbook is locked with a password; save it without one.")


def _old_or_locked(path: Path) -> str:
    if _ENCRYPTED in path.read_bytes():
        return _locked()
    return _("This is a workbook of the old Excel format (XLS); save it as XLSX or “CSV UTF-8”.")
