"""Contracts: what accounts own. They come from won leads and imports, so they are only read here."""

import django_filters
from django.db.models import QuerySet

from abm.api.fields import MoneyOf, Ref
from abm.api.filters import ReferenceFilter, seen
from abm.api.resources import Readable
from abm.api.rows import Row
from accounts.models import Account, Contract, Department, Offering


class ContractRow(Row):
    """A contract."""

    account = Ref()
    department = Ref(allow_null=True)
    offering = Ref()
    amount = MoneyOf("amount", "currency")

    class Meta:
        model = Contract
        fields = (
            "id", "account", "department", "offering", "started_on", "ended_on", "amount", "source", "external_id",
        )  # fmt: skip


class ContractFilters(django_filters.FilterSet):
    """Narrowing the list of contracts."""

    account = ReferenceFilter(queryset=seen(Account))
    department = ReferenceFilter(queryset=seen(Department))
    offering = ReferenceFilter(queryset=Offering.objects.all())
    started_after = django_filters.DateFilter("started_on", lookup_expr="gte")
    started_before = django_filters.DateFilter("started_on", lookup_expr="lte")

    class Meta:
        model = Contract
        fields: tuple[str, ...] = ()


class Contracts(Readable):
    """Contracts."""

    resource = "contracts"
    serializer_class = ContractRow
    filterset_class = ContractFilters
    orderings = {"started_on": "started_on", "created_at": "id"}
    ordering = "-started_on"

    def get_queryset(self) -> QuerySet[Contract]:
        return Contract.objects.visible_to(self.user).select_related("account", "department", "offering")
