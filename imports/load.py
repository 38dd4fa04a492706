"""Loading a file: the one act behind the command, the page, the API and the worker.

Everything happens in one transaction, so that killing it at any moment leaves nothing; whoever runs it again starts
afresh. The same file again changes nothing.
"""

import gc
import tempfile
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from threading import Event
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import copying, provenance
from audit import doors, log, outbox
from audit.enums import Door
from imports import mapping as mappings
from imports import reading
from imports.enums import JobState
from imports.fields import Row
from imports.headers import normal_header
from imports.jobs import ImportRefused, local_copy
from imports.kinds import KINDS, Kind
from imports.mapping import MappingError, Reader
from imports.models import ImportJob
from imports.pulse import Cancelled, Pulse
from imports.reading import Table, Unreadable
from imports.reports import ErrorFile, Report

BATCH = 5000
AT_ONCE = 25
"""Rows that are understood without asking whether somebody else wants to go on."""
COLLECT_EVERY = 20
"""Batches."""
MAX_ATTEMPTS = 3
GROWN = 10_000
"""After so many rows, and whenever there are four times as many, tables are no longer what the database plans by."""


class Superseded(Exception):
    """Another worker has taken this import over; what was done here is rolled back."""


def run(job: ImportJob, *, now: datetime) -> ImportJob:
    """Loads the job's file, unless somebody else does; returns the job as it stands afterwards.

    Raises ImportRefused, with words for its owner, when the file as a whole cannot be taken.
    """
    with translation.override(job.language or settings.LANGUAGE_CODE), doors.through(Door.IMPORT):
        if not _claim(job, now):
            job.refresh_from_db()
            return job
        try:
            with Pulse(job) as pulse, _unwatched():
                _load(job, pulse, now)
        except (Unreadable, MappingError, ImportRefused) as error:
            _end(job, JobState.FAILED, now, error=str(error))
            raise ImportRefused(str(error)) from error
        except Cancelled:
            _end(job, JobState.CANCELLED, now)
        except Superseded:
            job.refresh_from_db()
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
            _end(job, JobState.FAILED, now, error=_("A fault of ours stopped it; nothing was changed. %s") % fault)
            raise
    return job


@contextmanager
def _unwatched() -> Iterator[None]:
    """Rows come by the million and go by themselves: looking for garbage among them every few thousand objects takes a
    fifth of the time, so it is looked for once in a while (`COLLECT_EVERY`)."""
    was_on = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


def _claim(job: ImportJob, now: datetime) -> bool:
    """Whether this run is the one to load the job; raises ImportRefused after too many attempts."""
    mine = ImportJob.objects.to_run(now).filter(pk=job.pk)
    if not mine.update(
        state=JobState.RUNNING, attempt=F("attempt") + 1, started_at=now, heartbeat_at=timezone.now(), rows_done=0
    ):
        return False
    job.refresh_from_db()
    if job.attempt > MAX_ATTEMPTS:
        error = _("The import was started %(times)d times and never came to an end.") % {"times": MAX_ATTEMPTS}
        _end(job, JobState.FAILED, now, error=error)
        raise ImportRefused(error)
    return True


def _load(job: ImportJob, pulse: Pulse, now: datetime) -> None:
    """Reads and writes everything, then closes the job in the same transaction (or, on a dry run, after undoing it)."""
    with tempfile.TemporaryDirectory() as folder:
        path = local_copy(job, Path(folder))
        with (Path(folder) / "refused.csv").open("w+", encoding="utf-8-sig", newline="") as refused:
            with transaction.atomic():
                with _telling(job, now):
                    report, errors = _read_and_write(job, path, pulse, refused, now)
                if job.dry_run:
                    transaction.set_rollback(True)
                else:
                    _close(job, report, errors, refused, now)
            if job.dry_run:
                with transaction.atomic():
                    _close(job, report, errors, refused, now)


def _telling(job: ImportJob, now: datetime) -> AbstractContextManager[object]:
    return provenance.telling(job.source, by=job.by, at=now, origin=job.public_id, basis=job.basis, purpose=job.purpose)


def _read_and_write(
    job: ImportJob, path: Path, pulse: Pulse, refused: IO[str], now: datetime
) -> tuple[Report, ErrorFile]:
    kind_class = KINDS[job.kind]
    mapping, table = _understood(job, path, kind_class)
    reader = Reader(mapping, table.columns, fields=kind_class.fields, needs=kind_class.needs)
    report, errors = Report(), ErrorFile(refused, table.columns)
    job.report = _form(table, reader)
    kind = kind_class(source=job.source, by=job.by, now=now, note=report.note)
    kind.import_id = job.public_id
    pulse.total = table.count()
    with copying.behind() as idle, closing(_Ahead(reader, table, idle).batches()) as batches:
        for row in _written(kind, batches, pulse):
            report.add(row)
            errors.add(row)
    return report, errors


def _written(kind: Kind, batches: Iterator[list[Row]], pulse: Pulse) -> Iterator[Row]:
    """Writes the rows; yields each when its effect is settled."""
    grown = GROWN
    for number, rows in enumerate(batches, start=1):
        if not number % COLLECT_EVERY:
            gc.collect()
        yield from kind.take(rows)
        pulse.advance(len(rows))
        if pulse.done >= grown:
            copying.tell_planner(kind.fills)
            grown *= 4
    yield from kind.finish()


def _understood(job: ImportJob, path: Path, kind: type[Kind]) -> tuple[mappings.MappingFile, Table]:
    """The mapping (given or proposed from the header) and the table."""
    given = None if job.mapping is None else mappings.parse(job.mapping, kind=job.kind, fields=kind.fields)
    known = given.columns if given and given.columns else [name for f in kind.fields for name in (f.name, *f.synonyms)]
    table = reading.open_table(
        path,
        encoding=given.encoding if given else "",
        delimiter=given.delimiter if given else "",
        sheet=given.sheet if given else "",
        known_headers={normal_header(name) for name in known},
    )
    proposed = mappings.propose(table.columns, kind.fields)
    return (replace(given, columns=given.columns or proposed.columns) if given else proposed), table


class _Ahead:
    """The next batch is read and understood while this one is being written, whenever that waits for the database:
    two threads that both think only hinder each other."""

    def __init__(self, reader: Reader, table: Table, idle: Event) -> None:
        self._reader, self._lines, self._idle = reader, table.lines(), idle

    def batches(self) -> Generator[list[Row], None, None]:
        """The batches; whoever stops early must close it, else its thread waits on."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        with ThreadPoolExecutor(1, thread_name_prefix="reading") as reading_on:
            try:
                waiting = reading_on.submit(self._next, language)
                while batch := self._read(waiting):
                    waiting = reading_on.submit(self._next, language)
                    yield batch
            finally:
                self._idle.set()

    def _read(self, waiting: "Future[list[Row]]") -> list[Row]:
        self._idle.set()
        try:
            return waiting.result()
        finally:
            self._idle.clear()

    def _next(self, language: str) -> list[Row]:
        """The next batch, its refusals in this language (each thread has its own)."""
        batch: list[Row] = []
        with translation.override(language):
            while len(batch) < BATCH and (lines := list(islice(self._lines, min(AT_ONCE, BATCH - len(batch))))):
                self._idle.wait()
                batch += map(self._reader.row, lines)
        return batch


def _form(table: Table, reader: Reader) -> dict[str, Any]:
    """How the file was understood."""
    return {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "header_line": table.header_line,
        "columns": reader.columns,
        "ignored_columns": reader.ignored,
    }


def _close(job: ImportJob, report: Report, errors: ErrorFile, refused: IO[str], now: datetime) -> None:
    """Writes the outcome beside the data; raises Superseded when the job is no longer ours."""
    if errors.rows:
        refused.seek(0)
        job.error_file.save("refused.csv", File(refused.buffer), save=False)  # type: ignore[attr-defined]
    job.report = {**job.report, **report.as_dict()}
    counts = {effect.value: number for effect, number in report.counts.items()}
    outcome = {**counts, "read": report.read, "rows_done": report.read, "rows_total": report.read}
    _end(job, JobState.DONE, now, report=job.report, error_file=job.error_file.name, **outcome)
    if not job.dry_run:
        log.record("imports.load", job, by=job.by, at=now, detail=counts)
        outbox.put("import.finished", key=f"import:{job.pk}", payload={"import_id": job.pk, **counts}, now=now)


def _end(job: ImportJob, state: JobState, now: datetime, **values: Any) -> None:
    mine = ImportJob.objects.filter(pk=job.pk, attempt=job.attempt, state=JobState.RUNNING)
    if not mine.update(state=state, finished_at=timezone.now(), **values):
        raise Superseded
    job.refresh_from_db()
