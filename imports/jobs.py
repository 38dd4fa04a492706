"""Taking files in: queued by a page, the API or a command, run by a worker (imports.load), cancelled by a person."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import sources
from audit import log
from imports import mapping as mappings
from imports import rules
from imports.enums import FINISHED, JobState, KindName
from imports.kinds import KINDS
from imports.models import ImportJob
from imports.reading import MAX_BYTES
from users.models import User

SOURCE = re.compile(r"[-\w]{1,60}", re.ASCII)
_wakes: list[Callable[[int], object]] = []


class ImportRefused(Exception):
    """The file is not taken as a whole; the message says why and what to do."""


class CannotCancel(Exception):
    """The import has already ended."""


def woken_by(wake: Callable[[int], object]) -> None:
    """Registers what wakes a worker for a queued import (beat comes round anyway, should the broker be down)."""
    _wakes.append(wake)


@transaction.atomic
def queue(
    file: File,
    *,
    file_name: str,
    kind: str,
    source: str,
    by: User,
    now: datetime,
    mapping: dict[str, Any] | None = None,
    dry_run: bool = False,
    wake: bool = True,
    basis: str = "",
    purpose: str = "",
) -> ImportJob:
    """Keeps the file and queues it; raises ImportRefused for a role or a mapping that cannot be right."""
    if not rules.may_import(by):
        raise ImportRefused(_("Marketing and administrators bring files in."))
    if not rules.may_import(by, kind):
        raise ImportRefused(_("Only administrators bring in users."))
    check_kept(file)
    if file.size > MAX_BYTES:
        raise ImportRefused(_("The file is larger than %(limit)d MB; split it.") % {"limit": MAX_BYTES // 1024**2})
    check_source(source)
    _check_mapping(mapping, kind)
    job = ImportJob(
        file_name=PurePath(file_name).name[:200],
        kind=KindName(kind),
        source=sources.ensure(source),
        mapping=mapping,
        dry_run=dry_run,
        basis=basis,
        purpose=purpose,
        language=by.language or get_language() or "",
        by=by,
        queued_at=now,
    )
    job.file.save("given.csv", file, save=False)
    job.save()
    log.record("imports.queue", job, by=by, at=now, detail={"file": job.file_name, "kind": kind, "source": source})
    if wake:
        transaction.on_commit(lambda: wake_workers(job.pk), robust=True)
    return job


def cancel(job: ImportJob, *, by: User, now: datetime) -> ImportJob:
    """Stops a waiting import at once, and a running one at its next batch; nothing of it stays."""
    with transaction.atomic():
        job = ImportJob.objects.select_for_update().get(pk=job.pk)
        if job.state in FINISHED:
            raise CannotCancel(_("This import has already ended."))
        job.cancel_asked = True
        if job.state in (JobState.QUEUED, JobState.DRAFT):
            job.state, job.finished_at = JobState.CANCELLED, now
        job.save(update_fields=["cancel_asked", "state", "finished_at"])
        log.record("imports.cancel", job, by=by, at=now)
    return job


def _check_mapping(mapping: dict[str, Any] | None, kind: str) -> None:
    if mapping is None:
        return
    try:
        mappings.parse(mapping, kind=kind, fields=KINDS[KindName(kind)].fields)
    except mappings.MappingError as error:
        raise ImportRefused(str(error)) from error


def check_kept(file: File) -> None:
    """Raises ImportRefused for a file that is no longer here (imports.keeping)."""
    if isinstance(file, FieldFile) and not file:
        raise ImportRefused(_("The file is no longer kept. Please bring it in again."))


def check_source(source: str) -> None:
    """Raises ImportRefused for what cannot be a source's name."""
    if not SOURCE.fullmatch(source):
        raise ImportRefused(_("A source is named with up to 60 letters, digits, hyphens and underscores."))


def local_copy(job: ImportJob, folder: Path) -> Path:
    """The job's file where it can be read twice, whatever the storage."""
    check_kept(job.file)
    path = folder / "given.csv"
    with job.file.open("rb") as given, path.open("wb") as copy:
        for chunk in given.chunks():
            copy.write(chunk)
    return path


def wake_workers(job_id: int) -> None:
    """Tells whoever loads that something waits."""
    for wake in _wakes:
        wake(job_id)
