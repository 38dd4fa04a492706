"""Departments: nodes of an account's tree, with what each does whatever it is called."""

import django_filters
from django.db.models import QuerySet

from abm.api.fields import Ref
from abm.api.filters import ReferenceFilter, WordsFilter, seen
from abm.api.resources import Readable
from abm.api.rows import Row
from accounts.enums import Function
from accounts.models import Account, Department


class DepartmentRow(Row):
    """A department."""

    account = Ref()
    parent = Ref(allow_null=True)

    class Meta:
        model = Department
        fields = ("id", "account", "parent", "name", "function", "valid_from", "valid_to")


class DepartmentFilters(django_filters.FilterSet):
    """Narrowing the list of departments."""

    account = ReferenceFilter(queryset=seen(Account))
    parent = ReferenceFilter(queryset=seen(Department))
    function = WordsFilter(words=Function)
    search = django_filters.CharFilter("name", lookup_expr="icontains")

    class Meta:
        model = Department
        fields: tuple[str, ...] = ()


class Departments(Readable):
    """Departments."""

    resource = "departments"
    serializer_class = DepartmentRow
    filterset_class = DepartmentFilters
    orderings = {"name": "name", "created_at": "id"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[Department]:
        return Department.objects.visible_to(self.user).select_related("account", "parent")
