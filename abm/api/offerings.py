"""Offerings: what we sell."""

import django_filters
from django.db.models import QuerySet

from abm.api.fields import MoneyOf
from abm.api.filters import FlagFilter
from abm.api.resources import Readable
from abm.api.rows import Row
from accounts.models import Offering


class OfferingRow(Row):
    """An offering."""

    list_price = MoneyOf("list_price", "currency", allow_null=True)

    class Meta:
        model = Offering
        fields = ("id", "code", "name", "category", "list_price", "is_active")


class OfferingFilters(django_filters.FilterSet):
    """Narrowing the list of offerings."""

    code = django_filters.CharFilter()
    category = django_filters.CharFilter()
    is_active = FlagFilter()
    search = django_filters.CharFilter("name", lookup_expr="icontains")

    class Meta:
        model = Offering
        fields: tuple[str, ...] = ()


class Offerings(Readable):
    """Offerings; everybody sees them."""

    resource = "offerings"
    serializer_class = OfferingRow
    filterset_class = OfferingFilters
    orderings = {"code": "code", "name": "name"}
    ordering = "code"

    def get_queryset(self) -> QuerySet[Offering]:
        return Offering.objects.all()
