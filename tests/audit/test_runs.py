"""Runs of background work: what they counted, how they ended, and whether their worker still lives."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection

from audit import runs
from audit.enums import RunState
from audit.models import TaskRun
from tests.make import NOW

pytestmark = pytest.mark.django_db
TASK = "test.task"


def left_running(task: str = TASK) -> TaskRun:
    return TaskRun.objects.create(task=task, state=RunState.RUNNING, started_at=NOW)


@pytest.fixture
def other_session(db: None) -> Iterator[Any]:
    """A worker's session of its own."""
    known = connection.settings_dict
    place = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "password": known["PASSWORD"]}
    session = psycopg2.connect(dbname=known["NAME"], **place)
    yield session
    session.close()


def test_a_run_keeps_its_counts() -> None:
    with runs.recorded(TASK) as counts:
        counts["done"] = 3
    run = TaskRun.objects.get()
    assert (run.state, run.counts, run.idle, run.error) == (RunState.DONE, {"done": 3}, False, "")


def test_a_run_under_way_is_not_lost() -> None:
    with runs.recorded(TASK):
        assert runs.are_lost(list(TaskRun.objects.all())) == []


def test_a_finished_run_holds_nothing() -> None:
    with runs.recorded(TASK):
        run = TaskRun.objects.get()
    assert runs.are_lost([run]) == [run]  # as it was read while it ran
    assert runs.are_lost(list(TaskRun.objects.all())) == []


def test_a_run_lives_as_long_as_its_worker_s_session(other_session: Any) -> None:
    run = left_running()
    with other_session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [runs.LOCKS, run.pk])
    assert runs.are_lost([run]) == []
    other_session.close()
    for _ in range(1000):  # the server needs a moment to notice
        if runs.are_lost([run]):
            return
    raise AssertionError("still held")


def test_the_task_s_next_run_tells_what_a_killed_worker_left() -> None:
    killed, other = left_running(), left_running("test.other")
    with runs.recorded(TASK):
        pass
    killed.refresh_from_db()
    other.refresh_from_db()
    assert (killed.state, killed.error) == (RunState.FAILED, "WorkerLost")
    assert killed.finished_at is not None
    assert other.state == RunState.RUNNING


def test_a_second_run_side_by_side_leaves_the_first_alone(other_session: Any) -> None:
    first = left_running()
    with other_session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [runs.LOCKS, first.pk])
    with runs.recorded(TASK):
        pass
    first.refresh_from_db()
    assert first.state == RunState.RUNNING


def test_a_failed_run_keeps_its_error_and_raises_it_again() -> None:
    with pytest.raises(ValueError, match="no luck"), runs.recorded(TASK):
        raise ValueError("no luck")
    run = TaskRun.objects.get()
    assert (run.state, run.error) == (RunState.FAILED, "ValueError: no luck")


def test_of_idle_runs_only_the_last_stays() -> None:
    for _ in range(3):
        with runs.recorded(TASK):
            pass
    assert TaskRun.objects.get().idle
