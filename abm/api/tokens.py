"""Issuing and revoking tokens. A token is shown once, when it is issued; afterwards only its digest is known."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from abm.api import scopes as words
from abm.api.models import Token
from audit import log
from users.models import User

LIFETIME = timedelta(days=365)
USED_AGAIN_AFTER = timedelta(minutes=1)


class TokenRefused(Exception):
    """A token that may not be issued or revoked; the text says why."""


@transaction.atomic
def issue(
    user: User, *, name: str, scopes: str, by: User, now: datetime, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A new token of the service user, with the only sight of its secret. Lives a year unless told otherwise."""
    expires_at = expires_at or now + LIFETIME
    _require_issuable(user, name, expires_at, now)
    try:
        scopes = words.parse(scopes)
    except ValueError as error:
        raise TokenRefused(_("These scopes are not known: %(why)s.") % {"why": error}) from error
    token, secret = Token.objects.create(user, expiry=expires_at - now, name=name.strip(), scopes=scopes, issued_by=by)
    log.record("tokens.issue", user, by=by, at=now, detail={"token": token.token_key, "name": name, "scopes": scopes})
    return token, secret


def _require_issuable(user: User, name: str, expires_at: datetime, now: datetime) -> None:
    if not (user.is_active and user.is_service) or user == User.objects.system():
        raise TokenRefused(_("Tokens belong to active service users. Please make one first."))
    if not name.strip():
        raise TokenRefused(_("Please name the token after what uses it."))
    if expires_at <= now:
        raise TokenRefused(_("A token must expire in the future."))
    if Token.objects.filter(user=user, name=name.strip(), revoked_at=None).exists():
        raise TokenRefused(_("%(user)s already has a token called “%(name)s”.") % {"user": user, "name": name})


@transaction.atomic
def revoke(token: Token, *, by: User, now: datetime) -> Token:
    """The token opens nothing from now on; its row stays, so that old audit entries can be explained."""
    if token.revoked_at:
        raise TokenRefused(_("This token is already revoked."))
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    log.record("tokens.revoke", token.user, by=by, at=now, detail={"token": token.token_key, "name": token.name})
    return token


def note_use(token: Token, *, now: datetime) -> None:
    """Remembers when the token was last used, to the minute: not every request is worth a write."""
    if token.last_used_at is None or now - token.last_used_at >= USED_AGAIN_AFTER:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
