"""Imports, operations and settings on pages."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Account
from audit.enums import RunState
from audit.models import OutboxMessage, TaskRun
from imports import drafts, jobs, load
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


def drafted(by, text, **fields):
    return drafts.draft(given(text), file_name="会社.csv", by=by, now=timezone.now(), **fields)


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_imports_take_as_many_queries_for_three_as_for_one(client, marketer, rows, django_assert_num_queries):
    for _ in range(rows):
        queued(marketer)
    with django_assert_num_queries(7):
        assert text_of(client.get("/imports/")).count("会社.csv") == rows


def test_a_file_becomes_a_draft_and_its_page_shows_columns_and_verdicts(client, marketer):
    answer = client.post("/imports/", {"file": given()})
    job = ImportJob.objects.get()
    assert answer.url == f"/imports/{job.public_id}/"
    assert (job.file_name, job.kind, job.source.code, job.state) == ("会社.csv", "accounts", "files", JobState.DRAFT)
    page = text_of(client.get(answer.url))
    assert "Is each column understood as it is meant?" in page
    assert page.count("ミナト精工株式会社") == 2
    assert "This is missing." in page
    assert not Account.objects.exists()


def correction(**fields):
    return {"source": "sfa", "column-0": "name", "column-1": "employees", "then": "load", **fields}


def test_the_columns_are_corrected_by_a_plain_form_and_loaded(client, marketer):
    job = drafted(marketer, "相手,人\nミナト精工株式会社,120\n")
    page = text_of(client.get(f"/imports/{job.public_id}/"))
    assert "Still needed: Name / Its id there" in page
    client.post(f"/imports/{job.public_id}/mapping/", correction())
    job = load.run(ImportJob.objects.get(), now=timezone.now())
    assert (job.state, job.created, job.source.code) == (JobState.DONE, 1, "sfa")
    assert Account.objects.get().employees == 120
    assert "Remembered columns" in text_of(client.get("/imports/"))


def test_a_wrong_correction_is_said_and_nothing_started(client, marketer):
    job = drafted(marketer, "相手,人\nミナト精工株式会社,120\n")
    for wrong in (correction(source="a b"), correction(**{"column-0": "no_such"}), correction(then="fly")):
        assert client.post(f"/imports/{job.public_id}/mapping/", wrong).status_code == 200
    client.post(f"/imports/{job.public_id}/mapping/", correction(**{"column-0": ""}))
    job.refresh_from_db()
    assert job.state == JobState.DRAFT


def test_words_of_the_file_are_translated_on_the_page(client, marketer):
    job = drafted(marketer, "商談ID,フェーズ\nD1,Engaging\n", kind="deals")
    page = text_of(client.get(f"/imports/{job.public_id}/"))
    assert "Status: Engaging" in page
    told = {"column-0": "external_id", "column-1": "status", "word-status-0": "OPEN", "then": "try"}
    client.post(f"/imports/{job.public_id}/mapping/", correction(**told))
    job.refresh_from_db()
    assert (job.state, job.dry_run, job.mapping["values"]) == (JobState.QUEUED, True, {"status": {"Engaging": "OPEN"}})


def test_a_draft_can_be_read_anew_as_something_else(client, marketer):
    job = drafted(marketer, "会社名,氏名\nミナト精工株式会社,山田\n")
    client.post(f"/imports/{job.public_id}/reread/", {"kind": "accounts", "encoding": "utf-8"})
    job.refresh_from_db()
    assert (job.kind, job.mapping["encoding"]) == ("accounts", "utf-8")
    client.post(f"/imports/{job.public_id}/reread/", {"kind": "users"})
    job.refresh_from_db()
    assert job.kind == "accounts"


def test_what_was_tried_goes_back_to_its_columns(client, marketer):
    trial = load.run(queued(marketer, dry_run=True), now=timezone.now())
    client.post(f"/imports/{trial.public_id}/again/")
    assert ImportJob.objects.exclude(pk=trial.pk).get().state == JobState.DRAFT


def test_progress_says_how_fast_and_how_long_still(client, marketer):
    job, now = queued(marketer), timezone.now()
    told = {"started_at": now - timedelta(seconds=100), "heartbeat_at": now, "rows_done": 1000, "rows_total": 10_000}
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, **told)
    assert "10 rows a second, 15 min left" in " ".join(text_of(client.get(f"/imports/{job.public_id}/")).split())


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
    with django_assert_num_queries(11):
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
