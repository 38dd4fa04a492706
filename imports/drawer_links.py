"""The link by which somebody drops their cards into a round without signing in: sealed, not stored, good for that only.

A token is the invitation's public id, its link number and an HMAC with the server's key over these, the round and the
user. So a copy of the database makes no link; whether one still works is asked of the round and of the user, and
nothing has to revoke it. Unlike an answer's link (funnel.answer_links) it works as often as there are files, and can be
told again: the board shows it to whoever runs the round.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.signing import b64_decode, b64_encode

from imports.drawers import DrawerInvitation
from imports.enums import DrawerState


def token(invitation: DrawerInvitation) -> str:
    """The present link's token."""
    name = b64_encode(invitation.public_id.bytes).decode()
    return f"{name}.{invitation.link_number}.{_signer().signature(_bound(invitation))}"


def path(invitation: DrawerInvitation) -> str:
    """The present link, within our address."""
    return f"/drawer/{token(invitation)}/"


def address(invitation: DrawerInvitation) -> str:
    """The present link as it is sent."""
    return f"{settings.BASE_URL}{path(invitation)}"


def find(given: str) -> DrawerInvitation | None:
    """The invitation of this token; None where none was given out, it was replaced, or anything was tampered with."""
    name, _, rest = given.partition(".")
    number, _, seal = rest.partition(".")
    try:
        public_id = UUID(bytes=b64_decode(name.encode()))
    except (ValueError, UnicodeError):
        return None
    found = DrawerInvitation.objects.select_related("round", "user", "source").filter(public_id=public_id).first()
    if found is None or number != str(found.link_number):
        return None
    try:
        _signer().unsign(f"{_bound(found)}:{seal}")
    except signing.BadSignature:
        return None
    return found


def state(invitation: DrawerInvitation, *, now: datetime) -> DrawerState:
    """Whether the link takes files now."""
    if not invitation.user.is_active:
        return DrawerState.REVOKED
    return DrawerState.OPEN if invitation.round.is_open(now) else DrawerState.OVER


def _signer() -> signing.Signer:
    return signing.Signer(salt="imports.drawer_links")


def _bound(invitation: DrawerInvitation) -> str:
    """Everything the seal vouches for."""
    parts = (invitation.public_id, invitation.round_id, invitation.user_id, invitation.link_number)
    return "/".join(map(str, parts))
