"""One act loads a file: all of it or nothing, and the same file again changes nothing."""

import csv
import io
import threading

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account
from accounts.spreadsheets import harmless, plain
from audit.models import Entry, OutboxMessage
from imports import jobs, load
from imports.enums import JobState
from imports.jobs import CannotCancel, ImportRefused
from imports.kinds.accounts import Accounts
from imports.models import ImportJob
from tests.imports.conftest import NOW, counts, field_refusals, refusals
from users.models import User

TEN = ["会社名,法人番号", *[f"みどり{i}," for i in range(10)]]


def test_a_file_is_loaded_and_told_of(loaded):
    job = loaded("accounts", ["会社名,法人番号,備考", "みどり,8700110005901,x", "あおば,,y"])
    assert (job.state, counts(job)) == (JobState.DONE, (2, 0, 0, 0))
    assert job.report["columns"] == {"name": "会社名", "corporate_number": "法人番号"}
    assert job.report["ignored_columns"] == ["備考"]
    assert (job.report["encoding"], job.report["delimiter"], job.report["header_line"]) == ("utf-8", ",", 1)
    assert Account.objects.get(corporate_number="8700110005901").name == "みどり"
    assert Entry.objects.get(act="imports.load").detail == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}
    assert OutboxMessage.objects.get(topic="import.finished").payload["import_id"] == job.pk


def test_a_mangled_number_is_refused_for_its_field_and_its_row_loads(loaded):
    job = loaded("accounts", ["会社名,法人番号", "みどり,5.07E+12", "あおば,8700110005901", "しらゆり,6.02E+12"])
    assert counts(job) == (3, 0, 0, 0)
    reason = "Excel has rounded this number; its last digits are lost."
    assert field_refusals(job) == [("法人番号", reason, [2, 4])]
    assert Account.objects.filter(corporate_number=None).count() == 2


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(loaded):
    job = loaded("accounts", [*TEN, ",x"], dry_run=True)
    assert (job.state, counts(job)) == (JobState.DONE, (10, 0, 0, 1))
    assert refusals(job) == [(12, "会社名", "This is missing.")]
    assert Account.objects.count() == 0
    assert not OutboxMessage.objects.exists()
    assert not Entry.objects.filter(act="imports.load").exists()


def test_refused_rows_come_back_as_given_with_column_and_reason(loaded):
    job = loaded("accounts", ["会社名,法人番号,備考", "みどり,,", ",8700110005901,=1+1", "あおば,,"])
    with job.error_file.open("rb") as stream:
        rows = list(csv.reader(io.StringIO(stream.read().decode("utf-8-sig"))))
    assert rows == [
        ["会社名", "法人番号", "備考", "Refused column", "Reason"],
        ["", "8700110005901", "'=1+1", "会社名", "This is missing."],
    ]


def test_mended_error_files_load_as_they_are(loaded):
    job = loaded("accounts", ["会社名,法人番号", ",8700110005901"])
    with job.error_file.open("rb") as stream:
        mended = stream.read().decode("utf-8-sig").replace("\r\n,", "\r\nみどり,")
    assert counts(loaded("accounts", mended)) == (1, 0, 0, 0)
    assert Account.objects.get().corporate_number == "8700110005901"


def test_without_refusals_there_is_no_error_file(loaded):
    assert not loaded("accounts", TEN).error_file


@pytest.mark.parametrize("deadly_batch", range(4))
def test_a_load_that_dies_leaves_nothing_and_a_new_one_loads_all(queue, loaded, monkeypatch, deadly_batch):
    monkeypatch.setattr(load, "BATCH", 3)
    calls = []

    def dying(self, rows, write=Accounts.write):
        write(self, rows)
        calls.append(len(rows))
        if len(calls) == deadly_batch + 1:
            raise OSError("the worker dies")

    with monkeypatch.context() as patch:
        patch.setattr(Accounts, "write", dying)
        job = queue("accounts", TEN)
        with pytest.raises(OSError, match="the worker dies"):
            load.run(job, now=NOW)
    job.refresh_from_db()
    assert (job.state, job.read, job.error) == (
        JobState.FAILED,
        0,
        "A fault of ours stopped it; nothing was changed. OSError: the worker dies",
    )
    assert (Account.objects.count(), OutboxMessage.objects.count()) == (0, 0)
    assert counts(loaded("accounts", TEN)) == (10, 0, 0, 0)


def test_a_load_that_dies_leaves_no_thread_that_waits_for_it(queue, monkeypatch):
    def dying(self, rows):
        raise OSError("the worker dies")

    monkeypatch.setattr(load, "BATCH", 3)
    monkeypatch.setattr(Accounts, "write", dying)
    before = set(threading.enumerate())
    with pytest.raises(OSError, match="the worker dies") as death:
        load.run(queue("accounts", TEN), now=NOW)
    assert death.tb is not None  # what the load left behind is still held
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", {}, "empty"),
        ("PK\x03\x04", {}, "damaged"),
        ("x,y\n1,2\n", {}, "No column gives name / external_id"),
        ("x\n1\n", {"mapping": {"columns": {"y": "name"}}}, "names the column “y”"),
    ],
)
def test_a_file_refused_as_a_whole_says_why_and_changes_nothing(queue, text, options, says):
    job = queue("accounts", text, **options)
    with pytest.raises(ImportRefused, match=says):
        load.run(job, now=NOW)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert says in job.error
    assert Account.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mapping": {"columns": {"x": "nam"}}}, "no field “nam”"),
        ({"source": "my files"}, "A source is named"),
        ({"source": ""}, "A source is named"),
    ],
)
def test_what_cannot_be_right_is_not_even_queued(queue, options, says):
    with pytest.raises(ImportRefused, match=says):
        queue("accounts", TEN, **options)
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("role", ["REP", "PARTNER", "ANALYST", "SALES_MANAGER"])
def test_only_marketing_and_admins_bring_files_in(queue, role):
    by = User.objects.create_user("somebody", role=role)
    with pytest.raises(ImportRefused, match="Marketing and administrators"):
        queue("accounts", TEN, by=by)
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("role", ["MARKETER", "MARKETING_LEAD"])
def test_marketing_brings_in_no_users(queue, role):
    by = User.objects.create_user("somebody", role=role)
    with pytest.raises(ImportRefused, match="Only administrators"):
        queue("users", ["氏名", "山田"], by=by)
    assert queue("accounts", TEN, by=by).state == JobState.QUEUED


def test_a_file_beyond_the_limit_is_not_taken(system, monkeypatch):
    monkeypatch.setattr(jobs, "MAX_BYTES", 3)
    with pytest.raises(ImportRefused, match="larger than"):
        jobs.queue(ContentFile(b"abcd"), file_name="x", kind="accounts", source="s", by=system, now=NOW)


def test_a_waiting_import_is_cancelled_at_once(queue, system):
    job = jobs.cancel(queue("accounts", TEN), by=system, now=NOW)
    assert (job.state, job.finished_at) == (JobState.CANCELLED, NOW)
    assert load.run(job, now=NOW).state == JobState.CANCELLED
    assert Account.objects.count() == 0


def test_an_import_that_has_ended_cannot_be_cancelled(loaded, system):
    job = loaded("accounts", TEN)
    with pytest.raises(CannotCancel):
        jobs.cancel(job, by=system, now=NOW)
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (JobState.DONE, False)


def test_reasons_are_written_in_the_language_of_whoever_asked(queue):
    hanako = User.objects.create_user("hanako", role="MARKETER", language="ja")
    job = load.run(queue("accounts", ["会社名,電話", ",03"], by=hanako), now=NOW)
    with translation.override("ja"):
        said = translation.gettext("This is missing.")
    assert [one["reason"] for one in job.report["refusals"]] == [said]
    assert said != "This is missing."


def test_the_language_of_whoever_asked_is_spoken(queue):
    hanako = User.objects.create_user("hanako", role="MARKETER", language="ja")
    assert queue("accounts", TEN, by=hanako).language == "ja"
    with translation.override("ja"):
        assert queue("accounts", TEN).language == "ja"
    assert queue("accounts", TEN).language == "en"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_no_cell_we_write_is_a_formula_and_reading_it_again_gives_it_back(cell):
    (written,) = harmless([cell])
    assert written[:1] not in set("=+-@\t\r")
    assert plain(written) == cell.strip()
