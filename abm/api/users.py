"""Users: whom a lead can be handed to, who owns what; and whoever asks."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import FlagFilter, ReferenceFilter, WordsFilter
from abm.api.models import Token
from abm.api.resources import Address, Readable
from abm.api.rows import Moment, Row
from users.models import Team, User
from users.roles import Role


class UserRow(Row):
    """A user."""

    team = Ref(allow_null=True)
    manager = Ref(allow_null=True)

    class Meta:
        model = User
        fields = ("id", "name", "username", "role", "team", "manager", "is_active", "is_service")


class UserFilters(django_filters.FilterSet):
    """Narrowing the list of users."""

    role = WordsFilter(words=Role)
    team = ReferenceFilter(queryset=Team.objects.all())
    is_active = FlagFilter()
    can_receive = FlagFilter(method="_deciders", label="Those a lead can be handed to.")
    search = django_filters.CharFilter("name", lookup_expr="icontains")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def _deciders(self, queryset: Any, name: str, value: bool) -> Any:
        deciders = User.objects.deciders().values("pk")
        return queryset.filter(pk__in=deciders) if value else queryset.exclude(pk__in=deciders)


class Users(Readable):
    """Users."""

    resource = "users"
    serializer_class = UserRow
    filterset_class = UserFilters
    orderings = {"name": "name", "created_at": "id"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.visible_to(self.user).select_related("team", "manager")


class TokenSeen(serializers.Serializer[Token]):
    """The token in use."""

    key = serializers.CharField(source="token_key", help_text="Its first characters; the rest is not known here.")
    name = serializers.CharField()
    scopes = serializers.SerializerMethodField()
    expires_at = Moment(source="expiry", allow_null=True)
    last_used_at = Moment(allow_null=True)

    def get_scopes(self, token: Token) -> list[str]:
        return token.scopes.split()


class MeRow(UserRow):
    """Whoever asks, and by which token."""

    email = serializers.CharField(help_text="May be empty.")
    language = serializers.CharField()
    sees_persons = serializers.BooleanField()
    token = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = (*UserRow.Meta.fields, "email", "language", "sees_persons", "token")

    @extend_schema_field(TokenSeen(allow_null=True))
    def get_token(self, user: User) -> Any:
        token = self.context["request"].auth
        return TokenSeen(token).data if isinstance(token, Token) else None


class Me(Address):
    """Whoever asks."""

    resource = "me"

    @extend_schema(responses=MeRow, operation_id="me_retrieve")
    def get(self, request: Request) -> Response:
        """Who you are here: role, team, and the token in use with its scopes."""
        return Response(MeRow(self.user, context={"request": request}).data)
