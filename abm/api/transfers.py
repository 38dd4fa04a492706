"""What partner firms were given of persons' data: the record the law asks for."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import MomentFilter, ReferenceFilter
from abm.api.paging import WORDS
from abm.api.resources import csv_file, require
from abm.api.rights import Noted, Purpose
from abm.api.rows import Row
from accounts import rules
from accounts.enums import Basis
from audit import access
from funnel import transfers
from funnel.enums import DataKind
from funnel.models import Transfer
from users.enums import TeamKind
from users.models import Team


class TransferRow(Row):
    """A person's data were made available to a partner firm; `handoff`: in a lead, null: at an account in its care."""

    person = serializers.SerializerMethodField(help_text="Null for roles that see no persons; nameless once erased.")
    account = Ref()
    partner = Ref(allow_null=True)
    user = Ref(allow_null=True)
    handoff = serializers.UUIDField(source="handoff.public_id", allow_null=True, default=None)
    data: Any = serializers.ListField(child=serializers.ChoiceField([(kind, kind) for kind in DataKind]))
    bases: Any = serializers.ListField(child=serializers.ChoiceField([(basis, basis) for basis in Basis]))

    class Meta:
        model = Transfer
        fields = ("id", "at", "until", "person", "account", "partner", "user", "handoff", "data", "bases")

    @extend_schema_field(Ref(allow_null=True))
    def get_person(self, row: Transfer) -> Any:
        return Ref(row.person).data if self.context["request"].user.sees_persons else None


class TransferFilters(django_filters.FilterSet):
    """Narrowing the records."""

    partner = ReferenceFilter(queryset=Team.objects.filter(kind=TeamKind.PARTNER))
    after = MomentFilter("at", lookup_expr="gte")
    before = MomentFilter("at", lookup_expr="lt")
    search = django_filters.CharFilter(method="by_person", label="Name or mail address; the erased by their address.")

    class Meta:
        model = Transfer
        fields: tuple[str, ...] = ()

    def by_person(self, queryset: Any, name: str, value: str) -> QuerySet[Transfer]:
        """Whoever sees no persons finds none."""
        found: QuerySet[Transfer] = queryset.about(value) if self.request.user.sees_persons else queryset.none()
        return found


class Transfers(Noted):
    """What partner firms were given, the latest first."""

    resource = "transfers"
    serializer_class = TransferRow
    filterset_class = TransferFilters

    def get_queryset(self) -> QuerySet[Transfer]:
        return Transfer.objects.visible_to(self.user).for_rows().select_related("handoff")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What partner firms were given. Twenty or more at once are noted in the access log."""
        answer = super().list(request, *args, **kwargs)
        filters = {name: value for name, value in request.query_params.items() if name not in WORDS}
        if self.user.sees_persons:
            access.read("transfers", [one.person_id for one in self.seen], filters=filters, **self.act)
        return answer

    @extend_schema(request=Purpose, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=False, methods=["post"], pagination_class=None)
    def export(self, request: Request) -> StreamingHttpResponse:
        """A CSV of the records that the filters leave; noted in the access log."""
        require(rules.may_erase(self.user))
        found = self.filter_queryset(self.get_queryset())
        told = self.given(Purpose)
        lines = transfers.export(found, filters=request.query_params.dict(), **told, **self.act)
        return csv_file(lines, "transfers")
