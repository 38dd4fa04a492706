"""Deals: the SFA's records, told under the SFA's own ids."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import CodeRef, IdField, Money, MoneyField, MoneyOf, Ref
from abm.api.filters import MomentFilter, ReferenceFilter, UserFilter, WordsFilter, seen
from abm.api.resources import Readable, require
from abm.api.rows import Row
from abm.api.told import status_of, subject_of
from accounts import sources
from accounts.models import Account, Department, Offering, Source
from funnel import rules, sfa
from funnel.enums import DealStatus
from funnel.models import Deal
from users.models import User


class DealRow(Row):
    """A deal."""

    source: Any = CodeRef()
    account = Ref(allow_null=True)
    department = Ref(allow_null=True)
    offering = Ref(allow_null=True)
    owner = Ref(allow_null=True)
    amount = MoneyOf("amount", "currency", allow_null=True)

    class Meta:
        model = Deal
        fields = (
            "id", "source", "external_id", "account", "department", "offering", "owner", "name", "stage_name", "status",
            "amount", "opened_on", "expected_on", "closed_on", "created_at", "updated_at",
        )  # fmt: skip


class DealTold(serializers.Serializer[Any]):
    """What the SFA says of a deal; what is left out stays as it is."""

    account = IdField(lambda user: Account.objects.visible_to(user), required=False)
    department = IdField(lambda user: Department.objects.visible_to(user), required=False)
    offering = IdField(lambda user: Offering.objects.all(), required=False)
    owner = IdField(lambda user: User.objects.visible_to(user), required=False)
    name = serializers.CharField(max_length=255, required=False, allow_blank=True)
    stage_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    status = serializers.ChoiceField([str(status) for status in DealStatus], required=False)
    amount = MoneyField(required=False)
    opened_on = serializers.DateField(required=False)
    expected_on = serializers.DateField(required=False)
    closed_on = serializers.DateField(required=False)


class DealFilters(django_filters.FilterSet):
    """Narrowing the list of deals."""

    account = ReferenceFilter(queryset=seen(Account))
    offering = ReferenceFilter(queryset=Offering.objects.all())
    source: Any = ReferenceFilter(queryset=Source.objects.all(), to_field_name="code")
    external_id = django_filters.CharFilter()
    status = WordsFilter(words=DealStatus)
    owner = UserFilter()
    closed_after = django_filters.DateFilter("closed_on", lookup_expr="gte")
    closed_before = django_filters.DateFilter("closed_on", lookup_expr="lte")
    updated_after = MomentFilter("updated_at", lookup_expr="gte")

    class Meta:
        model = Deal
        fields: tuple[str, ...] = ()


class Deals(Readable):
    """Deals."""

    resource = "deals"
    serializer_class = DealRow
    filterset_class = DealFilters
    orderings = {"created_at": "id", "closed_on": "closed_on", "updated_at": "updated_at"}

    def get_queryset(self) -> QuerySet[Deal]:
        beside = ("source", "account", "department", "offering", "owner")
        return Deal.objects.visible_to(self.user).select_related(*beside)

    @extend_schema(request=DealTold, responses={200: DealRow, 201: DealRow}, operation_id="deals_put")
    @transaction.atomic
    def tell(self, request: Request, source: str, external_id: str) -> Response:
        """Creates or changes the deal of this id in this source. A won deal of a known account is a contract."""
        require(rules.may_tell_deals(self.user))
        named = self.named_by_path(source, external_id, longest=120)
        details = self.given(DealTold)
        if "amount" in details:
            money: Money = details.pop("amount")
            details |= {"amount": money.amount, "currency": money.currency}
        facts = sfa.DealFacts(named["external_id"], details)
        told = sfa.tell([facts], source=sources.ensure(named["source"]), reached=set(), **self.act)[0]
        return self.shown(subject_of(told), status_of(told))
