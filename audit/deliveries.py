"""Sending webhooks: in order for each subject, again until taken, and not for ever."""

import json
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from audit import calling, events, sending, signatures, webhooks
from audit.calling import Answer, Unreachable
from audit.models import OutboxMessage, Webhook, WebhookDelivery
from audit.outward import Inward
from audit.sending import Never, NotYet

RETRY = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
"""The waits Standard Webhooks suggests: ten attempts over three days."""
REST = (timedelta(), timedelta(), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""After so many failures in a row the webhook as a whole rests, so that a dead one does not hold up the others."""
LONGEST_WAIT = timedelta(hours=1)
"""What a receiver may ask for by Retry-After."""
PATIENCE = timedelta(days=3)
"""A webhook that took nothing for so long is stopped."""
GONE = 410
KEPT = 500
"""Characters kept of an answer."""

WAS_GONE = gettext_noop("It answered 410: it wants no more events.")
FAILED_TOO_LONG = gettext_noop("It took nothing for three days.")


def send_due(*, now: datetime, limit: int = 200) -> dict[str, int]:
    """Sends what is due to all webhooks; returns counts of sent, retried and failed."""
    return sending.work_off(ready(now=now), partial(_send, now=now), now=now, retry=RETRY, limit=limit)


def is_any_due(*, now: datetime) -> bool:
    """Whether there is something to send."""
    return sending.due(ready(now=now), now=now).exists()


def ready(*, now: datetime) -> "QuerySet[WebhookDelivery]":
    """Deliveries whose turn it is: the webhook is on and does not rest, and nothing earlier of the same subject is
    under way, neither to this webhook nor still in the outbox."""
    earlier = WebhookDelivery.objects.filter(
        webhook=OuterRef("webhook"), subject=OuterRef("subject"), position__lt=OuterRef("position"),
        sent_at=None, failed_at=None,
    )  # fmt: skip
    coming = OutboxMessage.objects.filter(
        subject=OuterRef("subject"), pk__lt=OuterRef("position"), delivered_at=None, failed_at=None
    )
    is_first = Q(subject="") | ~Exists(earlier) & ~Exists(coming)
    awake = Q(webhook__resume_at=None) | Q(webhook__resume_at__lte=now)
    is_on = Q(webhook__is_active=True) & awake | Q(kind=events.TEST)
    return WebhookDelivery.objects.filter(is_on, is_first).select_related("webhook")


def _send(delivery: WebhookDelivery, *, now: datetime) -> None:
    try:
        answer = _post(delivery, now)
        _keep(delivery, answer)
        _require_taken(answer)
    except (NotYet, Never) as trouble:
        _note_failure(delivery.webhook, trouble, now)
        raise
    _note_success(delivery.webhook)


def _post(delivery: WebhookDelivery, now: datetime) -> Answer:
    webhook = delivery.webhook
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":"))
    signed = signatures.headers(str(delivery.public_id), body, seeds=webhook.seeds(now), at=now)
    try:
        return calling.post(webhook.url, body.encode(), headers={"Content-Type": "application/json", **signed})
    except (Inward, Unreachable) as trouble:
        _keep(delivery, Answer(0))
        raise (Never if isinstance(trouble, Inward) else NotYet)(str(trouble)) from trouble


def _keep(delivery: WebhookDelivery, answer: Answer) -> None:
    """What was answered last; a NUL has no place in a text column."""
    said = answer.body.decode(errors="replace").replace("\0", "")[:KEPT]
    WebhookDelivery.objects.filter(pk=delivery.pk).update(response_status=answer.status or None, response=said)


class Gone(Never):
    """The receiver wants no more."""


def _require_taken(answer: Answer) -> None:
    """2xx is taken, 410 is the end, everything else is tried again: redirects are not followed, and who answers 404
    today may have been mended tomorrow."""
    if 200 <= answer.status < 300:
        return
    if answer.status == GONE:
        raise Gone(WAS_GONE)
    raise NotYet(f"HTTP {answer.status}", wait=_asked_wait(answer))


def _asked_wait(answer: Answer) -> timedelta:
    seconds = answer.headers.get("retry-after", "")
    return (
        min(timedelta(seconds=int(seconds)), LONGEST_WAIT) if seconds.isdecimal() and len(seconds) < 9 else timedelta()
    )


def _note_success(webhook: Webhook) -> None:
    if webhook.failures:
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, failing_since=None, resume_at=None)


def _note_failure(webhook: Webhook, trouble: Exception, now: datetime) -> None:
    rest = max(REST[min(webhook.failures, len(REST) - 1)], getattr(trouble, "wait", timedelta()))
    Webhook.objects.filter(pk=webhook.pk).update(
        failures=F("failures") + 1, failing_since=Coalesce("failing_since", now), resume_at=now + rest
    )
    if isinstance(trouble, Gone):
        webhooks.stop(webhook, because=WAS_GONE, now=now)
    elif webhook.failing_since and now - webhook.failing_since >= PATIENCE:
        webhooks.stop(webhook, because=FAILED_TOO_LONG, now=now)
