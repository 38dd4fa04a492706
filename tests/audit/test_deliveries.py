"""Webhooks: what is sent, signed, in which order, how often, and when we stop. Against a real HTTP server."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from audit import deliveries, events, outbox, signatures, webhooks
from audit.deliveries import PATIENCE, RETRY
from audit.enums import SendState
from audit.models import Entry, OutboxMessage, Webhook, WebhookDelivery
from audit.webhooks import OVERLAP
from tests import make
from tests.audit.hooks import (
    MINUTE,
    OTHER,
    SECOND,
    TOPIC,
    counts,
    create,
    go,
    numbers,
    put,
    states,
)
from tests.make import NOW
from tests.receiver import Receiver
from users.models import Notification, User
from users.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_own_events")]


# What is sent


def test_an_event_arrives_signed_as_the_library_verifies(webhook: Webhook, receiver: Receiver) -> None:
    now = timezone.now()  # the library looks at the clock
    put(1, now=now)
    assert go(now) == counts(sent=1)
    heard, delivery = receiver.heard[0], webhook.deliveries.get()
    told = Verifier(signatures.secret(webhook.seed)).verify(heard.body, heard.headers)
    assert told == {"type": TOPIC, "timestamp": now.isoformat(), "data": {"n": 1}}
    assert heard.headers["webhook-id"] == str(delivery.public_id)
    assert heard.headers["content-type"] == "application/json"
    assert (delivery.state, delivery.response_status, delivery.error) == (SendState.SENT, 204, "")


@pytest.mark.parametrize("change", [lambda heard: heard.body + b" ", lambda heard: heard.body.replace(b"1", b"2")])
def test_a_changed_body_is_found_out(webhook: Webhook, receiver: Receiver, change: Any) -> None:
    now = timezone.now()
    put(1, now=now)
    go(now)
    with pytest.raises(WebhookVerificationError):
        Verifier(signatures.secret(webhook.seed)).verify(change(receiver.heard[0]), receiver.heard[0].headers)


def test_for_a_day_after_a_rotation_both_secrets_sign(webhook: Webhook, receiver: Receiver, admin: User) -> None:
    before = signatures.secret(webhook.seed)
    rotated = webhooks.rotate(webhook, by=admin, now=timezone.now())
    after = signatures.secret(rotated.seed)
    assert before != after
    put(1, now=timezone.now())
    go(timezone.now())
    heard = receiver.heard[0]
    for secret in (before, after):
        Verifier(secret).verify(heard.body, heard.headers)
    assert rotated.old_seed_until
    assert rotated.seeds(rotated.old_seed_until - SECOND) == [rotated.seed, webhook.seed]
    assert rotated.seeds(rotated.old_seed_until) == [rotated.seed]


def test_a_rotation_overlaps_for_a_day(webhook: Webhook, admin: User) -> None:
    assert webhooks.rotate(webhook, by=admin, now=NOW).old_seed_until == NOW + OVERLAP == NOW + timedelta(days=1)


def test_while_the_old_secret_key_is_a_fallback_it_signs_too(webhook: Webhook, settings: Any) -> None:
    before = signatures.secret(webhook.seed)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key"
    headers = signatures.headers("id", "{}", seeds=webhook.seeds(NOW), at=timezone.now())
    for secret in (before, signatures.secret(webhook.seed)):
        Verifier(secret).verify("{}", headers)


def test_no_secret_lies_in_the_database(webhook: Webhook) -> None:
    stored = json.dumps([list(Webhook.objects.values()), list(Entry.objects.values())], default=str)
    assert signatures.secret(webhook.seed).removeprefix("whsec_") not in stored


# Who gets what


def test_a_webhook_gets_the_kinds_it_asked_for_once_each(admin: User, receiver: Receiver) -> None:
    both, one = create(admin, receiver), create(admin, receiver, name="One", kinds=[OTHER])
    put(1)
    message = put(2, kind=OTHER)
    outbox.deliver(now=NOW)
    events.fan_out(message, NOW)
    assert sorted(both.deliveries.values_list("kind", flat=True)) == [OTHER, TOPIC]
    assert [row.kind for row in one.deliveries.all()] == [OTHER]


def test_without_webhooks_nothing_is_described(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_offered", {})
    put(1)
    assert outbox.deliver(now=NOW) == {"delivered": 1, "failed": 0}


def test_a_webhook_that_is_off_gets_nothing(webhook: Webhook, admin: User) -> None:
    webhooks.edit(webhook, by=admin, now=NOW, is_active=False)
    put(1)
    assert go() == counts()
    assert not WebhookDelivery.objects.exists()


def test_an_act_that_is_rolled_back_is_not_told(webhook: Webhook, receiver: Receiver) -> None:
    with pytest.raises(ZeroDivisionError):
        put_and_fall()
    assert go() == counts()
    assert (receiver.heard, WebhookDelivery.objects.count()) == ([], 0)


@transaction.atomic
def put_and_fall() -> None:
    put(1)
    raise ZeroDivisionError


# Order


def test_a_later_event_of_a_subject_waits_for_the_earlier_while_others_go_on(
    webhook: Webhook, receiver: Receiver
) -> None:
    receiver.answers = [lambda heard: 500 if b'"n":1' in heard.body and len(receiver.heard) < 2 else 204]
    for number, subject in enumerate(("lead:1", "lead:1", "lead:2", ""), 1):
        put(number, subject)
    assert go() == counts(sent=2, retried=1)
    assert numbers(receiver) == [1, 3, 4]
    assert go(NOW + RETRY[0]) == counts(sent=2)
    assert numbers(receiver) == [1, 3, 4, 1, 2]


def test_what_is_given_up_no_longer_holds_up_its_subject(webhook: Webhook, receiver: Receiver) -> None:
    receiver.answers = [lambda heard: 500 if b'"n":1' in heard.body else 204]
    put(1, "lead:1")
    put(2, "lead:1")
    go()
    WebhookDelivery.objects.filter(payload__data__n=1).update(attempts=len(RETRY))
    assert go(NOW + RETRY[0]) == counts(sent=1, failed=1)
    assert numbers(receiver) == [1, 1, 2]


def test_an_event_held_in_the_outbox_holds_up_the_later_ones_of_its_subject(
    webhook: Webhook, receiver: Receiver
) -> None:
    held = put(1, "lead:1")
    OutboxMessage.objects.filter(pk=held.pk).update(available_at=NOW + 10 * SECOND)
    put(2, "lead:1")
    put(3, "lead:2")
    assert go() == counts(sent=1)
    assert go(NOW + 10 * SECOND) == counts(sent=2)
    assert numbers(receiver) == [3, 1, 2]


def test_an_event_that_was_taken_back_holds_up_nothing(webhook: Webhook, receiver: Receiver) -> None:
    held = put(1, "lead:1")
    OutboxMessage.objects.filter(pk=held.pk).update(available_at=NOW + 10 * SECOND)
    put(2, "lead:1")
    assert go() == counts()
    held.delete()
    assert go() == counts(sent=1)


def test_one_webhook_s_trouble_holds_up_no_other(admin: User, receiver: Receiver) -> None:
    create(admin, receiver, url=receiver.url + "/broken")
    create(admin, receiver)
    receiver.answers = [lambda heard: 500 if heard.path.endswith("broken") else 204]
    put(1, "lead:1")
    put(2, "lead:1")
    assert go() == counts(sent=2, retried=1)


# Answers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_taken(webhook: Webhook, receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    put(1)
    assert go() == counts(sent=1)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 408, 429, 500, 502, 503, 504])
def test_everything_else_is_tried_again(webhook: Webhook, receiver: Receiver, status: int) -> None:
    receiver.answers, receiver.body = [status], b"no\0t now"
    receiver.headers = {"Location": receiver.url}
    put(1)
    assert go() == counts(retried=1)
    row = webhook.deliveries.get()
    assert (row.response_status, row.response, row.error) == (status, "not now", f"HTTP {status}")
    assert (row.available_at, len(receiver.heard)) == (NOW + 5 * SECOND, 1)


def test_the_table_is_that_of_standard_webhooks_and_then_it_is_given_up(
    webhook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "PATIENCE", timedelta(days=99))
    receiver.answers = [503]
    put(1)
    now, waits = NOW, []
    outbox.deliver(now=now)
    while webhook.deliveries.get().state == SendState.WAITING:
        assert deliveries.send_due(now=now) in (counts(retried=1), counts(failed=1))
        waits.append((webhook.deliveries.get().available_at - now).total_seconds())
        now = webhook.deliveries.get().available_at
    hour = 3600
    assert waits[:-1] == [5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]
    assert {heard.headers["webhook-id"] for heard in receiver.heard} == {str(webhook.deliveries.get().public_id)}
    assert len(receiver.heard) == len(RETRY) + 1


@pytest.mark.parametrize(("said", "waited"), [("120", 2 * MINUTE), ("99999", 60 * MINUTE), ("soon", 5 * SECOND)])
def test_a_receiver_may_ask_for_a_longer_wait(
    webhook: Webhook, receiver: Receiver, said: str, waited: timedelta
) -> None:
    receiver.answers, receiver.headers = [429], {"Retry-After": said}
    put(1)
    go()
    assert webhook.deliveries.get().available_at == NOW + waited


def test_where_nobody_listens_it_is_tried_again(admin: User, receiver: Receiver) -> None:
    webhook = create(admin, receiver, url="http://127.0.0.1:9/")
    put(1)
    assert go() == counts(retried=1)
    assert webhook.deliveries.get().error == "No connection could be made."


def test_an_address_that_leads_inwards_by_now_is_not_called(
    webhook: Webhook, receiver: Receiver, settings: Any
) -> None:
    settings.OUTWARD_HOSTS = []
    put(1)
    assert go() == counts(failed=1)
    assert receiver.heard == []
    assert webhook.deliveries.get().error == "127.0.0.1 leads into a private network."


# Stopping


def test_410_stops_the_webhook_and_says_so(webhook: Webhook, receiver: Receiver, admin: User) -> None:
    receiver.answers = [410]
    put(1, "lead:1")
    put(2, "lead:1")
    assert go() == counts(failed=1)
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.stopped_because) == (False, deliveries.WAS_GONE)
    assert states(webhook) == [(SendState.FAILED, 1), (SendState.FAILED, 0)]
    outbox.deliver(now=NOW)
    notice = Notification.objects.get(user=admin)
    assert (notice.params, notice.link) == ({"name": "Sync"}, f"settings/webhooks/{webhook.public_id}/")


def test_what_took_nothing_for_three_days_is_stopped_and_admins_and_its_maker_hear_it(
    receiver: Receiver, admin: User
) -> None:
    maker, other = make.user(Role.MARKETING_LEAD), make.user(Role.REP)
    webhook = webhooks.create(name="Sync", url=receiver.url, kinds=[], by=maker, now=NOW)
    receiver.answers = [500]
    put(1)
    assert go() == counts(retried=1)
    WebhookDelivery.objects.update(available_at=NOW + PATIENCE - SECOND)
    assert go(NOW + PATIENCE - SECOND) == counts(retried=1)
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.failing_since) == (True, NOW)
    WebhookDelivery.objects.update(available_at=NOW + PATIENCE)
    go(NOW + PATIENCE)
    outbox.deliver(now=NOW + PATIENCE)
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.stopped_because) == (False, deliveries.FAILED_TOO_LONG)
    assert set(Notification.objects.values_list("user", flat=True)) == {admin.pk, maker.pk}
    assert not Notification.objects.filter(user=other).exists()


def test_one_success_makes_good_what_failed_before(webhook: Webhook, receiver: Receiver) -> None:
    receiver.answers = [500, 204]
    put(1)
    go()
    go(NOW + RETRY[0])
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since, webhook.resume_at) == (0, None, None)


def test_a_webhook_that_fails_again_and_again_rests(webhook: Webhook, receiver: Receiver) -> None:
    """Otherwise every event for a dead receiver would cost the others its timeout."""
    receiver.answers = [500]
    for number in range(10):
        put(number)
    assert go() == counts(retried=3)
    assert go(NOW + 9 * SECOND) == counts()
    assert go(NOW + 10 * SECOND) == counts(retried=1)
    assert go(NOW + 69 * SECOND) == counts()
    assert go(NOW + 70 * SECOND) == counts(retried=1)
