"""Persons at accounts. Roles that need no persons (ANALYST, ADMIN) get an empty list and 404."""

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from abm.api.accounts import ExternalRef
from abm.api.fields import Ref
from abm.api.filters import ReferenceFilter, seen
from abm.api.resources import Guarded
from abm.api.rows import Row
from accounts.models import Account, Affiliation, Department, ExternalId, Person
from users.models import User


class PlaceRow(serializers.ModelSerializer[Affiliation]):
    """A person's place at an account."""

    account = Ref()
    department = Ref(allow_null=True)

    class Meta:
        model = Affiliation
        fields = ("account", "department", "title", "rank", "started_on", "ended_on")


class PersonRow(Row):
    """A person."""

    affiliations = PlaceRow(many=True)
    external_ids = ExternalRef(many=True)

    class Meta:
        model = Person
        fields = (
            "id", "name", "last_name", "first_name", "name_kana", "email", "phone", "mobile", "opted_out_at",
            "affiliations", "external_ids", "created_at", "updated_at",
        )  # fmt: skip


class PersonFilters(django_filters.FilterSet):
    """Narrowing the list of persons."""

    account = ReferenceFilter("affiliations__account", queryset=seen(Account), distinct=True)
    department = ReferenceFilter("affiliations__department", queryset=seen(Department), distinct=True)
    email = django_filters.CharFilter(lookup_expr="iexact")
    opted_out = django_filters.BooleanFilter("opted_out_at", lookup_expr="isnull", exclude=True)
    updated_after = django_filters.IsoDateTimeFilter("updated_at", lookup_expr="gte")
    search = django_filters.CharFilter("name", lookup_expr="icontains")

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()


class Persons(Guarded):
    """Persons."""

    resource = "persons"
    serializer_class = PersonRow
    filterset_class = PersonFilters
    orderings = {"name": "name", "created_at": "id", "updated_at": "updated_at"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[Person]:
        return Person.objects.visible_to(self.user).prefetch_related(
            Prefetch("affiliations", _places(self.user)),
            Prefetch("external_ids", ExternalId.objects.select_related("source")),
        )


def _places(user: User) -> QuerySet[Affiliation]:
    """Where persons work, as far as the asker may see these accounts."""
    seen_accounts = Account.objects.visible_to(user)
    return Affiliation.objects.filter(account__in=seen_accounts).select_related("account", "department")
