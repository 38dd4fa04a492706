"""Scoring's doors: tasks count, and touches wake them."""

import pytest
from celery import current_app

from abm.celery import BEAT
from audit import outbox
from audit.enums import Door, RunState
from audit.models import Entry, TaskRun
from scoring import tasks
from scoring.models import Score
from tests import make

pytestmark = pytest.mark.django_db


def test_new_touches_are_scored_and_the_run_is_counted() -> None:
    make.touch(make.account())
    tasks.score_new_touches()
    run = TaskRun.objects.get(task="scoring.score_new_touches")
    assert (run.state, run.counts, run.idle) == (RunState.DONE, {"delivered": 1, "failed": 0}, False)
    assert Score.objects.count() == 1


def test_a_run_with_nothing_to_do_is_idle() -> None:
    tasks.score_new_touches(sent_by="an older worker")
    assert TaskRun.objects.get().idle


def test_everything_is_recomputed_and_the_run_is_counted() -> None:
    make.touch(make.account())
    tasks.recompute_all()
    run = TaskRun.objects.get(task="scoring.recompute_all")
    assert run.counts == {"waiting": 1, "scores": 1, "dropped": 0, "corrected": 1, "qualified": 0}
    assert Entry.objects.get(act="recompute.run").door == Door.TASK


def test_a_failed_recompute_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("no disk")

    monkeypatch.setattr(tasks.recompute, "run", broken)
    with pytest.raises(RuntimeError):
        tasks.recompute_all()
    run = TaskRun.objects.get()
    assert (run.state, run.error) == (RunState.FAILED, "RuntimeError: no disk")


def test_recorded_touches_wake_the_scores(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(tasks.score_new_touches, "apply_async", lambda **_: woken.append(True))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        make.touch(make.account())
    assert woken == [True]


def test_messages_to_people_do_not_wait_for_scores() -> None:
    make.touch(make.account())
    assert outbox.deliver(now=make.NOW) == {"delivered": 0, "failed": 0}


@pytest.mark.parametrize("name", ["scoring.tasks.score_new_touches", "scoring.tasks.recompute_all"])
def test_the_beat_knows_scoring_s_tasks(name: str) -> None:
    assert name in {entry["task"] for entry in BEAT.values()}
    assert name in current_app.tasks
