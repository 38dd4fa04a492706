"""Translations compile without gettext."""

import gettext
import os
from pathlib import Path

import pytest

from abm.local.messages import compile_all

CATALOGUE = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"

msgid "Inbox"
msgstr "受信箱"

#, fuzzy
msgid "Lead"
msgstr "疑わしい訳"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "ja/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE)
    return path


def test_a_compiled_catalogue_translates_and_leaves_doubtful_texts_out(tmp_path: Path, catalogue: Path) -> None:
    assert compile_all(tmp_path) == [catalogue]
    texts = gettext.translation("django", tmp_path, ["ja"])
    assert [texts.gettext("Inbox"), texts.gettext("Lead")] == ["受信箱", "Lead"]


def test_only_what_changed_is_compiled_again(tmp_path: Path, catalogue: Path) -> None:
    compile_all(tmp_path)
    assert compile_all(tmp_path) == []
    later = catalogue.stat().st_mtime + 10
    os.utime(catalogue, (later, later))
    assert compile_all(tmp_path) == [catalogue]
