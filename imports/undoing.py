"""Undoing an import as a whole: asked for by a person who has seen what would happen, done by a worker.

What it made is removed, what it changed goes back to what stood before; what others have built on or changed since
stays and is listed (imports.taking_back). To undo the undoing, load the file again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Telling
from accounts.provenance import KEPT
from accounts.registering import lock_identities
from audit import log, outbox
from imports import rules, taking_back
from imports.enums import JobState, KindName
from imports.models import ImportJob
from imports.taking_back import TakenBack
from users.models import User

_wakes: list[Callable[[int], object]] = []


class CannotUndo(Exception):
    """This import cannot be undone, or not by this person; the message says why."""


def woken_by(wake: Callable[[int], object]) -> None:
    """Registers what wakes a worker once an undoing was asked for (beat comes round anyway)."""
    _wakes.append(wake)


def refusal(job: ImportJob, *, by: User, now: datetime) -> str:
    """Why `by` cannot undo the import now; "" when it can be undone."""
    if not rules.may_undo(by, job):
        return _("Whoever brought the file in, the head of marketing or an administrator can undo it.")
    if job.state != JobState.DONE or job.dry_run or job.finished_at is None:
        return _("Only an import that has been loaded can be undone.")
    if job.kind in (KindName.LEADS, KindName.STAGE_HISTORY):
        return _("The history of leads is never deleted. Please recall or withdraw these leads on their pages.")
    if job.kind == KindName.USERS:
        return _("Users are not removed. Please deactivate them in the settings.")
    if job.kind == KindName.OPT_OUTS:
        return _("An opt-out is never taken back by undoing a file. It is lifted where consent was given anew.")
    if job.is_being_undone:
        return _("This import is being undone already.")
    if now - job.finished_at > KEPT:
        return _("An import can be undone for %(days)d days; what stood before is no longer kept.") % {
            "days": KEPT.days
        }
    return "" if _telling(job) else _("This import was loaded before its traces were kept.")


def preview(job: ImportJob, *, by: User, now: datetime) -> TakenBack:
    """What undoing would do now; changes nothing. Raises CannotUndo."""
    _check(job, by, now)
    with transaction.atomic():
        taken = _take_back(job, now)
        transaction.set_rollback(True)
    return taken


@transaction.atomic
def ask(job: ImportJob, *, by: User, now: datetime) -> ImportJob:
    """Asks for the undoing; a worker does it soon. Raises CannotUndo."""
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    _check(job, by, now)
    job.undo_asked_at, job.undo_by, job.undone_at = now, by, None
    job.save(update_fields=["undo_asked_at", "undo_by", "undone_at"])
    log.record("imports.ask_undo", job, by=by, at=now)
    transaction.on_commit(lambda: _wake(job.pk), robust=True)
    return job


@transaction.atomic
def run(job: ImportJob, *, now: datetime) -> ImportJob:
    """Undoes an import whose undoing was asked for; all of it or nothing. Running it again changes nothing."""
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not job.is_being_undone or job.undo_by is None:
        return job
    taken = _take_back(job, now)
    job.undone_at, job.undo_report = now, taken.as_dict()
    job.save(update_fields=["undone_at", "undo_report"])
    counts: dict[str, Any] = job.undo_report["counts"]
    log.record("imports.undo", job, by=job.undo_by, at=now, detail=counts)
    entry = f"undo:{job.pk}:{job.undo_asked_at:%Y%m%d%H%M%S%f}"
    outbox.put("import.undone", key=f"import:{entry}", payload={"import_id": job.pk, **counts}, now=now)
    if taken.removed.get("engagement.touch"):
        outbox.put("touches.withdrawn", key=f"touches:{entry}", payload={}, now=now, lane=outbox.SCORES)
    return job


def _check(job: ImportJob, by: User, now: datetime) -> None:
    if why := refusal(job, by=by, now=now):
        raise CannotUndo(why)


def _take_back(job: ImportJob, now: datetime) -> TakenBack:
    telling = _telling(job)
    if telling is None or job.finished_at is None:
        return TakenBack()
    lock_identities()
    return taking_back.take_back(telling, since=job.finished_at, now=now)


def _telling(job: ImportJob) -> Telling | None:
    return Telling.objects.filter(origin=job.public_id).first()


def _wake(job_id: int) -> None:
    for wake in _wakes:
        wake(job_id)
