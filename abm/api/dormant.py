"""Dormant assets: wanted persons nobody has touched for long, counted; their rows are `/persons/?dormant=…`."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField
from abm.api.problems import BadParameters
from abm.api.resources import Address, require
from abm.api.rows import Moment
from accounts import recounting
from accounts.enums import Function
from accounts.models import Account, Source
from targets import dormant
from targets.dormant import Selection
from users.roles import Role


class Narrowed(serializers.Serializer[Any]):
    """What narrows the audit."""

    account = IdField(lambda user: Account.objects.visible_to(user), default=None, allow_null=True)
    function = serializers.ChoiceField([str(function) for function in Function], default="")
    source: Any = IdField(lambda user: Source.objects.all(), by="code", default=None, allow_null=True)


class GroupRow(serializers.Serializer[Any]):
    """So many dormant persons of one account (id), function or source (code)."""

    key = serializers.CharField(allow_null=True)
    label: Any = serializers.CharField()
    persons = serializers.IntegerField()


class AuditRow(serializers.Serializer[Any]):
    """The whole audit."""

    counts = serializers.DictField(child=serializers.IntegerField(), help_text=", ".join(dormant.PARTS))
    accounts = GroupRow(many=True)
    functions = GroupRow(many=True)
    sources = GroupRow(many=True)
    at = Moment(help_text="When this was counted: now, unless that takes long.")
    is_awaited = serializers.BooleanField(help_text="Somebody has asked for newer figures.")


class Dormant(Address):
    """The dormant-asset audit."""

    resource = "plans"

    @extend_schema(
        responses=AuditRow,
        operation_id="dormant_retrieve",
        parameters=[OpenApiParameter(name, str) for name in ("account", "function", "source")],
    )
    def get(self, request: Request) -> Response:
        """Counts persons where a list in force aims whom nobody has touched for long; not for partners."""
        require(self.user.role != Role.PARTNER)
        asked = Narrowed(data=request.query_params.dict(), context={"request": request})
        known = sorted(map(str, asked.fields))
        if unknown := {name: ["?"] for name in request.query_params if name not in known}:
            raise BadParameters(unknown, known=known)
        if not asked.is_valid():
            raise BadParameters(dict(asked.errors))
        return Response(AuditRow(dormant.latest(Selection(**asked.validated_data), now=timezone.now())).data)


class DormantCount(Address):
    """Counting dormant persons anew."""

    resource = "plans"

    @extend_schema(request=None, responses={202: AuditRow}, operation_id="dormant_count")
    def post(self, request: Request) -> Response:
        """Asks for newer figures than those kept; answers these, awaited. Nothing is awaited where they are of now."""
        require(self.user.role != Role.PARTNER)
        recounting.ask(dormant.CODE, **self.act)
        return Response(AuditRow(dormant.latest(now=timezone.now())).data, 202)
