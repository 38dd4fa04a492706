"""Names and sizes that keep the house readable."""

import ast
import subprocess
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.floors import APPS, DOORS, ROOT, sources

NAMELESS = {"services", "service", "utils", "util", "helpers", "helper", "manager", "managers", "handler", "handlers"}
NAMELESS |= {"common", "core", "misc", "signals"}
LONGEST_FILE = 400
OURS = sources(*APPS, *DOORS, "tests", "bench")
SPEAKING_FOR_THEMSELVES = {"admin", "apps", "models", "querysets", "tasks", "urls"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [relative(path) for path in OURS if NAMELESS & {path.stem, path.parent.name}] == []


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    assert [relative(path) for path in OURS if len(path.read_text().splitlines()) > LONGEST_FILE] == []


@pytest.mark.parametrize("app", APPS)
def test_every_public_function_says_what_it_means(app: str) -> None:
    silent = [
        f"{relative(path)}: {node.name}"
        for path in sources(app)
        if path.stem not in SPEAKING_FOR_THEMSELVES and "management" not in path.parts
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_tracked_file_names_a_registry_or_a_place_outside() -> None:
    unwanted = [
        "pypi" + ".org",
        "python" + "hosted.org",
        "npm" + "js.org",
        "file:///" + "opt",
        "/wo" + "rk/",
        "/ro" + "ot/.",
    ]
    found = [
        f"{relative(path)}: {word}"
        for path in tracked_files()
        for word in unwanted
        if word.encode() in path.read_bytes()
    ]
    assert found == []


def test_no_signals_and_no_logic_in_save() -> None:
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    assert [str(model) for model in models if "save" in vars(model) or "delete" in vars(model)] == []
    assert [relative(path) for path in sources(*APPS) if "django.db.models.signals" in path.read_text()] == []
