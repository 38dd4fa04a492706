"""Background doors of the audit floor."""

from celery import shared_task
from django.utils import timezone

from audit import outbox, runs


@shared_task(name="audit.tasks.deliver_outbox")
def deliver_outbox(**_: object) -> None:
    """Delivers what acts have put in the outbox."""
    with runs.recorded("audit.deliver_outbox") as counts:
        counts.update(outbox.deliver(now=timezone.now()))


def wake() -> None:
    """Asks a worker to deliver soon; without a broker, beat comes round anyway."""
    deliver_outbox.apply_async(retry=False, ignore_result=True)
