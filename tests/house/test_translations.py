"""Japanese is complete: nothing missing, doubtful or left over."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from tests.house.floors import APPS, DOORS, ROOT

CATALOGUE = Path("locale/ja/LC_MESSAGES/django.po")


def committed() -> polib.POFile:
    return polib.pofile(str(ROOT / CATALOGUE))


def test_nothing_is_untranslated_doubtful_or_left_over() -> None:
    po = committed()
    doubtful = [*po.untranslated_entries(), *po.fuzzy_entries(), *po.obsolete_entries()]
    assert [entry.msgid for entry in doubtful] == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="collecting texts needs gettext")
def test_the_catalogue_holds_exactly_the_texts_of_the_source(tmp_path: Path) -> None:
    assert texts(extracted(tmp_path)) == texts(committed())


def extracted(folder: Path) -> polib.POFile:
    """Collected in a copy, so that the test changes nothing."""
    for name in (*APPS, *DOORS, "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    (folder / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ja", "--no-location", "--no-wrap"]
    without_settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=folder, env=without_settings, check=True, capture_output=True)
    return polib.pofile(str(folder / CATALOGUE))


def texts(po: polib.POFile) -> set[tuple[str | None, str]]:
    return {(entry.msgctxt, entry.msgid) for entry in po if not entry.obsolete}
