"""Touches: what happened, told by other systems one by one or up to 200 at once. The same event twice is one touch."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import CodeRef, IdField, Ref
from abm.api.filters import FlagFilter, MomentFilter, ReferenceFilter, WordsFilter, seen
from abm.api.problems import pointed, translate
from abm.api.resources import Readable, require
from abm.api.rows import Moment, Row
from accounts import sources
from accounts.models import Account, Department, Offering, Person, Source
from engagement import rules, touches
from engagement.enums import Direction, TouchKind
from engagement.models import Touch
from engagement.touches import TouchRefused
from users.models import User

MOST = 200

translate(TouchRefused, lambda error: ValidationError({"occurred_at": [str(error)]}))


class TouchRow(Row):
    """A touch."""

    account = Ref()
    department = Ref(allow_null=True)
    person = Ref(allow_null=True, help_text="Null for roles that do not see persons.")
    offering = Ref(allow_null=True)
    user = Ref(allow_null=True)
    source: Any = CodeRef()

    class Meta:
        model = Touch
        fields = (
            "id", "account", "department", "person", "offering", "user", "kind", "direction", "two_way", "minutes",
            "occurred_at", "title", "source", "external_id", "recorded_at",
        )  # fmt: skip


class NewTouch(serializers.Serializer[Any]):
    """An event to record; (source, external_id) is what it is known by."""

    account = IdField(lambda user: Account.objects.visible_to(user))
    department = IdField(lambda user: Department.objects.visible_to(user), default=None, allow_null=True)
    person = IdField(lambda user: Person.objects.visible_to(user), default=None, allow_null=True)
    offering = IdField(lambda user: Offering.objects.all(), default=None, allow_null=True)
    user = IdField(lambda user: User.objects.visible_to(user), default=None, allow_null=True)
    kind = serializers.ChoiceField([str(kind) for kind in TouchKind])
    direction = serializers.ChoiceField([str(direction) for direction in Direction], default=Direction.INBOUND)
    two_way = serializers.BooleanField(default=False)
    minutes = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=Decimal(0), default=Decimal(0))
    occurred_at = Moment()
    title = serializers.CharField(max_length=300, default="", allow_blank=True)
    source: Any = serializers.SlugField(max_length=60)
    external_id = serializers.CharField(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        department = attrs["department"]
        if department and department.account_id != attrs["account"].pk:
            raise serializers.ValidationError({"department": [_("This department belongs to another account.")]})
        return attrs


class Batch(serializers.Serializer[Any]):
    """Up to 200 touches."""

    items = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST)
    all_or_none = serializers.BooleanField(default=False, help_text="Refuse all when one cannot be understood.")


class ItemAnswer(serializers.Serializer[Any]):
    """What became of one item, in the order they came."""

    status = serializers.IntegerField(help_text="201 recorded, 200 known already, 400 refused.")
    id = serializers.CharField(required=False)
    errors: Any = serializers.ListField(child=serializers.DictField(), required=False)


class BatchAnswer(serializers.Serializer[Any]):
    """What became of the items."""

    results = ItemAnswer(many=True)


class TouchFilters(django_filters.FilterSet):
    """Narrowing the list of touches."""

    account = ReferenceFilter(queryset=seen(Account))
    department = ReferenceFilter(queryset=seen(Department))
    person = ReferenceFilter(queryset=seen(Person))
    offering = ReferenceFilter(queryset=Offering.objects.all())
    source: Any = ReferenceFilter(queryset=Source.objects.all(), to_field_name="code")
    external_id = django_filters.CharFilter()
    kind = WordsFilter(words=TouchKind)
    direction = WordsFilter(words=Direction)
    two_way = FlagFilter()
    occurred_after = MomentFilter("occurred_at", lookup_expr="gte")
    occurred_before = MomentFilter("occurred_at", lookup_expr="lt")

    class Meta:
        model = Touch
        fields: tuple[str, ...] = ()


class Touches(Readable):
    """Touches."""

    resource = "touches"
    serializer_class = TouchRow
    filterset_class = TouchFilters
    orderings = {"occurred_at": "occurred_at", "created_at": "id"}
    ordering = "-occurred_at"

    def get_queryset(self) -> QuerySet[Touch]:
        beside = ("account", "department", "offering", "user", "source")
        persons = Prefetch("person", Person.objects.visible_to(self.user))
        return Touch.objects.visible_to(self.user).select_related(*beside).prefetch_related(persons)

    @extend_schema(request=NewTouch, responses={200: TouchRow, 201: TouchRow})
    def create(self, request: Request) -> Response:
        """Records a touch; 200 with the known one when (source, external_id) was told before."""
        ((touch, is_new),) = self._record([self.given(NewTouch)])
        return self.shown(touch, 201 if is_new else 200)

    @extend_schema(request=Batch, responses=BatchAnswer)
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        """Records up to 200 touches: one status per item in their order, or all or none."""
        asked = self.given(Batch)
        context = self.get_serializer_context()
        readers = [NewTouch(data=item, context=context) for item in asked["items"]]
        invalid = {index: reader.errors for index, reader in enumerate(readers) if not reader.is_valid()}
        if invalid and asked["all_or_none"]:
            raise ValidationError({"items": {str(index): errors for index, errors in invalid.items()}})
        recorded = iter(self._record([reader.validated_data for reader in readers if not reader.errors]))
        return Response({"results": [_refused(r.errors) if r.errors else _accepted(*next(recorded)) for r in readers]})

    @transaction.atomic
    def _record(self, items: Sequence[dict[str, Any]]) -> list[tuple[Touch, bool]]:
        require(rules.may_record(self.user))
        named = {code: sources.ensure(code) for code in {item["source"] for item in items}}
        wanted = [Touch(**item | {"source": named[item["source"]]}) for item in items]
        new = {(touch.source_id, touch.external_id) for touch in touches.record(wanted, **self.act)}
        known = {(touch.source_id, touch.external_id): touch for touch in _known(wanted)}
        keys = [(touch.source_id, touch.external_id) for touch in wanted]
        return [(known[key], key in new and keys.index(key) == index) for index, key in enumerate(keys)]


def _known(wanted: Sequence[Touch]) -> QuerySet[Touch]:
    return Touch.objects.filter(
        source__in={touch.source_id for touch in wanted}, external_id__in={touch.external_id for touch in wanted}
    )


def _accepted(touch: Touch, is_new: bool) -> dict[str, Any]:
    return {"status": 201 if is_new else 200, "id": str(touch.public_id)}


def _refused(errors: Any) -> dict[str, Any]:
    return {"status": 400, "errors": pointed(errors)}
