"""Whom a leak concerns: counted to look at, and everybody as a file."""

from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField
from abm.api.resources import csv_file, require
from abm.api.rows import Moment
from accounts import rules
from accounts.exporting import LEAST_PURPOSE
from audit.models import READERS
from funnel import leak_report
from funnel.enums import DataKind, Way
from funnel.leak_report import Incident, Report
from users.models import Team, User


class Asked(serializers.Serializer[Any]):
    """A user or a team, and the time from `after` to `before`."""

    user = IdField(lambda user: User.objects.visible_to(user), required=False)
    team = IdField(lambda user: Team.objects.all(), required=False, help_text="All who are in it now.")
    after = Moment()
    before = Moment()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("user" in attrs) == ("team" in attrs):
            raise serializers.ValidationError(_("Please choose a user or a team."))
        if attrs["after"] > attrs["before"]:
            raise serializers.ValidationError({"before": _("The period ends before it begins.")})
        return attrs


class AskedFor(Asked):
    """And what the file is for; kept in the access log."""

    purpose = serializers.CharField(min_length=LEAST_PURPOSE, max_length=200)


def _numbers(words: Any) -> Any:
    return serializers.DictField(child=serializers.IntegerField(), help_text=", ".join(words))


class ReportRow(serializers.Serializer[Any]):
    """How many persons are concerned: by way, and by kind of data."""

    persons = serializers.IntegerField()
    ways: Any = _numbers(Way)
    data: Any = _numbers(DataKind)
    accesses = serializers.IntegerField(help_text="Rows of the access log.")
    unknown = serializers.IntegerField(help_text="Rows counted before the log kept whom they told of.")
    everybody = serializers.IntegerField(help_text="Persons our own people could open one by one: in no log.")


class LeakReporting:
    """`GET …/leak-report/`, `POST …/leak-report/`."""

    @extend_schema(parameters=[Asked], responses=ReportRow, operation_id="accesses_leak_report")
    @action(detail=False, methods=["get"], url_path="leak-report", pagination_class=None, filter_backends=[])
    def leak_report(self, request: Request) -> Response:
        """Whom a leak concerns, in numbers: all that a user or a team could see or took out in a time."""
        require(request.user.role in READERS)  # type: ignore[union-attr]
        asked = Asked(data=request.query_params, context=self.get_serializer_context())  # type: ignore[attr-defined]
        asked.is_valid(raise_exception=True)
        report = Report(_incident(asked.validated_data))
        return Response(ReportRow(_counted(report)).data)

    @extend_schema(
        request=AskedFor, responses={(200, "text/csv"): OpenApiTypes.BINARY}, operation_id="accesses_leak_report_export"
    )
    @leak_report.mapping.post
    def export_leak_report(self, request: Request) -> StreamingHttpResponse:
        """A CSV of everybody a leak concerns, with which data and how to reach them; noted in the access log."""
        require(rules.may_erase(request.user))
        told = self.given(AskedFor)  # type: ignore[attr-defined]
        purpose = told.pop("purpose")
        lines = leak_report.export(_incident(told), purpose=purpose, **self.act)  # type: ignore[attr-defined]
        return csv_file(lines, "leak-report")


def _incident(told: dict[str, Any]) -> Incident:
    return Incident(first=told["after"], last=told["before"], user=told.get("user"), team=told.get("team"))


def _counted(report: Report) -> dict[str, Any]:
    return {
        "persons": report.persons,
        "ways": {way: len(ids) for way, ids in report.by_way.items()},
        "data": report.data,
        "accesses": report.incident.accesses().count(),
        "unknown": report.unknown,
        "everybody": report.everybody,
    }
