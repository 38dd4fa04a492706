"""Who asks: the bearer of a token, or somebody signed in to the pages; and whether the token's scopes reach."""

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from abm.api import scopes, tokens
from abm.api.models import Token
from users.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView


class BearerToken(TokenAuthentication):
    """Knox's check of the digest; expired and revoked tokens are kept and refused instead of deleted."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, Token]:
        if not token.isascii() or b"\x00" in token:
            raise AuthenticationFailed(_("This token is not known."))
        user, found = super().authenticate_credentials(token)
        tokens.note_use(found, now=timezone.now())
        return user, found

    def _cleanup_token(self, auth_token: Token) -> bool:
        return not auth_token.is_good_at(timezone.now())


class InScope(BasePermission):
    """A token must have been given the resource's `read` or `write`; a signed-in user's role alone decides."""

    message = _("This token's scopes do not include this.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, Token):
            return True
        verb = scopes.READ if request.method in SAFE_METHODS else scopes.WRITE
        resource: Any = getattr(view, "resource", "")
        return scopes.allow(request.auth.scopes, resource, verb)
