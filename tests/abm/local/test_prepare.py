"""What is done is not done again at the next start."""

from pathlib import Path

import pytest
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from pytest_django.fixtures import Settings

from abm.local import prepare


@pytest.fixture
def static_root(tmp_path: Path, settings: Settings) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    return source


@pytest.mark.django_db
def test_tables_that_are_there_are_left_alone() -> None:
    assert prepare.migrate() is False


def test_static_files_are_collected_once(static_root: Path, tmp_path: Path) -> None:
    assert prepare.collect_static() is True
    assert (tmp_path / "collected/one.css").read_text() == "a {}"
    assert prepare.collect_static() is False


def test_a_changed_static_file_is_collected_again(static_root: Path, tmp_path: Path) -> None:
    prepare.collect_static()
    (static_root / "one.css").write_text("b {}  ")
    assert prepare.collect_static() is True
    assert (tmp_path / "collected/one.css").read_text() == "b {}  "


def test_a_refused_demo_company_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CommandError("There is real data here.")

    monkeypatch.setattr(prepare, "call_command", refuse)
    assert prepare.build_demo() is False
    assert "There is real data here." in capsys.readouterr().out


def test_logins_are_printed_when_there_are_none_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> BaseCommand:
        raise CommandError("There is no demo company here.")

    monkeypatch.setattr(prepare, "call_command", refuse)
    prepare.print_logins()
    assert capsys.readouterr().out == "(no demo logins: There is no demo company here.)\n"
