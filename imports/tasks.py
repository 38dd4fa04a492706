"""Background doors of the imports floor."""

from celery import shared_task
from django.utils import timezone

from accounts import provenance
from audit import runs
from imports import keeping, load, rounds, undoing
from imports.jobs import ImportRefused
from imports.models import ImportJob
from users.models import User


@shared_task(name="imports.tasks.run")
def run(import_id: int, **_: object) -> None:
    """Loads one queued file; a file refused as a whole is told on its page, not in the queue."""
    job = ImportJob.objects.filter(pk=import_id).first()
    if job is None:
        return
    with runs.recorded("imports.run") as counts:
        try:
            job = load.run(job, now=timezone.now())
            counts.update(read=job.read, created=job.created, updated=job.updated, refused=job.refused)
        except ImportRefused:
            counts.update(files_refused=1)


@shared_task(name="imports.tasks.resume")
def resume(**_: object) -> None:
    """Runs what waits and what a dead worker left, one file after another."""
    for pk in ImportJob.objects.to_run(timezone.now()).order_by("pk").values_list("pk", flat=True):
        run(pk)
    for pk in ImportJob.objects.to_undo().order_by("pk").values_list("pk", flat=True):
        undo(pk)


@shared_task(name="imports.tasks.undo")
def undo(import_id: int, **_: object) -> None:
    """Undoes one import whose undoing was asked for."""
    job = ImportJob.objects.to_undo().filter(pk=import_id).first()
    if job is None:
        return
    with runs.recorded("imports.undo") as counts:
        job = undoing.run(job, now=timezone.now())
        counts.update(job.undo_report.get("counts", {}))


@shared_task(name="imports.tasks.forget_traces")
def forget_traces(**_: object) -> None:
    """Forgets what stood before imports that can no longer be undone, some at a time."""
    with runs.recorded("imports.forget_traces") as counts:
        counts["forgotten"] = 0
        while forgotten := provenance.forget_values(now=timezone.now()):
            counts["forgotten"] += forgotten


@shared_task(name="imports.tasks.forget_files")
def forget_files(**_: object) -> None:
    """Takes away files whose time is over."""
    with runs.recorded("imports.forget_files") as counts:
        counts["forgotten"] = keeping.forget_old(now=timezone.now())


@shared_task(name="imports.tasks.remind_of_drawers")
def remind_of_drawers(**_: object) -> None:
    """Reminds those whose cards are missing, two days before a round ends."""
    with runs.recorded("imports.remind_of_drawers") as counts:
        counts["reminded"] = rounds.remind_before_the_end(by=User.objects.system(), now=timezone.now())


def wake(import_id: int) -> None:
    """Asks a worker to load soon; without a broker, `resume` comes round anyway."""
    run.apply_async((import_id,), retry=False)


def wake_to_undo(import_id: int) -> None:
    """Asks a worker to undo soon."""
    undo.apply_async((import_id,), retry=False)
