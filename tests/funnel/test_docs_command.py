"""The generated pages say what the product does, and are up to date."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from funnel import metrics
from funnel.management.commands.docs import metrics_page, waterfall_page
from funnel.waterfall import MOVES


@pytest.fixture
def elsewhere(settings, tmp_path):
    """A checkout without pages."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def run(*arguments):
    out = StringIO()
    call_command("docs", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_committed_pages_are_up_to_date():
    assert run("--check") == "Up to date."


def test_every_metric_is_explained_once():
    page = metrics_page()
    for metric in metrics.dictionary():
        assert page.count(f"### `{metric.key}`: {metric.label}\n\n{metric.definition}\n") == 1


def test_every_row_of_the_moves_table_is_a_line():
    page = waterfall_page()
    for move in MOVES:
        assert f"| `{move.name.value}` |" in page
    assert sum(line.startswith("| `") for line in page.splitlines()) == len(MOVES)


def test_stale_pages_are_named_and_nothing_is_written(elsewhere):
    with pytest.raises(CommandError, match=r"metrics\.md, waterfall\.md"):
        run("--check")
    assert list(elsewhere.iterdir()) == []


def test_pages_are_written_once(elsewhere):
    assert run() == "Written: metrics.md, waterfall.md."
    assert run() == "Up to date."
    assert (elsewhere / "metrics.md").read_text(encoding="utf-8") == metrics_page()
