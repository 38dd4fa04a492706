"""Settings, webhooks: for administrators."""

import pytest
from django.test import Client
from django.utils import timezone

from audit import signatures, webhooks
from audit.models import Webhook, WebhookDelivery
from tests import make
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db
NEW = {"name": "Sync", "url": "https://hook.example.com/in", "kinds": ["lead.accepted", "list.signed"]}


@pytest.fixture
def admin() -> User:
    return make.user(Role.ADMIN, language="en")


@pytest.fixture
def client(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def webhook(admin: User) -> Webhook:
    return webhooks.create(by=admin, now=timezone.now(), **NEW)


def page(webhook: Webhook, more: str = "") -> str:
    return f"/settings/webhooks/{webhook.public_id}/{more}"


def sent(webhook: Webhook, admin: User) -> WebhookDelivery:
    return webhooks.test(webhook, by=admin, now=timezone.now())


def test_the_secret_is_shown_once_after_adding(client: Client) -> None:
    first = client.post("/settings/webhooks/", NEW, follow=True)
    webhook = Webhook.objects.get()
    assert (webhook.name, webhook.url, webhook.kinds) == tuple(NEW.values())
    assert signatures.secret(webhook.seed) in first.content.decode()
    assert signatures.secret(webhook.seed) not in client.get(page(webhook)).content.decode()


def test_a_new_secret_is_shown_once(client: Client, webhook: Webhook) -> None:
    first = client.post(page(webhook, "rotate/"), follow=True).content.decode()
    webhook.refresh_from_db()
    assert signatures.secret(webhook.seed) in first
    assert "the old one is valid too" in first


def test_an_inward_address_is_refused_with_everything_typed(client: Client, webhook: Webhook) -> None:
    for address in ("/settings/webhooks/", page(webhook)):
        answer = client.post(address, NEW | {"url": "http://169.254.169.254/"}).content.decode()
        assert "169.254.169.254 leads into a private network." in answer
        assert 'value="Sync"' in answer
    assert list(Webhook.objects.values_list("url", flat=True)) == [NEW["url"]]


def test_it_is_changed_and_switched_off(client: Client, webhook: Webhook) -> None:
    client.post(page(webhook), {"name": "Other", "url": NEW["url"], "kinds": []})
    webhook.refresh_from_db()
    assert (webhook.name, webhook.kinds, webhook.is_active) == ("Other", [], False)


def test_what_was_sent_is_shown_with_its_fate_and_sent_again(client: Client, webhook: Webhook, admin: User) -> None:
    one = sent(webhook, admin)
    WebhookDelivery.objects.update(
        failed_at=timezone.now(), attempts=10, response_status=503, error="HTTP 503", response="<b>busy</b>"
    )
    shown = client.get(page(webhook)).content.decode()
    for text in ("webhook.test", str(one.public_id), "HTTP 503", "&lt;b&gt;busy", "Given up"):
        assert text in shown
    client.post(f"/settings/webhooks/deliveries/{one.public_id}/replay/")
    one.refresh_from_db()
    assert (one.failed_at, one.attempts) == (None, 0)


def test_a_test_event_is_queued(client: Client, webhook: Webhook) -> None:
    client.post(page(webhook, "test/"))
    assert webhook.deliveries.get().kind == "webhook.test"


def test_all_that_failed_is_sent_again(client: Client, webhook: Webhook, admin: User) -> None:
    sent(webhook, admin)
    WebhookDelivery.objects.update(failed_at=timezone.now(), kind="list.signed")
    answer = client.post(page(webhook, "replay/"), {"failed_only": "on"}, follow=True)
    assert "1 event is sent again." in answer.content.decode()
    assert webhook.deliveries.get().failed_at is None
    bad = client.post(page(webhook, "replay/"), {"since": "soon"}, follow=True)
    assert "Please write dates as" in bad.content.decode()


def test_what_cannot_be_replayed_is_told(client: Client, webhook: Webhook, admin: User) -> None:
    one = sent(webhook, admin)
    answer = client.post(f"/settings/webhooks/deliveries/{one.public_id}/replay/", follow=True)
    assert "This delivery still waits to be sent." in answer.content.decode()


def test_it_is_removed(client: Client, webhook: Webhook) -> None:
    client.post(page(webhook, "remove/"))
    assert not Webhook.objects.exists()


def test_why_it_was_stopped_is_shown(client: Client, webhook: Webhook) -> None:
    webhooks.stop(webhook, because="It answered 410: it wants no more events.", now=timezone.now())
    shown = client.get(page(webhook)).content.decode()
    assert "Stopped" in shown
    assert "It answered 410" in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_however_many(
    client: Client, webhook: Webhook, admin: User, rows: int, django_assert_num_queries: object
) -> None:
    for _ in range(rows):
        webhooks.create(by=admin, now=timezone.now(), **NEW)
        sent(webhook, admin)
    client.get(page(webhook))
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get("/settings/webhooks/")
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(page(webhook))
