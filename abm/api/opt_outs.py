"""Opt-outs: addresses and persons nobody may write to or call, until consent is given anew."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import CodeRef, Ref
from abm.api.filters import FlagFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Readable, require
from abm.api.rows import Moment, Row
from accounts import opt_outs, rules
from accounts.addresses import mail_key
from accounts.consent import OptOut
from accounts.opt_outs import OptOutRefused

translate(OptOutRefused, lambda error: Problem("opt-out-refused", 409, str(error)))


class OptOutRow(Row):
    """An opt-out; it stands while `lifted_at` is null."""

    person = Ref(allow_null=True)
    source: Any = CodeRef(allow_null=True)
    recorded_by = Ref(allow_null=True)
    lifted_by = Ref(allow_null=True)

    class Meta:
        model = OptOut
        fields = (
            "id", "address", "person", "at", "channel", "evidence", "source", "recorded_by", "recorded_at",
            "lifted_at", "lifted_by", "lifted_because",
        )  # fmt: skip


class Said(serializers.Serializer[Any]):
    """When and how somebody told us, in whose words."""

    at = Moment(required=False, allow_null=True, default=None, help_text="When they said so; now, unless told.")
    channel = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    evidence = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class NewOptOut(Said):
    """An address nobody may write to any more."""

    address = serializers.EmailField(max_length=254)


class Lifting(serializers.Serializer[Any]):
    """How consent was given anew: when, by whom, where the evidence lies."""

    because = serializers.CharField(max_length=500)


class OptOutFilters(django_filters.FilterSet):
    """Narrowing the list."""

    address = django_filters.CharFilter(method="by_address", label="In any case and width.")
    lifted = FlagFilter("lifted_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = OptOut
        fields: tuple[str, ...] = ()

    def by_address(self, queryset: QuerySet[OptOut], name: str, value: str) -> QuerySet[OptOut]:
        """By the address as it is compared."""
        return queryset.filter(address=mail_key(value))


class OptOuts(Readable):
    """Opt-outs."""

    resource = "opt-outs"
    serializer_class = OptOutRow
    filterset_class = OptOutFilters

    def get_queryset(self) -> QuerySet[OptOut]:
        found = OptOut.objects.visible_to(self.user)
        return found.select_related("person", "source", "recorded_by", "lifted_by")

    @extend_schema(request=NewOptOut, responses={201: OptOutRow})
    def create(self, request: Request) -> Response:
        """Records an opt-out, of an address known or not. Recorded again, it changes nothing."""
        require(rules.may_edit(self.user))
        return self.shown(opt_outs.record(**self.given(NewOptOut), **self.act), 201)

    @extend_schema(request=Lifting, responses=OptOutRow, operation_id="opt_outs_lift")
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, **kwargs: str) -> Response:
        """Consent was given anew: all that stands for this address or its person is lifted. Refused with 409."""
        require(rules.may_edit(self.user))
        return self.shown(opt_outs.lift(self.get_object(), **self.given(Lifting), **self.act))
