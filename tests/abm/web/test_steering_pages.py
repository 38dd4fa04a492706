"""Imports, operations and settings on pages."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Account
from audit.enums import RunState
from audit.models import OutboxMessage, TaskRun
from imports import jobs, load
from imports.enums import JobState
from imports.models import ImportJob
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db
COMPANIES = "会社名,従業員数\nミナト精工株式会社,120\n,5\n"


@pytest.fixture
def marketer(client):
    user = make.user(Role.MARKETER)
    client.force_login(user)
    return user


def given(text=COMPANIES, name="会社.csv"):
    return SimpleUploadedFile(name, text.encode())


def queued(by, **fields):
    wish = {"file_name": "会社.csv", "kind": "accounts", "source": "sfa", "wake": False, **fields}
    return jobs.queue(given(), by=by, now=timezone.now(), **wish)


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_imports_take_as_many_queries_for_three_as_for_one(client, marketer, rows, django_assert_num_queries):
    for _ in range(rows):
        queued(marketer)
    with django_assert_num_queries(5):
        assert text_of(client.get("/imports/")).count("会社.csv") == rows


def test_a_file_is_queued_and_its_page_opens(client, marketer):
    answer = client.post("/imports/", {"file": given(), "kind": "accounts", "source": "sfa", "dry_run": "on"})
    job = ImportJob.objects.get()
    assert answer.url == f"/imports/{job.public_id}/"
    assert (job.file_name, job.kind, job.dry_run, job.state) == ("会社.csv", "accounts", True, JobState.QUEUED)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": "my sfa!"}, "Enter a valid"),
        ({"kind": "nonsense"}, "Select a valid choice."),
        ({"kind": "users"}, "Only administrators bring in users."),
        ({"mapping": SimpleUploadedFile("m.json", b"{")}, "The mapping file is not JSON"),
        ({"mapping": SimpleUploadedFile("m.json", b"[" * 100_000)}, "The mapping file is not JSON"),
        ({"file": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_queued(client, marketer, wrong, said):
    data = {"file": given(), "kind": "accounts", "source": "sfa", **wrong}
    assert said in text_of(client.post("/imports/", data))
    assert not ImportJob.objects.exists()


def test_a_mapping_comes_with_the_file(client, marketer):
    mapping = SimpleUploadedFile("m.json", json.dumps({"columns": {"会社名": "name"}}).encode())
    client.post("/imports/", {"file": given(), "kind": "accounts", "source": "sfa", "mapping": mapping})
    assert ImportJob.objects.get().mapping == {"columns": {"会社名": "name"}}


def test_a_trial_shows_its_counts_changes_nothing_and_is_loaded_for_real(client, marketer):
    trial = queued(marketer, dry_run=True)
    load.run(trial, now=timezone.now())
    page = text_of(client.get(f"/imports/{trial.public_id}/"))
    assert "Load it for real" in page
    assert not Account.objects.exists()
    client.post(f"/imports/{trial.public_id}/for-real/")
    real = ImportJob.objects.exclude(pk=trial.pk).get()
    load.run(real, now=timezone.now())
    assert Account.objects.get().name == "ミナト精工株式会社"


def test_refused_rows_come_back_as_a_file(client, marketer):
    job = queued(marketer)
    load.run(job, now=timezone.now())
    job.refresh_from_db()
    assert (job.read, job.created, job.refused) == (2, 1, 1)
    answer = client.get(f"/imports/{job.public_id}/refused/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "5" in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_waiting_import_is_stopped_and_an_ended_one_is_not(client, marketer):
    job = queued(marketer)
    client.post(f"/imports/{job.public_id}/cancel/")
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert "already ended" in text_of(client.post(f"/imports/{job.public_id}/cancel/", follow=True))


def test_the_progress_is_a_piece_of_the_page(client, marketer):
    page = text_of(client.get(f"/imports/{queued(marketer).public_id}/", headers={"HX-Request": "true"}))
    assert 'hx-trigger="every 2s"' in page
    assert "<html" not in page


@pytest.fixture
def admin(client):
    user = make.user(Role.ADMIN)
    client.force_login(user)
    return user


@pytest.mark.parametrize("rows", [1, 3])
def test_operations_take_as_many_queries_for_three_as_for_one(client, admin, rows, django_assert_num_queries):
    for n in range(rows):
        TaskRun.objects.create(task=f"task.{n}", state=RunState.FAILED, started_at=timezone.now(), error="broken")
        message(n)
    with django_assert_num_queries(6):
        assert text_of(client.get("/operations/")).count("broken") == rows


def message(n=1):
    now = timezone.now()
    return OutboxMessage.objects.create(topic="lead.x", key=f"x:{n}", created_at=now, available_at=now, failed_at=now)


def test_only_the_last_run_of_a_task_is_listed(client, admin):
    for counts in ({"read": 111}, {"read": 222}):
        TaskRun.objects.create(task="imports.run", state=RunState.DONE, started_at=timezone.now(), counts=counts)
    page = text_of(client.get("/operations/"))
    assert "222" in page
    assert "111" not in page


def test_a_broker_that_is_down_is_said(client, admin, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert "The broker does not answer." in text_of(client.get("/operations/"))


def test_a_failed_message_is_tried_again(client, admin):
    failed = message()
    client.post(f"/operations/outbox/{failed.pk}/replay/")
    failed.refresh_from_db()
    assert failed.failed_at is None


def test_a_message_that_did_not_fail_is_not_found(client, admin):
    waiting = message()
    OutboxMessage.objects.update(failed_at=None)
    assert client.post(f"/operations/outbox/{waiting.pk}/replay/").status_code == 404


def test_who_does_not_operate_replays_nothing(client, marketer):
    failed = message()
    assert client.post(f"/operations/outbox/{failed.pk}/replay/").status_code == 403
    failed.refresh_from_db()
    assert failed.failed_at is not None
