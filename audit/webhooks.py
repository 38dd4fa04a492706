"""Webhooks: where our events are sent, and sending them again. Who may do this is asked at the doors."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import events, log, outbox, outward, sending, signatures
from audit.models import Webhook, WebhookDelivery
from audit.outward import Inward

OVERLAP = timedelta(hours=24)
"""So long after a rotation the old secret signs beside the new one."""
KEPT_FOR = timedelta(days=30)
STOPPED = "webhook.stopped"
GIVEN_UP = gettext_noop("The webhook was stopped.")


class WebhookRefused(Exception):
    """A webhook that cannot be as asked for; the text says why, `field` what is to blame."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


@transaction.atomic
def create(*, name: str, url: str, kinds: list[str], by: log.Actor, now: datetime) -> Webhook:
    """A webhook that gets these kinds of events from now on; none named are all."""
    _require_sendable(url, kinds)
    webhook = Webhook.objects.create(
        name=name, url=url, kinds=sorted(set(kinds)), seed=signatures.new_seed(),
        created_at=now, created_by_id=by.pk, created_by_name=str(by),
    )  # fmt: skip
    log.record("webhooks.create", webhook, by=by, at=now, detail=_told(webhook))
    return webhook


@transaction.atomic
def edit(webhook: Webhook, *, by: log.Actor, now: datetime, **values: Any) -> Webhook:
    """Changes any of name, url, kinds, is_active. Switched on again, it starts afresh; switched off, what waits is
    given up and can be replayed."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    _require_sendable(values.get("url", webhook.url), values.get("kinds", webhook.kinds))
    changed = {name: value for name, value in values.items() if getattr(webhook, name) != value}
    if not changed:
        return webhook
    _set(webhook, **changed)
    if "is_active" in changed or "url" in changed:
        _set(webhook, failures=0, failing_since=None, resume_at=None, stopped_because="")
    if not webhook.is_active:
        _give_up(webhook, now)
    log.record("webhooks.edit", webhook, by=by, at=now, detail=_told(webhook))
    return webhook


@transaction.atomic
def rotate(webhook: Webhook, *, by: log.Actor, now: datetime) -> Webhook:
    """A new secret; for `OVERLAP` everything is signed with both."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    _set(webhook, old_seed=webhook.seed, old_seed_until=now + OVERLAP, seed=signatures.new_seed())
    log.record("webhooks.rotate", webhook, by=by, at=now)
    return webhook


@transaction.atomic
def remove(webhook: Webhook, *, by: log.Actor, now: datetime) -> None:
    """The webhook and what was sent to it are gone; the audit entries stay."""
    log.record("webhooks.remove", webhook, by=by, at=now, detail=_told(webhook))
    webhook.delete()


@transaction.atomic
def stop(webhook: Webhook, *, because: str, now: datetime) -> None:
    """The sender's verdict: this address is not called again until somebody switches it on. Tells who should know."""
    webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if not webhook.is_active:
        return
    _set(webhook, is_active=False, stopped_because=because)
    _give_up(webhook, now)
    payload = {"webhook": str(webhook.public_id), "name": webhook.name, "created_by_id": webhook.created_by_id}
    outbox.put(STOPPED, key=f"webhook:{webhook.pk}:{now.isoformat()}", payload=payload, now=now)


@transaction.atomic
def test(webhook: Webhook, *, by: log.Actor, now: datetime) -> WebhookDelivery:
    """Sends a test event, also to a webhook that is switched off."""
    data = {"webhook": str(webhook.public_id), "links": {"page": events.link(page_of(webhook))}}
    sent = WebhookDelivery.objects.create(
        webhook=webhook, kind=events.TEST, key=f"test:{secrets.token_hex(8)}", position=0,
        payload=events.body(events.TEST, now, data), created_at=now, available_at=now,
    )  # fmt: skip
    log.record("webhooks.test", webhook, by=by, at=now)
    return sent


@transaction.atomic
def replay_one(delivery: WebhookDelivery, *, by: log.Actor, now: datetime) -> WebhookDelivery:
    """Sends one delivery again, under its own id."""
    _require_on(delivery.webhook)
    if not sending.replay(delivery, now=now):
        raise WebhookRefused(_("This delivery still waits to be sent."))
    log.record("webhooks.replay", delivery.webhook, by=by, at=now, detail={"delivery": str(delivery.public_id)})
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def replay(
    webhook: Webhook,
    *,
    by: log.Actor,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    failed_only: bool = True,
) -> int:
    """Sends again what came about in [since, until) and has failed, or all of it; returns how many."""
    _require_on(webhook)
    found = webhook.deliveries.exclude(kind=events.TEST)
    found = found.filter(created_at__gte=since) if since else found
    found = found.filter(created_at__lt=until) if until else found
    found = found.exclude(failed_at=None) if failed_only else found
    count = sending.replay_all(found, now=now)
    log.record("webhooks.replay", webhook, by=by, at=now, detail={"deliveries": count})
    return count


def forget_old(*, now: datetime) -> int:
    """Lets go of what was settled more than `KEPT_FOR` ago; returns how many."""
    settled = WebhookDelivery.objects.exclude(sent_at=None, failed_at=None)
    return settled.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def page_of(webhook: Webhook) -> str:
    """The page's path, as in notices."""
    return f"settings/webhooks/{webhook.public_id}/"


def _set(webhook: Webhook, **values: Any) -> None:
    for name, value in values.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(values))


def _give_up(webhook: Webhook, now: datetime) -> None:
    waiting = webhook.deliveries.filter(sent_at=None, failed_at=None, started_at=None)
    waiting.update(failed_at=now, error=GIVEN_UP)


def _require_on(webhook: Webhook) -> None:
    if not webhook.is_active:
        raise WebhookRefused(_("Please switch the webhook on first."))


def _require_sendable(url: str, kinds: list[str]) -> None:
    try:
        outward.refuse(url, allowed_hosts=settings.OUTWARD_HOSTS)
    except Inward as why:
        raise WebhookRefused(str(why), "url") from why
    if unknown := set(kinds) - {event.kind for event in events.offered()}:
        raise WebhookRefused(_("There is no event %(kind)s.") % {"kind": ", ".join(sorted(unknown))}, "kinds")


def _told(webhook: Webhook) -> dict[str, Any]:
    told = {"name": webhook.name, "url": webhook.url, "kinds": webhook.kinds, "is_active": webhook.is_active}
    return {"webhook": str(webhook.public_id), **told}
