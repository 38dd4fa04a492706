"""Workers die; imports do not."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Account
from audit.models import TaskRun
from imports import jobs, load, tasks
from imports.enums import JobState
from imports.jobs import ImportRefused
from imports.kinds.accounts import Accounts
from imports.models import ImportJob
from imports.pulse import Cancelled, Pulse
from imports.querysets import SILENCE
from tests.imports.conftest import NOW, counts

FILE = ["会社名", "みどり", "あおば"]


def left_by_a_dead_worker(job, *, silent=SILENCE + timedelta(seconds=1), attempt=1):
    ImportJob.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, attempt=attempt, heartbeat_at=timezone.now() - silent
    )


def test_what_waits_is_run(queue):
    job = queue("accounts", FILE)
    tasks.resume()
    job.refresh_from_db()
    assert (job.state, counts(job)) == (JobState.DONE, (2, 0, 0, 0))
    assert TaskRun.objects.get().counts == {"read": 2, "created": 2, "updated": 0, "refused": 0}


def test_what_a_dead_worker_left_is_run_again(queue):
    job = queue("accounts", FILE)
    left_by_a_dead_worker(job)
    tasks.resume()
    job.refresh_from_db()
    assert (job.state, job.attempt, job.created) == (JobState.DONE, 2, 2)


def test_what_is_running_is_left_alone(queue):
    job = queue("accounts", FILE)
    left_by_a_dead_worker(job, silent=timedelta(seconds=1))
    tasks.resume()
    tasks.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, Account.objects.count()) == (JobState.RUNNING, 1, 0)


def test_running_a_finished_import_again_changes_nothing(loaded):
    job = loaded("accounts", FILE)
    tasks.run(job.pk)
    job.refresh_from_db()
    assert (job.attempt, counts(job)) == (1, (2, 0, 0, 0))


def test_an_import_that_is_gone_is_no_fault(db):
    tasks.run(4711)
    assert not TaskRun.objects.exists()


def test_a_file_refused_as_a_whole_does_not_fail_the_task(queue):
    job = queue("accounts", "x\n1\n")
    tasks.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert TaskRun.objects.get().counts == {"files_refused": 1}


def test_an_import_that_kills_every_worker_is_given_up(queue):
    job = queue("accounts", FILE)
    left_by_a_dead_worker(job, attempt=load.MAX_ATTEMPTS)
    with pytest.raises(ImportRefused, match="never came to an end"):
        load.run(job, now=timezone.now())
    job.refresh_from_db()
    assert (job.state, Account.objects.count()) == (JobState.FAILED, 0)


def test_giving_up_is_told_in_the_owners_language(queue):
    job = queue("accounts", FILE)
    ImportJob.objects.update(language="ja")
    left_by_a_dead_worker(job, attempt=load.MAX_ATTEMPTS)
    job.refresh_from_db()
    with pytest.raises(ImportRefused, match="完了しませんでした"):
        load.run(job, now=timezone.now())


def test_a_run_thought_dead_writes_nothing_once_another_has_taken_over(queue, monkeypatch):
    def slow(self, rows, write=Accounts.write):
        write(self, rows)
        ImportJob.objects.update(attempt=F("attempt") + 1)

    monkeypatch.setattr(Accounts, "write", slow)
    job = load.run(queue("accounts", FILE), now=NOW)
    assert (job.state, job.read) == (JobState.RUNNING, 0)
    assert Account.objects.count() == 0


def test_the_pulse_tells_progress_and_hears_of_cancelling(queue, system):
    job = queue("accounts", FILE)
    left_by_a_dead_worker(job)
    job.refresh_from_db()
    pulse = Pulse(job)
    pulse.total = 2
    pulse.advance(1)
    pulse._tell()
    job.refresh_from_db()
    assert (job.rows_done, job.rows_total) == (1, 2)
    assert job.heartbeat_at > timezone.now() - SILENCE
    jobs.cancel(job, by=system, now=NOW)
    pulse._tell()
    with pytest.raises(Cancelled):
        pulse.advance(1)


def test_a_running_import_that_is_cancelled_leaves_nothing(queue, system, monkeypatch):
    def cancelled(self, rows):
        raise Cancelled

    monkeypatch.setattr(Pulse, "advance", cancelled)
    job = load.run(queue("accounts", FILE), now=NOW)
    assert (job.state, job.read, Account.objects.count()) == (JobState.CANCELLED, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_while_the_load_is_still_open(queue, monkeypatch):
    seen = []

    def watched(self, rows, write=Accounts.write):
        write(self, rows)
        seen.append(ImportJob.objects.get().state)

    monkeypatch.setattr(Accounts, "write", watched)
    monkeypatch.setattr("imports.pulse.BEAT_SECONDS", 0.001)
    job = load.run(queue("accounts", FILE), now=NOW)
    assert (seen, job.state, job.created) == ([JobState.RUNNING], JobState.DONE, 2)
