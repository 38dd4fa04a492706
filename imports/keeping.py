"""How long the files people brought in are kept, and what of them goes when somebody in them is erased.

A loaded file is kept as long as it can be undone (`provenance.KEPT`), one that was never loaded for `UNLOADED`. What it
did stays on its row. Erasing takes away every loaded file that told of the person, and any other whose refused rows (if
it was never loaded: whose rows) name them in plain text; a workbook is packed and goes with its time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import pgtrigger
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Coalesce

from accounts import sweeping
from accounts.models import Affiliation, Confirmation, ExternalId, Person, Trace
from accounts.provenance import KEPT, kind_of
from accounts.sweeping import Needles
from audit.models import Entry
from imports.enums import JobState
from imports.models import ImportJob, MappingTemplate

UNLOADED = timedelta(days=30)
ENCODINGS = ("utf-8", "cp932", "utf-16-le")


def forget_old(*, now: datetime, limit: int = 500) -> int:
    """Takes away files whose time is over, a draft nobody went on with too; returns how many. May run twice."""
    ended = ImportJob.objects.annotate(ended=Coalesce("finished_at", "queued_at")).exclude(file="", error_file="")
    old = ended.filter(_loaded(), ended__lt=now - KEPT) | ended.filter(~_loaded(), ended__lt=now - UNLOADED)
    jobs = list(old.exclude(state__in=[JobState.QUEUED, JobState.RUNNING])[:limit])
    _take_away(jobs, now)
    return len(jobs)


def _loaded() -> Q:
    return Q(state=JobState.DONE, dry_run=False)


def take_from(person: Person, told: Needles, now: datetime) -> Mapping[str, int]:
    """The files that tell of somebody who is erased."""
    jobs = {job.pk: job for job in _that_told_of(person)}
    kept = ImportJob.objects.exclude(file="", error_file="").exclude(pk__in=jobs)
    jobs |= {job.pk: job for job in kept if _names(_unknown_part(job), told.sure | told.names)}
    _take_away(jobs.values(), now)
    _rename(list(jobs.values()), told)
    return {"files": len(jobs)}


def _rename(jobs: Sequence[ImportJob], told: Needles) -> None:
    """A file may be called after whose card it holds."""
    ids, called = [job.pk for job in jobs], [job.file_name for job in jobs]
    entries = Entry.objects.filter(object_type=ImportJob._meta.label_lower, object_id__in=ids)
    with pgtrigger.ignore():
        sweeping.clean(entries, told.all)
    sweeping.clean(MappingTemplate.objects.filter(name__in=called), told.all)
    sweeping.clean(ImportJob.objects.filter(pk__in=ids), told.all)


def _that_told_of(person: Person) -> QuerySet[ImportJob]:
    parts = {
        Affiliation: person.affiliations.values_list("pk", flat=True),
        ExternalId: person.external_ids.values_list("pk", flat=True),
    }
    wrote = Q(kind=kind_of(Person), row_id=person.pk)
    for model, pks in parts.items():
        wrote |= Q(kind=kind_of(model), row_id__in=list(pks))
    traced = Trace.objects.filter(wrote).values_list("telling__origin", flat=True)
    confirmed = Confirmation.objects.filter(kind=kind_of(Person), row_ids__contains=[person.pk])
    origins = {*traced, *confirmed.values_list("telling__origin", flat=True)}
    return ImportJob.objects.filter(public_id__in=[origin for origin in origins if origin])


def _unknown_part(job: ImportJob) -> FieldFile:
    """Where somebody may stand whom it left no trace of: refused rows; all of a file that was never loaded."""
    loaded = job.state == JobState.DONE and not job.dry_run
    return job.error_file if loaded else job.file


def _names(file: FieldFile, needles: Iterable[str]) -> bool:
    """Whether the file as it lies there names the person."""
    if not file:
        return False
    try:
        with file.open("rb") as given:
            text = given.read().lower()
    except FileNotFoundError:
        return False
    said = [one.lower().encode(encoding, "ignore") for one in needles for encoding in ENCODINGS]
    return any(one and one in text for one in said)


def _take_away(jobs: Iterable[ImportJob], now: datetime) -> None:
    """The rows know of no file any more; the files go when that is certain."""
    for job in jobs:
        files = [one for one in (job.file, job.error_file) if one]
        deletions = [partial(one.storage.delete, one.name or "") for one in files]
        job.file, job.error_file = "", ""
        if job.state == JobState.DRAFT:
            job.state, job.finished_at = JobState.CANCELLED, now
        job.save(update_fields=["file", "error_file", "state", "finished_at"])
        for delete in deletions:
            transaction.on_commit(delete, robust=True)
