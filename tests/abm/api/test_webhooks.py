"""Webhooks through the API: as on the page, for administrators and tokens with the scope."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from abm.api import tokens
from audit import outbox, signatures
from audit.models import Entry, Webhook, WebhookDelivery
from funnel import leads
from tests import make
from tests.abm.api.conftest import Asking
from users.roles import Role

pytestmark = pytest.mark.django_db
NEW = {"name": "Sync", "url": "https://hook.example.com/in", "kinds": ["lead.accepted"]}


@pytest.fixture
def admin(world: Any, ask: Any) -> Any:
    return ask(world.users["admin"])


@pytest.fixture
def made(admin: Any) -> Any:
    return admin.post("/webhooks/", NEW)


def delivered(world: Any, lead: Any) -> WebhookDelivery:
    leads.accept(lead, by=world.rep, now=timezone.now(), next_action="call", next_action_on=timezone.localdate())
    outbox.deliver(now=timezone.now() + timedelta(minutes=1))
    return WebhookDelivery.objects.get()


def test_a_webhook_is_made_and_its_secret_shown_once(admin: Any, made: Any) -> None:
    webhook = Webhook.objects.get()
    assert (made.status_code, made.data["secret"]) == (201, signatures.secret(webhook.seed))
    shown = admin.get(f"/webhooks/{webhook.public_id}/")
    assert {name: shown.data[name] for name in NEW} == NEW
    assert "secret" not in shown.data
    assert "secret" not in admin.get("/webhooks/").data["results"][0]


def test_a_rotation_shows_the_new_secret(admin: Any, made: Any) -> None:
    rotated = admin.post(f"/webhooks/{made.data['id']}/rotate/")
    assert rotated.status_code == 200
    assert rotated.data["secret"] == signatures.secret(Webhook.objects.get().seed) != made.data["secret"]
    assert rotated.data["old_seed_until"]


def test_changing_needs_the_etag_and_says_what_is_wrong(admin: Any, made: Any) -> None:
    path = f"/webhooks/{made.data['id']}/"
    tag = admin.get(path)["ETag"]
    assert admin.patch(path, {"name": "x"}).status_code == 428
    wrong = admin.patch(path, {"url": "http://10.0.0.1/"}, headers={"If-Match": tag})
    assert (wrong.status_code, wrong.data["errors"][0]["pointer"]) == (400, "#/url")
    assert admin.patch(path, {"is_active": False}, headers={"If-Match": tag}).data["is_active"] is False
    assert admin.patch(path, {"name": "x"}, headers={"If-Match": tag}).status_code == 412
    assert Webhook.objects.get().name == "Sync"


@pytest.mark.parametrize("change", [{"url": "ftp://x.example.com"}, {"kinds": ["no.such"]}, {"name": ""}])
def test_what_cannot_be_sent_is_refused(admin: Any, change: dict[str, Any]) -> None:
    assert admin.post("/webhooks/", NEW | change).status_code == 400
    assert not Webhook.objects.exists()
    assert not Entry.objects.filter(act="webhooks.create").exists()


def test_deliveries_are_listed_and_sent_again(admin: Any, made: Any, world: Any, lead: Any) -> None:
    delivery = delivered(world, lead)
    path = f"/webhooks/{made.data['id']}/deliveries/"
    (row,) = admin.get(path + "?state=waiting&kind=lead.accepted").data["results"]
    assert (row["id"], row["state"]) == (str(delivery.public_id), "WAITING")
    assert row["payload"]["data"]["lead"] == str(lead.public_id)
    assert admin.get(path + "?state=sent,failed").data["results"] == []
    refused = admin.post(f"{path}{delivery.public_id}/replay/")
    assert (refused.status_code, refused.data["type"]) == (409, "urn:abm:problem:webhook-refused")
    WebhookDelivery.objects.update(failed_at=timezone.now(), attempts=10)
    again = admin.post(f"{path}{delivery.public_id}/replay/")
    assert (again.status_code, again.data["state"], again.data["attempts"]) == (200, "WAITING", 0)


def test_what_failed_is_sent_again_together(admin: Any, made: Any, world: Any, lead: Any) -> None:
    delivered(world, lead)
    WebhookDelivery.objects.update(failed_at=timezone.now())
    path = f"/webhooks/{made.data['id']}/replay/"
    later = (timezone.now() + timedelta(days=1)).isoformat()
    assert admin.post(path, {"since": later}).data == {"count": 0}
    assert admin.post(path, {"until": later}).data == {"count": 1}


def test_a_test_event_is_queued(admin: Any, made: Any) -> None:
    sent = admin.post(f"/webhooks/{made.data['id']}/test/")
    assert (sent.status_code, sent.data["kind"], sent.data["state"]) == (202, "webhook.test", "WAITING")


def test_a_webhook_is_removed(admin: Any, made: Any) -> None:
    assert admin.delete(f"/webhooks/{made.data['id']}/").status_code == 204
    assert not Webhook.objects.exists()


def test_the_kinds_of_events_are_told(admin: Any) -> None:
    kinds = {row["kind"]: row["text"] for row in admin.get("/webhook-events/").data}
    assert kinds["lead.ignored"] == "Nobody answered a lead in time."
    assert {"list.signed", "import.finished", "score.crossed"} < set(kinds)


ADDRESSES = ("", "{id}/", "{id}/rotate/", "{id}/test/", "{id}/replay/", "{id}/deliveries/")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.SYSTEM)])
def test_other_roles_see_and_do_nothing(made: Any, ask: Any, role: Role) -> None:
    other = ask(make.user(role))
    for address in ADDRESSES:
        path = "/webhooks/" + address.format(id=made.data["id"])
        assert {other.get(path).status_code, other.post(path, NEW).status_code} <= {403, 405}, path
    assert other.get("/webhook-events/").status_code == 403
    assert (Webhook.objects.count(), WebhookDelivery.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [("webhooks:read", 200, 403), ("webhooks:write", 403, 201), ("leads:read", 403, 403), ("read write", 200, 201)],
)
def test_a_token_needs_the_scope_too(world: Any, scopes: str, reads: int, writes: int) -> None:
    service, now = make.user(Role.ADMIN, is_service=True), timezone.now()
    secret = tokens.issue(service, name="sync", scopes=scopes, by=world.users["admin"], now=now)[1]
    bearer = Asking(headers={"Authorization": f"Bearer {secret}"})
    assert (bearer.get("/webhooks/").status_code, bearer.post("/webhooks/", NEW).status_code) == (reads, writes)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("kind", ["webhooks", "deliveries"])
def test_lists_cost_the_same_however_many(
    admin: Any, made: Any, rows: int, kind: str, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        admin.post("/webhooks/", NEW)
        admin.post(f"/webhooks/{made.data['id']}/test/")
    path = "/webhooks/" if kind == "webhooks" else f"/webhooks/{made.data['id']}/deliveries/"
    with django_assert_num_queries(3 if kind == "webhooks" else 4):
        assert len(admin.get(path).data["results"]) >= rows
