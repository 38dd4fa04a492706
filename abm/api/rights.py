"""A person's rights, and the log of who read persons in bulk, took them out, or told one everything."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import MomentFilter, WordsFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Readable, require
from abm.api.rows import Row
from accounts import disclosing, erasing, rules
from accounts.consent import Erasure
from accounts.erasing import ErasureRefused
from accounts.exporting import LEAST_PURPOSE, ExportRefused
from audit import access
from audit.enums import AccessKind
from audit.models import Access

translate(ErasureRefused, lambda error: Problem("erasure-refused", 409, str(error)))
translate(ExportRefused, lambda error: Problem("export-refused", 409, str(error)))


class AccessRow(Row):
    """One access."""

    by = serializers.CharField(source="actor_name")

    class Meta:
        model = Access
        fields = ("id", "at", "by", "door", "kind", "what", "filters", "rows", "purpose")


class AccessFilters(django_filters.FilterSet):
    """Narrowing the log."""

    kind = WordsFilter(words=AccessKind)
    after = MomentFilter("at", lookup_expr="gte")
    before = MomentFilter("at", lookup_expr="lt")

    class Meta:
        model = Access
        fields: tuple[str, ...] = ()


class Accesses(Readable):
    """Who read twenty or more persons at once, took persons out, or told one person everything. Append-only."""

    resource = "accesses"
    serializer_class = AccessRow
    filterset_class = AccessFilters

    def get_queryset(self) -> QuerySet[Access]:
        return Access.objects.visible_to(self.user)


class ErasureRow(Row):
    """Somebody was erased; what was removed, in numbers. It does not say who."""

    by = Ref()
    counts: Any = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Erasure
        fields = ("id", "at", "by", "ground", "counts")


class Readmission(serializers.Serializer[Any]):
    """Whose consent was given anew, and how."""

    address = serializers.EmailField(max_length=254)
    because = serializers.CharField(max_length=500)


class Erasures(Readable):
    """Erasures."""

    resource = "erasures"
    serializer_class = ErasureRow

    def get_queryset(self) -> QuerySet[Erasure]:
        return Erasure.objects.visible_to(self.user).select_related("by")

    @extend_schema(request=Readmission, responses=ErasureRow, operation_id="erasures_readmit")
    @action(detail=False, methods=["post"])
    def readmit(self, request: Request) -> Response:
        """Somebody erased consents anew: files and requests may tell of them again. Refused with 409."""
        require(rules.may_erase(self.user))
        return self.shown(erasing.readmit(**self.given(Readmission), **self.act))


class Ground(serializers.Serializer[Any]):
    """Who asked, when and how; without the name: this text stays."""

    ground = serializers.CharField(max_length=200)


class Purpose(serializers.Serializer[Any]):
    """What for; kept in the access log."""

    purpose = serializers.CharField(min_length=LEAST_PURPOSE, max_length=200)


class Rights:
    """What a person may ask for: `POST …/erase/`, `POST …/everything/`."""

    @extend_schema(request=Ground, responses=ErasureRow, operation_id="persons_erase")
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, **kwargs: str) -> Response:
        """Erases the person everywhere, for good; leads, moves and touches stay without saying who."""
        require(rules.may_erase(self.user))  # type: ignore[attr-defined]
        told = self.given(Ground)  # type: ignore[attr-defined]
        made = erasing.erase(self.get_object(), **told, **self.act)  # type: ignore[attr-defined]
        return Response(ErasureRow(made).data)

    @extend_schema(request=Purpose, responses=OpenApiTypes.OBJECT, operation_id="persons_everything")
    @action(detail=True, methods=["post"])
    def everything(self, request: Request, **kwargs: str) -> Response:
        """Everything we know of the person, table by table, for them to read."""
        require(rules.may_erase(self.user))  # type: ignore[attr-defined]
        person = self.get_object()  # type: ignore[attr-defined]
        access.disclosed("persons", **self.given(Purpose), **self.act)  # type: ignore[attr-defined]
        return Response(disclosing.everything(person))
