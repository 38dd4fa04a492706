"""Background doors of the audit floor."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit import deliveries, outbox, runs, webhooks

STALE = 20
"""Seconds after which asking is worth nothing: beat has come round, and hundreds of askings would hold up others."""


@shared_task(name="audit.tasks.deliver_outbox")
def deliver_outbox(**_: object) -> None:
    """Delivers what acts have put in the outbox."""
    with runs.recorded("audit.deliver_outbox") as counts:
        counts.update(outbox.deliver(now=timezone.now()))
    if deliveries.is_any_due(now=timezone.now()):
        wake_sender()


@shared_task(name="audit.tasks.send_webhooks", acks_late=False, reject_on_worker_lost=False)
def send_webhooks(**_: object) -> None:
    """Sends what is due to webhooks. Acknowledged early: the table knows what is not sent yet, and beat comes round."""
    with runs.recorded("audit.send_webhooks") as counts:
        counts.update(deliveries.send_due(now=timezone.now()))


@shared_task(name="audit.tasks.forget_deliveries")
def forget_deliveries(**_: object) -> None:
    """Lets go of webhook deliveries settled long ago."""
    with runs.recorded("audit.forget_deliveries") as counts:
        counts["forgotten"] = webhooks.forget_old(now=timezone.now())


def wake() -> None:
    """Asks a worker to deliver soon; without a broker, beat comes round anyway."""
    deliver_outbox.apply_async(retry=False, ignore_result=True, expires=STALE)


def wake_sender() -> None:
    """Asks a worker to send to webhooks soon; without a broker, beat comes round anyway."""
    with suppress(OperationalError):
        send_webhooks.apply_async(retry=False, ignore_result=True, expires=STALE)
