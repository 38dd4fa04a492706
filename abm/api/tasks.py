"""Background doors of the API."""

from celery import shared_task
from django.utils import timezone

from abm.api import once
from audit import runs


@shared_task(name="abm.api.tasks.forget_answers")
def forget_answers(**_: object) -> None:
    """Answers kept for an Idempotency-Key, once they are two days old."""
    with runs.recorded("api.forget_answers") as counts:
        counts["forgotten"] = once.forget_old(now=timezone.now())
