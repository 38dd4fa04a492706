"""Absences: who is away, and who answers meanwhile."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField, Ref
from abm.api.filters import UserFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Readable
from abm.api.rows import Row
from users import absences
from users.absences import AbsenceRefused
from users.models import Absence, User

translate(AbsenceRefused, lambda error: Problem("absence-refused", 409, str(error)))


class AbsenceRow(Row):
    """Whole days, the first and the last included."""

    user = Ref()
    deputy = Ref(allow_null=True)
    created_by = Ref()

    class Meta:
        model = Absence
        fields = ("id", "user", "first_on", "last_on", "deputy", "note", "created_by", "created_at")


class NewAbsence(serializers.Serializer[Any]):
    """An absence to arrange."""

    user = IdField(lambda user: User.objects.visible_to(user).active())
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    deputy = IdField(lambda user: User.objects.visible_to(user).active(), required=False, allow_null=True)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class AbsenceFilters(django_filters.FilterSet):
    """Narrowing the list of absences."""

    user = UserFilter()
    deputy = UserFilter()
    last_after = django_filters.DateFilter("last_on", lookup_expr="gte")
    first_before = django_filters.DateFilter("first_on", lookup_expr="lte")

    class Meta:
        model = Absence
        fields: tuple[str, ...] = ()


class Absences(Readable):
    """Absences that were not cancelled."""

    resource = "absences"
    serializer_class = AbsenceRow
    filterset_class = AbsenceFilters
    orderings = {"first_on": "first_on", "created_at": "id"}
    ordering = "-first_on"

    def get_queryset(self) -> QuerySet[Absence]:
        return Absence.objects.visible_to(self.user).kept().select_related("user", "deputy", "created_by")

    @extend_schema(request=NewAbsence, responses={201: AbsenceRow})
    def create(self, request: Request) -> Response:
        """Arranges an absence: for oneself, as the manager, or as an administrator."""
        asked = self.given(NewAbsence)
        return self.shown(absences.arrange(asked.pop("user"), **asked, **self.act), 201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Cancels an absence; one that runs ends yesterday, and that part stays as an absence of its own."""
        absences.cancel(self.get_object(), **self.act)
        return Response(status=204)
