"""Recording runs of background work for the operations page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from audit import doors
from audit.enums import Door, RunState
from audit.models import TaskRun


@contextmanager
def recorded(task: str) -> Iterator[dict[str, int]]:
    """Wraps one run of `task`; what the body puts into the yielded dict is kept as its counts.

    Acts inside are recorded as having come through the TASK door. An error is kept and raised again.
    """
    run = TaskRun.objects.create(task=task, state=RunState.RUNNING, started_at=timezone.now())
    counts: dict[str, int] = {}
    try:
        with doors.through(Door.TASK):
            yield counts
    except Exception as error:
        _finish(run, RunState.FAILED, counts, f"{type(error).__name__}: {error}")
        raise
    _finish(run, RunState.DONE, counts, "")


def _finish(run: TaskRun, state: RunState, counts: dict[str, int], error: str) -> None:
    run.state, run.counts, run.error, run.finished_at = state, counts, error, timezone.now()
    run.idle = state == RunState.DONE and not any(counts.values())
    run.save()
    if run.idle:
        _forget_idle_runs_before(run)


def _forget_idle_runs_before(run: TaskRun) -> None:
    """A beat that finds nothing to do every few seconds must not fill the table: only its last idle run stays."""
    TaskRun.objects.filter(task=run.task, idle=True, pk__lt=run.pk).delete()
