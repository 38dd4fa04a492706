"""Drafts: a file that is here, while somebody looks at how it is understood; then it is started or thrown away."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import sources
from audit import log
from imports import jobs, proposals, rules
from imports.enums import JobState, KindName
from imports.headers import fingerprint
from imports.jobs import ImportRefused
from imports.kinds import KINDS
from imports.mapping import MappingError, Reader
from imports.mapping import parse as parse_mapping
from imports.models import ImportJob, MappingTemplate
from imports.proposals import AS_WRITTEN, Proposal, Understanding
from imports.reading import MAX_BYTES, Table, Unreadable
from users.models import User


class NotADraft(Exception):
    """The import is no longer to be changed."""


def draft(
    file: File,
    *,
    file_name: str,
    by: User,
    now: datetime,
    kind: str = "",
    source: str = "",
    mapping: Mapping[str, Any] | None = None,
    **ground: str,
) -> ImportJob:
    """Keeps the file with a proposal of what it holds; loads nothing. Raises ImportRefused.

    `ground` as for `correct`.
    """
    _check(file, kind, source, by)
    job = ImportJob(
        file_name=PurePath(file_name).name[:200],
        state=JobState.DRAFT,
        language=by.language or get_language() or "",
        by=by,
        queued_at=now,
        **ground,
    )
    job.file.save("given.csv", file, save=False)
    try:
        with transaction.atomic():
            _propose(job, kind=kind, source=source, mapping=mapping)
            job.save()
            detail = {"file": job.file_name, "kind": job.kind, "source": job.source.code}
            log.record("imports.draft", job, by=by, at=now, detail=detail)
    except ImportRefused:
        job.file.delete(save=False)
        raise
    return job


@transaction.atomic
def reread(job: ImportJob, *, by: User, now: datetime, kind: str = "", **written: str) -> ImportJob:
    """Proposes anew: the file holds something else, or is written otherwise (encoding, delimiter, sheet)."""
    job = _locked(job)
    _check_role(by, kind)
    mapping = {part: written[part] for part in AS_WRITTEN if written.get(part)}
    _propose(job, kind=kind, source=job.source.code, mapping=mapping)
    return _corrected(job, by, now)


@transaction.atomic
def correct(
    job: ImportJob, *, by: User, now: datetime, mapping: Mapping[str, Any], source: str = "", **ground: str
) -> ImportJob:
    """Takes over what somebody says the columns mean; `ground`: basis, purpose, where not the source's usual ones."""
    job = _locked(job)
    if source:
        jobs.check_source(source)
        job.source = sources.ensure(source)
    _parsed(mapping, job.kind)
    job.mapping = dict(mapping)
    job.basis, job.purpose = ground.get("basis", job.basis), ground.get("purpose", job.purpose)
    return _corrected(job, by, now)


@transaction.atomic
def start(job: ImportJob, *, by: User, now: datetime, dry_run: bool = False, wake: bool = True) -> ImportJob:
    """Queues the draft to be loaded (or tried); how it is understood is remembered for the next such file."""
    job = _locked(job)
    _check_role(by, job.kind)
    with opened(job) as table:
        _check_complete(job, table)
        _remember(job, table, by, now)
    job.dry_run, job.state = dry_run, JobState.QUEUED
    job.save(update_fields=["dry_run", "state"])
    log.record("imports.start", job, by=by, at=now, detail={"kind": job.kind, "dry_run": dry_run})
    if wake:
        transaction.on_commit(lambda: jobs.wake_workers(job.pk), robust=True)
    return job


@contextmanager
def opened(job: ImportJob) -> Iterator[Table]:
    """The draft's table, as its mapping says it is written. Raises ImportRefused."""
    with tempfile.TemporaryDirectory() as folder:
        path = jobs.local_copy(job, Path(folder))
        try:
            yield proposals.open_with(path, job.mapping or {})
        except Unreadable as error:
            raise ImportRefused(str(error)) from error


def understood(job: ImportJob) -> Understanding:
    """What stands in the draft's columns, and what is still to be said. Raises ImportRefused."""
    with opened(job) as table:
        return proposals.understand(table, job.kind, job.mapping or {})


def _propose(job: ImportJob, *, kind: str, source: str, mapping: Mapping[str, Any] | None) -> None:
    job.mapping = dict(mapping or {})
    among = {name: one for name, one in KINDS.items() if rules.may_import(job.by, name)}
    with opened(job) as table:
        found = proposals.propose(table, kind=kind, written=mapping, among=among)
    if mapping and mapping.get("columns"):
        found = Proposal(found.kind, found.source, dict(mapping))
        _parsed(mapping, found.kind)
    job.kind, job.mapping = KindName(found.kind), found.mapping
    job.source = sources.ensure(source or found.source)
    job.report = {"preset": found.preset, "template": found.template}


def _check(file: File, kind: str, source: str, by: User) -> None:
    _check_role(by, kind)
    jobs.check_kept(file)
    if file.size > MAX_BYTES:
        raise ImportRefused(_("The file is larger than %(limit)d MB; split it.") % {"limit": MAX_BYTES // 1024**2})
    if source:
        jobs.check_source(source)


def _check_role(by: User, kind: str) -> None:
    if not rules.may_import(by):
        raise ImportRefused(_("Marketing and administrators bring files in."))
    if not rules.may_import(by, kind):
        raise ImportRefused(_("Only administrators bring in users."))


def _locked(job: ImportJob) -> ImportJob:
    job = ImportJob.objects.select_for_update(of=("self",)).select_related("source", "by").get(pk=job.pk)
    if job.state != JobState.DRAFT:
        raise NotADraft(_("This import has already been started or thrown away."))
    return job


def _parsed(mapping: Mapping[str, Any], kind: str) -> Any:
    try:
        return parse_mapping(mapping, kind=kind, fields=KINDS[kind].fields)
    except MappingError as error:
        raise ImportRefused(str(error)) from error


def _corrected(job: ImportJob, by: User, now: datetime) -> ImportJob:
    job.save(update_fields=["kind", "source", "mapping", "report", "basis", "purpose"])
    log.record("imports.correct", job, by=by, at=now, detail={"kind": job.kind, "source": job.source.code})
    return job


def _check_complete(job: ImportJob, table: Table) -> None:
    kind = KINDS[job.kind]
    try:
        Reader(_parsed(job.mapping or {}, job.kind), table.columns, fields=kind.fields, needs=kind.needs)
    except MappingError as error:
        raise ImportRefused(str(error)) from error


def _remember(job: ImportJob, table: Table, by: User, now: datetime) -> None:
    said = {part: value for part, value in (job.mapping or {}).items() if part not in AS_WRITTEN}
    told = {"mapping": said, "source": job.source, "by": by, "used_at": now}
    same = {"fingerprint": fingerprint(table.columns), "kind": job.kind}
    new = told | {"name": job.file_name[:120]}
    MappingTemplate.objects.update_or_create(**same, defaults=told, create_defaults=new)
