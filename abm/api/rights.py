"""A person's rights, and the log of who read persons in bulk, took them out, or told one everything."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import FlagFilter, MomentFilter, WordsFilter
from abm.api.leak_report import LeakReporting
from abm.api.problems import Problem, translate
from abm.api.resources import Readable, require
from abm.api.rows import Row
from accounts import disclosing, erasing, rules
from accounts.consent import Erasure
from accounts.enums import ErasureState
from accounts.erasing import ErasureRefused
from accounts.exporting import LEAST_PURPOSE, ExportRefused
from audit import access
from audit.enums import AccessKind
from audit.models import Access
from users.models import User

translate(ErasureRefused, lambda error: Problem("erasure-refused", 409, str(error)))
translate(ExportRefused, lambda error: Problem("export-refused", 409, str(error)))


class Noted(Readable):
    """Lists that tell of persons remember which rows they gave, for the access log."""

    seen: Sequence[Any] = ()

    def paginate_queryset(self, queryset: Any) -> Any:
        """The rows of this page."""
        page = super().paginate_queryset(queryset)
        self.seen = page or ()
        return page


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
    user = django_filters.UUIDFilter("public_id", method="by_actor", label="Who did it.")
    team = django_filters.UUIDFilter("team__public_id", method="by_actor", label="Those who are in this team now.")

    class Meta:
        model = Access
        fields: tuple[str, ...] = ()

    def by_actor(self, queryset: QuerySet[Access], name: str, value: UUID) -> QuerySet[Access]:
        """The log keeps actors by id."""
        return queryset.filter(actor_id__in=User.objects.filter(**{name: value}).values("pk"))


class Accesses(LeakReporting, Readable):
    """Who read twenty or more persons at once, took persons out, or told one person everything. Append-only."""

    resource = "accesses"
    serializer_class = AccessRow
    filterset_class = AccessFilters

    def get_queryset(self) -> QuerySet[Access]:
        return Access.objects.visible_to(self.user)


class ErasureRow(Row):
    """Somebody is to be erased, or was: what was removed, in numbers. It does not say who."""

    by = Ref()
    state = serializers.ChoiceField([(state, state) for state in ErasureState])
    counts: Any = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Erasure
        fields = ("id", "at", "by", "ground", "state", "done_at", "counts")


class ErasureFilters(django_filters.FilterSet):
    """Narrowing the erasures."""

    done = FlagFilter("done_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Erasure
        fields: tuple[str, ...] = ()


class Readmission(serializers.Serializer[Any]):
    """Whose consent was given anew, and how."""

    address = serializers.EmailField(max_length=254)
    because = serializers.CharField(max_length=500)


class Erasures(Readable):
    """Erasures, asked for and done. `at` is when it was asked for."""

    resource = "erasures"
    serializer_class = ErasureRow
    filterset_class = ErasureFilters

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


def _erasure_of(person_id: str) -> Erasure | None:
    """Whoever is erased already is found by nothing else."""
    with suppress(Http404):
        return get_object_or_404(Erasure, person__public_id=person_id)
    return None


class Rights:
    """What a person may ask for: `POST …/erase/`, `POST …/everything/`."""

    @extend_schema(request=Ground, responses={202: ErasureRow, 200: ErasureRow}, operation_id="persons_erase")
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, **kwargs: str) -> Response:
        """Asks for the person to be erased everywhere, for good: 202, `Location` tells how far it is.

        From then on nobody writes to them. Leads, moves and touches stay without saying who. 200: they are erased.
        """
        require(rules.may_erase(self.user))  # type: ignore[attr-defined]
        told = self.given(Ground)  # type: ignore[attr-defined]
        made = _erasure_of(kwargs["id"]) or erasing.ask(self.get_object(), **told, **self.act)  # type: ignore[attr-defined]
        headers = {"Location": request.build_absolute_uri(reverse("api:erasures-detail", args=[made.public_id]))}
        return Response(ErasureRow(made).data, 200 if made.done_at else 202, headers=headers)

    @extend_schema(request=Purpose, responses=OpenApiTypes.OBJECT, operation_id="persons_everything")
    @action(detail=True, methods=["post"])
    def everything(self, request: Request, **kwargs: str) -> Response:
        """Everything we know of the person, table by table, for them to read."""
        require(rules.may_erase(self.user))  # type: ignore[attr-defined]
        person = self.get_object()  # type: ignore[attr-defined]
        access.disclosed("persons", person.pk, **self.given(Purpose), **self.act)  # type: ignore[attr-defined]
        return Response(disclosing.everything(person))
