"""Recording runs of background work for the operations page.

A running task holds a lock of its database session, which ends with the worker however that ends: a run that says it
is running while nobody holds its lock has lost its worker. No heartbeat, no guess.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from audit import doors
from audit.enums import Door, RunState
from audit.models import TaskRun

LOCKS = 7_203_002
"""The class of our advisory locks; the second half of the key is the run's."""
LOST = "WorkerLost"
LATEST = 20
"""A lost run is among a task's latest, unless so many of them ran side by side."""


@contextmanager
def recorded(task: str) -> Iterator[dict[str, int]]:
    """Wraps one run of `task`; what the body puts into the yielded dict is kept as its counts.

    Acts inside are recorded as having come through the TASK door. An error is kept and raised again.
    """
    _give_up_lost(task)
    run = _start(task)
    counts: dict[str, int] = {}
    try:
        with doors.through(Door.TASK):
            yield counts
    except Exception as error:
        _finish(run, RunState.FAILED, counts, f"{type(error).__name__}: {error}")
        raise
    _finish(run, RunState.DONE, counts, "")


def are_lost(runs: list[TaskRun]) -> list[TaskRun]:
    """Those of `runs` that say they are running although their worker is gone."""
    running = [run for run in runs if run.state == RunState.RUNNING]
    if not running:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCKS],
        )
        alive = {key for (key,) in cursor.fetchall()}
    return [run for run in running if _key(run) not in alive]


def _give_up_lost(task: str) -> None:
    """What a killed worker left is told as a failure as soon as the task runs again."""
    latest = list(TaskRun.objects.filter(task=task).order_by("-id")[:LATEST])
    lost = [run.pk for run in are_lost(latest)]
    if lost:
        TaskRun.objects.filter(pk__in=lost, state=RunState.RUNNING).update(
            state=RunState.FAILED, error=LOST, finished_at=timezone.now()
        )


@transaction.atomic
def _start(task: str) -> TaskRun:
    """Nobody sees the run before its lock, which outlives the transaction."""
    run = TaskRun.objects.create(task=task, state=RunState.RUNNING, started_at=timezone.now())
    _call("pg_advisory_lock", run)
    return run


def _call(function: str, run: TaskRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCKS, _key(run)])


def _key(run: TaskRun) -> int:
    return run.pk % 2**31


def _finish(run: TaskRun, state: RunState, counts: dict[str, int], error: str) -> None:
    run.state, run.counts, run.error, run.finished_at = state, counts, error, timezone.now()
    run.idle = state == RunState.DONE and not any(counts.values())
    run.save()
    _call("pg_advisory_unlock", run)
    if run.idle:
        _forget_idle_runs_before(run)


def _forget_idle_runs_before(run: TaskRun) -> None:
    """A beat that finds nothing to do every few seconds must not fill the table: only its last idle run stays."""
    TaskRun.objects.filter(task=run.task, idle=True, pk__lt=run.pk).delete()
