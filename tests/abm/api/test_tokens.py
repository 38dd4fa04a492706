"""Tokens: hashed, named, scoped, expiring, bound to a service user."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from abm.api import scopes, tokens
from abm.api.models import Token
from abm.api.tokens import TokenRefused
from audit.models import Entry
from tests import make
from tests.funnel.people import NOW
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> User:
    return make.user(Role.MARKETER, "marketo", is_service=True)


def issue(user: User, words: str = "read", **given: object) -> tuple[Token, str]:
    return tokens.issue(user, **{"name": "sync", "scopes": words, "by": make.system(), "now": NOW, **given})


def bearer(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def test_a_token_opens_the_api_as_its_service_user(service):
    _, secret = issue(service)
    answer = bearer(secret).get("/api/v1/me/")
    assert (answer.status_code, answer.json()["username"]) == (200, "marketo")
    assert answer.json()["token"]["scopes"] == ["read"]


def test_only_the_digest_is_stored(service):
    token, secret = issue(service)
    stored = Token.objects.filter(pk=token.pk).values().get()
    assert secret not in json.dumps(stored, default=str)
    assert secret.startswith("abm_")


def test_use_is_remembered_to_the_minute(service):
    token, secret = issue(service)
    bearer(secret).get("/api/v1/me/")
    token.refresh_from_db()
    assert token.last_used_at == NOW
    tokens.note_use(token, now=NOW + timedelta(seconds=59))
    token.refresh_from_db()
    assert token.last_used_at == NOW


@pytest.mark.parametrize(
    ("words", "method", "status"),
    [
        ("read", "get", 200),
        ("write", "get", 403),
        ("accounts:read", "get", 200),
        ("leads:read", "get", 403),
        ("read", "post", 403),
        ("leads:write", "post", 403),
    ],
)
def test_scopes_open_what_they_name(service, words, method, status):
    _, secret = issue(service, words)
    answer = getattr(bearer(secret), method)("/api/v1/accounts/", {})
    assert answer.status_code == status


def test_an_expired_token_is_refused_and_kept(service):
    token, secret = issue(service, expires_at=NOW + timedelta(hours=1))
    Token.objects.update(expiry=NOW)
    answer = bearer(secret).get("/api/v1/me/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert Token.objects.get() == token


def test_a_revoked_token_is_refused(service):
    token, secret = issue(service)
    tokens.revoke(token, by=make.system(), now=NOW)
    assert bearer(secret).get("/api/v1/me/").status_code == 401
    with pytest.raises(TokenRefused):
        tokens.revoke(token, by=make.system(), now=NOW)
    assert Entry.objects.filter(act="tokens.revoke").count() == 1


def test_a_closed_service_user_opens_nothing(service):
    _, secret = issue(service)
    User.objects.filter(pk=service.pk).update(is_active=False)
    assert bearer(secret).get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("secret", ["", "abm_", "no", "abm_\x00", "abm_é", "a b", "abm_" + "0" * 64])
def test_a_token_nobody_issued_is_refused(service, secret):
    issue(service)
    assert bearer(secret).get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        {"words": "everything"},
        {"words": ""},
        {"name": " "},
        {"expires_at": NOW},
        {"name": "twice"},
        {"user": "person"},
        {"user": "system"},
    ],
)
def test_a_token_that_may_not_be_issued(service, given):
    issue(service, name="twice")
    whose = {"person": make.user(Role.MARKETER), "system": make.system()}.get(given.pop("user", ""), service)
    with pytest.raises(TokenRefused):
        issue(whose, **given)
    assert Token.objects.count() == 1
    assert Entry.objects.filter(act="tokens.issue").count() == 1


def test_the_command_prints_a_token_once(service):
    out = StringIO()
    call_command("token", "create", "marketo", "--name", "sync", "--scopes", "read leads:write", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert bearer(told["token"]).get("/api/v1/leads/").status_code == 200
    listed = StringIO()
    call_command("token", "list", stdout=listed)
    assert told["key"] in listed.getvalue()
    assert told["token"] not in listed.getvalue()


def test_the_command_revokes(service):
    token, secret = issue(service)
    call_command("token", "revoke", token.token_key, stdout=StringIO())
    assert bearer(secret).get("/api/v1/me/").status_code == 401


def test_the_command_makes_the_service_user_a_token_belongs_to():
    for name in ("sync", "nightly"):
        call_command("token", "create", "marketo", "--role", "marketer", "--name", name, stdout=StringIO())
    made = User.objects.get(username="marketo")
    assert (made.role, made.is_service, made.has_usable_password()) == (Role.MARKETER, True, False)
    assert Entry.objects.filter(act="users.enroll").count() == 1


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("create", "nobody", "--name", "x"), "There is no user called nobody"),
        (("create", "somebody", "--role", "REP", "--name", "x"), "already somebody else"),
        (("create", "new", "--role", "SYSTEM", "--name", "x"), "cannot be SYSTEM"),
        (("create", "new", "--role", "PARTNER", "--name", "x"), "one of the teams"),
        (("create", "new", "--role", "REP", "--name", "x", "--scopes", "all"), "scopes"),
        (("create", "new", "--role", "REP", "--name", "x", "--days", "99999999999"), "too far away"),
        (("revoke", "nothing"), "There is no token"),
    ],
)
def test_the_command_refuses_with_a_reason_and_changes_nothing(args, why):
    make.user(Role.REP, "somebody")
    with pytest.raises(CommandError, match=why):
        call_command("token", *args)
    assert not Token.objects.exists()
    assert not User.objects.filter(username="new").exists()


def test_every_address_has_scopes_of_its_own():
    from abm.api.urls import router

    named = {viewset.resource for _, viewset, _ in router.registry} | {
        "me",
        "metrics",
        "reject-reasons",
        "data-quality",
        "sources",
    }
    assert named == set(scopes.RESOURCES)
