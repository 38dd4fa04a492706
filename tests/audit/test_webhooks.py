"""Webhooks: making, changing, stopping them and sending again. Against a real HTTP server."""

import json
from datetime import timedelta
from typing import Any

import pytest

from audit import outbox, webhooks
from audit.enums import SendState
from audit.models import Entry, Webhook, WebhookDelivery
from audit.webhooks import WebhookRefused
from tests.audit.hooks import (
    MINUTE,
    SECOND,
    counts,
    create,
    go,
    numbers,
    put,
    states,
)
from tests.make import NOW
from tests.receiver import Receiver
from users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_own_events")]


# Sending again


def test_one_delivery_is_sent_again_under_its_own_id(webhook: Webhook, receiver: Receiver, admin: User) -> None:
    put(1)
    go()
    webhooks.replay_one(webhook.deliveries.get(), by=admin, now=NOW + MINUTE)
    assert go(NOW + MINUTE) == counts(sent=1)
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert len(receiver.heard) == 2


def test_what_waits_is_not_replayed(webhook: Webhook, admin: User) -> None:
    put(1)
    outbox.deliver(now=NOW)
    with pytest.raises(WebhookRefused, match="still waits"):
        webhooks.replay_one(webhook.deliveries.get(), by=admin, now=NOW)
    assert not Entry.objects.filter(act="webhooks.replay").exists()


def test_all_that_failed_or_all_of_a_time_is_sent_again(webhook: Webhook, receiver: Receiver, admin: User) -> None:
    for number in range(4):
        put(number)
        go(NOW + number * MINUTE)
    WebhookDelivery.objects.filter(payload__data__n=2).update(sent_at=None, failed_at=NOW)
    later = NOW + timedelta(days=1)
    receiver.heard.clear()
    assert webhooks.replay(webhook, by=admin, now=later) == 1
    go(later)
    told = {"since": NOW + MINUTE, "until": NOW + 3 * MINUTE, "failed_only": False}
    assert webhooks.replay(webhook, by=admin, now=later, **told) == 2  # type: ignore[arg-type]
    go(later)
    assert numbers(receiver) == [2, 1, 2]
    assert Entry.objects.filter(act="webhooks.replay").count() == 2


def test_a_webhook_that_is_off_replays_nothing(webhook: Webhook, admin: User) -> None:
    put(1)
    go()
    off = webhooks.edit(webhook, by=admin, now=NOW, is_active=False)
    for replay in (
        lambda: webhooks.replay(off, by=admin, now=NOW),
        lambda: webhooks.replay_one(off.deliveries.get(), by=admin, now=NOW),
    ):
        with pytest.raises(WebhookRefused, match="switch the webhook on"):
            replay()
    assert states(webhook) == [(SendState.SENT, 1)]


def test_a_test_event_is_sent_even_while_it_is_off(webhook: Webhook, receiver: Receiver, admin: User) -> None:
    off = webhooks.edit(webhook, by=admin, now=NOW, is_active=False)
    webhooks.test(off, by=admin, now=NOW)
    assert go() == counts(sent=1)
    told = json.loads(receiver.heard[0].body)
    assert (told["type"], told["data"]["webhook"]) == ("webhook.test", str(webhook.public_id))


# Making and changing


@pytest.mark.parametrize(
    ("values", "field"),
    [({"url": "http://10.0.0.1/"}, "url"), ({"url": "nonsense"}, "url"), ({"kinds": ["no.such"]}, "kinds")],
)
def test_what_cannot_be_sent_is_refused(
    webhook: Webhook, receiver: Receiver, admin: User, values: dict[str, Any], field: str
) -> None:
    before, entries = list(Webhook.objects.values()), Entry.objects.count()
    for act in (lambda: create(admin, receiver, **values), lambda: webhooks.edit(webhook, by=admin, now=NOW, **values)):
        with pytest.raises(WebhookRefused) as refusal:
            act()
        assert refusal.value.field == field
    assert (list(Webhook.objects.values()), Entry.objects.count()) == (before, entries)


def test_switching_off_gives_up_what_waits(webhook: Webhook, admin: User) -> None:
    put(1)
    outbox.deliver(now=NOW)
    webhooks.edit(webhook, by=admin, now=NOW, is_active=False)
    row = webhook.deliveries.get()
    assert (row.state, row.error) == (SendState.FAILED, webhooks.GIVEN_UP)


def test_every_act_leaves_an_entry(webhook: Webhook, admin: User) -> None:
    webhooks.edit(webhook, by=admin, now=NOW, name="Other")
    webhooks.edit(webhook, by=admin, now=NOW, name="Other")  # changes nothing
    webhooks.rotate(webhook, by=admin, now=NOW)
    webhooks.test(webhook, by=admin, now=NOW)
    webhooks.remove(webhook_again(webhook), by=admin, now=NOW)
    acts = [(entry.act, entry.actor_id) for entry in Entry.objects.order_by("pk")]
    assert acts == [(f"webhooks.{act}", admin.pk) for act in ("create", "edit", "rotate", "test", "remove")]
    assert not WebhookDelivery.objects.exists()


def test_what_was_settled_long_ago_is_forgotten(webhook: Webhook) -> None:
    put(1)
    go()
    put(2)
    outbox.deliver(now=NOW)
    assert webhooks.forget_old(now=NOW + webhooks.KEPT_FOR) == 0
    assert webhooks.forget_old(now=NOW + webhooks.KEPT_FOR + SECOND) == 1
    assert [row.payload["data"]["n"] for row in webhook.deliveries.all()] == [2]


def test_switched_on_again_it_starts_afresh(webhook: Webhook, receiver: Receiver, admin: User) -> None:
    receiver.answers = [410, 204]
    put(1)
    go()
    assert webhooks.edit(webhook, by=admin, now=NOW, is_active=True).stopped_because == ""
    assert webhooks.replay(webhook_again(webhook), by=admin, now=NOW) == 1
    assert go() == counts(sent=1)


def webhook_again(webhook: Webhook) -> Webhook:
    return Webhook.objects.get(pk=webhook.pk)
