"""Accounts: companies, found by name whatever the legal form; told by other systems under their own ids."""

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from abm.api.fields import MoneyOf, Ref
from abm.api.filters import ReferenceFilter, UserFilter, WordsFilter, by_search, seen
from abm.api.resources import Guarded
from abm.api.rows import Row
from accounts.enums import AccountKind, Relation
from accounts.models import Account, AccountName, ExternalId
from users.models import Team


class OtherName(serializers.ModelSerializer[AccountName]):
    """A further name: former, alias, kana, English."""

    class Meta:
        model = AccountName
        fields = ("kind", "name", "valid_from", "valid_to")


class ExternalRef(serializers.ModelSerializer[ExternalId]):
    """How another system names the row."""

    source = serializers.CharField(source="source.code")

    class Meta:
        model = ExternalId
        fields = ("source", "external_id")


class AccountRow(Row):
    """An account."""

    parent = Ref(allow_null=True)
    owner = Ref(allow_null=True)
    team = Ref(allow_null=True)
    partner = Ref(allow_null=True)
    revenue = MoneyOf("revenue", "revenue_currency", allow_null=True)
    names = OtherName(many=True)
    domains = serializers.SlugRelatedField("domain", many=True, read_only=True)
    external_ids = ExternalRef(many=True)

    class Meta:
        model = Account
        fields = (
            "id", "kind", "name", "name_kana", "name_en", "corporate_number", "parent", "industry", "employees",
            "revenue", "prefecture", "address", "phone", "relation", "relation_since", "owner", "team", "partner",
            "names", "domains", "external_ids", "created_at", "updated_at",
        )  # fmt: skip


class AccountFilters(django_filters.FilterSet):
    """Narrowing the list of accounts."""

    search = django_filters.CharFilter(method=by_search, label="By name, whatever the legal form and width.")
    kind = WordsFilter(words=AccountKind)
    relation = WordsFilter(words=Relation)
    owner = UserFilter()
    team = ReferenceFilter(queryset=Team.objects.all())
    partner = ReferenceFilter(queryset=Team.objects.all())
    parent = ReferenceFilter(queryset=seen(Account))
    prefecture = django_filters.CharFilter()
    industry = django_filters.CharFilter()
    corporate_number = django_filters.CharFilter()
    domain = django_filters.CharFilter("domains__domain", lookup_expr="iexact", distinct=True)
    updated_after = django_filters.IsoDateTimeFilter("updated_at", lookup_expr="gte")

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()


class Accounts(Guarded):
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
