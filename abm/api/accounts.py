"""Accounts: companies, found by name whatever the legal form; told by other systems under their own ids."""

from typing import Any
from uuid import UUID

import django_filters
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField, Money, MoneyField, MoneyOf, Ref
from abm.api.filters import MomentFilter, ReferenceFilter, UserFilter, WordsFilter, by_search, seen
from abm.api.origins import Origins
from abm.api.problems import Problem, translate
from abm.api.resources import Guarded, require
from abm.api.rows import Row
from abm.api.told import status_of, subject_of
from accounts import editing, merging, quality, rules, sources
from accounts.editing import AlreadyKnown, EditRefused
from accounts.enums import AccountKind, Relation
from accounts.models import Account, AccountName, ExternalId
from accounts.registering import AccountFacts
from users.enums import TeamKind
from users.models import Team, User

translate(EditRefused, lambda error: ValidationError({error.field: [str(error)]}))
translate(
    AlreadyKnown,
    lambda error: Problem("already-known", 409, str(error), existing=str(error.row.public_id)),
)


class OtherName(serializers.ModelSerializer[AccountName]):
    """A further name: former, alias, kana, English."""

    class Meta:
        model = AccountName
        fields = ("kind", "name", "valid_from", "valid_to")


class ExternalRef(serializers.ModelSerializer[ExternalId]):
    """How another system names the row."""

    source: Any = serializers.CharField(source="source.code")

    class Meta:
        model = ExternalId
        fields = ("source", "external_id")


class AccountRow(Row):
    """An account."""

    parent: Any = Ref(allow_null=True)
    owner = Ref(allow_null=True)
    team = Ref(allow_null=True)
    partner = Ref(allow_null=True)
    revenue = MoneyOf("revenue", "revenue_currency", allow_null=True)
    names = OtherName(many=True)
    domains: Any = serializers.SlugRelatedField("domain", many=True, read_only=True)
    external_ids = ExternalRef(many=True)

    class Meta:
        model = Account
        fields = (
            "id", "kind", "name", "name_kana", "name_en", "corporate_number", "parent", "industry", "employees",
            "revenue", "prefecture", "address", "phone", "listed", "relation", "relation_since", "owner", "team",
            "partner", "names", "domains", "external_ids", "created_at", "updated_at",
        )  # fmt: skip


class Kept(serializers.Serializer[Any]):
    """Columns of an account that clients may write."""

    kind = serializers.ChoiceField([str(kind) for kind in AccountKind], required=False)
    name_kana = serializers.CharField(max_length=255, required=False, allow_blank=True)
    name_en = serializers.CharField(max_length=255, required=False, allow_blank=True)
    corporate_number = serializers.CharField(max_length=30, required=False, allow_null=True)
    industry = serializers.CharField(max_length=120, required=False, allow_blank=True)
    employees = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)
    revenue = MoneyField(required=False, allow_null=True)
    prefecture = serializers.CharField(max_length=60, required=False, allow_blank=True)
    address = serializers.CharField(max_length=400, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    listed = serializers.BooleanField(required=False, allow_null=True, help_text="On a stock exchange.")


class AccountTold(Kept):
    """What a source says of a company; blanks say nothing."""

    name = serializers.CharField(max_length=255)
    domain = serializers.CharField(max_length=253, required=False, allow_blank=True)


class NewAccount(AccountTold):
    """A company to register."""

    source: Any = serializers.SlugField(max_length=60, default="api", help_text="Where it is known from.")
    external_id = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AccountChanges(Kept):
    """What is to change."""

    name = serializers.CharField(max_length=255, required=False)
    parent: Any = IdField(lambda user: Account.objects.visible_to(user), required=False, allow_null=True)
    owner = IdField(lambda user: User.objects.visible_to(user).active(), required=False, allow_null=True)
    team = IdField(lambda user: Team.objects.all(), required=False, allow_null=True)
    partner = IdField(lambda user: Team.objects.filter(kind=TeamKind.PARTNER), required=False, allow_null=True)


GAPS = [(gap, gap) for gap in quality.GAPS["accounts"]]


class AccountFilters(django_filters.FilterSet):
    """Narrowing the list of accounts."""

    search = django_filters.CharFilter(method=by_search, label="By name, whatever the legal form and width.")
    kind = WordsFilter(words=AccountKind)
    relation = WordsFilter(words=Relation)
    owner = UserFilter()
    team = ReferenceFilter(queryset=Team.objects.all())
    partner = ReferenceFilter(queryset=Team.objects.all())
    parent: Any = ReferenceFilter(queryset=seen(Account))
    prefecture = django_filters.CharFilter()
    listed = django_filters.BooleanFilter()
    industry = django_filters.CharFilter()
    corporate_number = django_filters.CharFilter()
    domain = django_filters.CharFilter("domains__domain", lookup_expr="iexact", distinct=True)
    gap = django_filters.ChoiceFilter(method="by_gap", choices=GAPS, label="What is missing (data quality).")
    updated_after = MomentFilter("updated_at", lookup_expr="gte")

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def by_gap(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        """Those counted under this gap."""
        return queryset.filter(pk__in=quality.accounts_lacking(value))


class Accounts(Origins, Guarded):
    """Accounts."""

    resource = "accounts"
    serializer_class = AccountRow
    filterset_class = AccountFilters
    orderings = {"name": "name", "created_at": "id", "updated_at": "updated_at"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[Account]:
        beside = ("names", "domains", Prefetch("external_ids", ExternalId.objects.select_related("source")))
        seen = Account.objects.visible_to(self.user).select_related("parent", "owner", "team", "partner")
        return seen.prefetch_related(*beside)

    @extend_schema(responses={200: AccountRow, 301: OpenApiResponse(description="Merged: Location is the heir.")})
    def retrieve(self, request: Request, *args: Any, **kwargs: str) -> Response:
        """One account; the id of a merged one leads (301) to the one it is part of."""
        heir = merging.heir_of(kwargs["id"]) if _is_id(kwargs["id"]) else None
        if heir and self.get_queryset().filter(pk=heir.pk).exists():
            body = {"merged_into": str(heir.public_id)}
            return Response(body, 301, headers={"Location": self.address_of(heir)})
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=NewAccount, responses={201: AccountRow})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        """Registers a company that is not known yet; a known one is 409 with `existing`."""
        require(rules.may_edit(self.user))
        told = self.given(NewAccount)
        source = sources.ensure(told.pop("source"))
        return self.tagged(editing.open_account(_facts(told), source=source, **self.act), 201)

    @extend_schema(request=AccountChanges, responses=AccountRow)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Changes what is sent; a new name makes the old one a former name. Needs If-Match."""
        require(rules.may_edit(self.user))
        changes = _with_money(self.given(AccountChanges))
        return self.changed(lambda account: editing.amend_account(account, **changes, **self.act))

    @extend_schema(request=AccountTold, responses={200: AccountRow, 201: AccountRow}, operation_id="accounts_put")
    def tell(self, request: Request, source: str, external_id: str) -> Response:
        """What a source says of one of its companies: found beyond doubt and changed, or registered.

        Where several could be meant it is refused, and waits as a doubt for a person.
        """
        require(rules.may_edit(self.user))
        named = self.named_by_path(source, external_id, longest=200)
        facts = _facts(self.given(AccountTold) | {"external_id": named["external_id"]})
        with transaction.atomic():
            told = editing.tell_account(facts, source=sources.ensure(named["source"]), **self.act)
            if told.doubt is None:
                subject_of(told)
        return self.tagged(subject_of(told), status_of(told))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _facts(told: dict[str, Any]) -> AccountFacts:
    """What was told, as a registrar takes it: blanks say nothing."""
    own = {name: told.pop(name) or "" for name in ("name", "external_id", "corporate_number", "domain") if name in told}
    details = {name: value for name, value in _with_money(told).items() if value not in (None, "")}
    return AccountFacts(**own, details=details)


def _with_money(told: dict[str, Any]) -> dict[str, Any]:
    if "revenue" not in told:
        return told
    money: Money | None = told.pop("revenue")
    return told | {"revenue": money and money.amount, "revenue_currency": money.currency if money else ""}
