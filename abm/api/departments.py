"""Departments: nodes of an account's tree, with what each does whatever it is called."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField, Ref
from abm.api.filters import ReferenceFilter, WordsFilter, seen
from abm.api.resources import Readable, require
from abm.api.rows import Row
from abm.api.word_rules import dictionary_of
from accounts import editing, rules
from accounts.enums import Function
from accounts.models import Account, Department


class DepartmentRow(Row):
    """A department."""

    account = Ref()
    parent: Any = Ref(allow_null=True)
    function_rule = serializers.SerializerMethodField(
        help_text='The word that gives the function; "" when somebody said it.'
    )
    function_taught = serializers.SerializerMethodField(help_text="The word rule that gives it; null: a built-in word.")

    class Meta:
        model = Department
        fields = (
            "id", "account", "parent", "name", "function", "function_rule", "function_taught", "valid_from", "valid_to",
        )  # fmt: skip

    def get_function_rule(self, department: Department) -> str:
        read = dictionary_of(self).behind_function(department)
        return read.rule if read else ""

    def get_function_taught(self, department: Department) -> UUID | None:
        dictionary = dictionary_of(self)
        rule = dictionary.rule_of(dictionary.behind_function(department))
        return rule.public_id if rule else None


class NewDepartment(serializers.Serializer[Any]):
    """A department to add; what it does is read from its name unless given."""

    account = IdField(lambda user: Account.objects.visible_to(user))
    parent: Any = IdField(lambda user: Department.objects.visible_to(user), default=None, allow_null=True)
    name = serializers.CharField(max_length=160)
    function = serializers.ChoiceField([str(function) for function in Function], default="")


class DepartmentFilters(django_filters.FilterSet):
    """Narrowing the list of departments."""

    account = ReferenceFilter(queryset=seen(Account))
    parent: Any = ReferenceFilter(queryset=seen(Department))
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

    @extend_schema(request=NewDepartment, responses={201: DepartmentRow})
    def create(self, request: Request) -> Response:
        """Adds a department to an account's tree."""
        require(rules.may_edit(self.user))
        told = self.given(NewDepartment)
        return self.shown(editing.add_department(told.pop("account"), **told, **self.act), 201)
