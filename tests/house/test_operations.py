"""Production runs what the demo runs, and the beat table names tasks that exist."""

import fnmatch

import yaml

from abm.celery import BEAT, LONG_TASKS, app
from abm.local.supervise import PROGRAMS
from tests.house.floors import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_production_starts_the_programs_of_the_demo() -> None:
    assert {name: COMPOSE["services"][name]["command"] for name in PROGRAMS} == PROGRAMS


def test_no_secret_has_a_default() -> None:
    given = COMPOSE["x-app"]["environment"]
    assert [name for name, value in given.items() if "SECRET" in name and ":?" not in value] == []


def test_every_beat_entry_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()
    assert [entry["task"] for entry in BEAT.values() if entry["task"] not in app.tasks] == []


def test_every_task_is_named_by_where_it_lives() -> None:
    app.loader.import_default_modules()
    ours = {name: task.run for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert [name for name, run in ours.items() if name.rpartition(".")[0] != run.__module__] == []


def test_every_route_to_the_long_queue_fits_a_task() -> None:
    app.loader.import_default_modules()
    assert [pattern for pattern in LONG_TASKS if not fnmatch.filter(app.tasks, pattern)] == []
