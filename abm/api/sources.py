"""Sources: where we know things from, on which ground, for what, and what it costs."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Money, MoneyField, Ref
from abm.api.import_drafts import BASES
from abm.api.problems import Problem, translate
from abm.api.resources import Address, require
from abm.api.rows import Row
from accounts import sources
from accounts.enums import CostKind, SourceKind
from accounts.ledger import SourceCost
from accounts.models import Source
from accounts.sources import SourceRefused
from funnel import source_costs
from users.roles import MARKETING, Role

translate(SourceRefused, lambda error: Problem("source-refused", 409, str(error)))

KINDS = [(str(kind), str(kind)) for kind in SourceKind]
KEEPERS = MARKETING | {Role.ADMIN, Role.SYSTEM}


class HouseMoney(MoneyField):
    """An amount in the house's own currency, as it is read."""

    def to_representation(self, instance: Any) -> dict[str, str]:
        return super().to_representation(Money(instance, settings.DEFAULT_CURRENCY))


class SourceRow(serializers.Serializer[Any]):
    """A source, and what it brought and cost over all time."""

    code = serializers.CharField(source="source.code")
    name = serializers.CharField(source="source.name")
    kind = serializers.ChoiceField(KINDS, source="source.kind")
    basis = serializers.ChoiceField(BASES, source="source.basis", allow_blank=True, help_text="Blank: unknown.")
    purpose = serializers.CharField(source="source.purpose", allow_blank=True)
    persons = serializers.IntegerField(help_text="Known persons whose place it told of.")
    leads = serializers.IntegerField(help_text="All leads that name it.")
    cost = HouseMoney(source="total", allow_null=True)
    cost_per_person = HouseMoney(source="per_person", allow_null=True)
    cost_per_lead = HouseMoney(source="per_lead", allow_null=True)


class SourceChange(serializers.Serializer[Any]):
    """What changes. A basis also goes to what the source told so far without one."""

    name = serializers.CharField(max_length=120, required=False)
    kind = serializers.ChoiceField(KINDS, required=False)
    basis = serializers.ChoiceField(BASES, required=False, allow_blank=True)
    purpose = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CostRow(Row):
    """A cost: so much each, so many, from day to day."""

    amount = HouseMoney(help_text="Each.")
    total = HouseMoney()
    recorded_by = Ref()

    class Meta:
        model = SourceCost
        fields = ("id", "kind", "amount", "units", "total", "first_on", "last_on", "note", "recorded_by", "recorded_at")


class NewCost(serializers.Serializer[Any]):
    """A cost to write down, in the house's own currency."""

    kind = serializers.ChoiceField([(str(kind), str(kind)) for kind in CostKind])
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0)
    units = serializers.IntegerField(min_value=1, max_value=10_000_000, default=1)
    first_on = serializers.DateField()
    last_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class Keeping(Address):
    """For those who keep sources."""

    resource = "sources"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require(self.user.role in KEEPERS)

    def given(self, kind: type[serializers.Serializer[Any]]) -> Any:
        """The body's values. Raises ValidationError."""
        reader = kind(data=self.request.data)
        reader.is_valid(raise_exception=True)
        return reader.validated_data


class Sources(Keeping):
    """All sources."""

    @extend_schema(responses=SourceRow(many=True), operation_id="sources_list")
    def get(self, request: Request) -> Response:
        """All sources, by their codes."""
        return Response(SourceRow(source_costs.lines(), many=True).data)


class OneSource(Keeping):
    """One source."""

    @extend_schema(request=SourceChange, responses=SourceRow, operation_id="sources_partial_update")
    def patch(self, request: Request, code: str) -> Response:
        """Changes what a source is, on which ground and for what we may use what it tells."""
        source = get_object_or_404(Source, code=code)
        sources.amend(source, **self.given(SourceChange), **self.act)
        return Response(SourceRow(source_costs.lines([source])[0]).data)


class Costs(Keeping):
    """What a source cost."""

    @extend_schema(responses=CostRow(many=True), operation_id="sources_costs_list")
    def get(self, request: Request, code: str) -> Response:
        """The costs of a source, the latest first."""
        source = get_object_or_404(Source, code=code)
        return Response(CostRow(source.costs.select_related("recorded_by"), many=True).data)

    @extend_schema(request=NewCost, responses={201: CostRow}, operation_id="sources_costs_create")
    def post(self, request: Request, code: str) -> Response:
        """Writes a cost down. Refused with 409."""
        source = get_object_or_404(Source, code=code)
        return Response(CostRow(sources.add_cost(source, **self.given(NewCost), **self.act)).data, 201)


class OneCost(Keeping):
    """One cost."""

    @extend_schema(responses={204: None}, operation_id="sources_costs_destroy")
    def delete(self, request: Request, code: str, cost: str) -> Response:
        """Takes a cost away that was written down by mistake."""
        found = SourceCost.objects.select_related("source")
        sources.remove_cost(get_object_or_404(found, source__code=code, public_id=cost), **self.act)
        return Response(status=204)
