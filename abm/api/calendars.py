"""Business calendars, and which team works by which."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField
from abm.api.problems import Problem, translate
from abm.api.resources import Address, Readable
from abm.api.rows import Moment, Row
from funnel import policies
from users import arranging
from users.arranging import CalendarRefused
from users.models import BusinessCalendar, Team
from users.roles import Role

translate(CalendarRefused, lambda error: Problem("calendar-refused", 409, str(error)))


class CalendarRow(Row):
    """When a team works: weekdays (Monday is 0), spans of hours, a country's public holidays, days off and on."""

    id = serializers.CharField(source="pk")
    weekdays = serializers.ListField(child=serializers.IntegerField())
    hours = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    closed_days = serializers.ListField(child=serializers.CharField())
    open_days = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = BusinessCalendar
        fields = ("id", *arranging.PARTS)


def _words(length: int, **more: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=length), max_length=400, required=False, **more)


class CalendarChange(serializers.Serializer[Any]):
    """What is told of a calendar."""

    name = serializers.CharField(max_length=80, required=False)
    time_zone = serializers.CharField(max_length=40, required=False)
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), max_length=7, required=False, help_text="Monday is 0."
    )
    hours = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(max_length=5), min_length=2, max_length=2),
        max_length=12,
        required=False,
        help_text='[["09:00", "12:00"], ["13:00", "18:00"]]',
    )
    holidays_country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    closed_days = _words(10, help_text="2026-12-29, or 12-29 for every year.")
    open_days = _words(10)


class Due(serializers.Serializer[Any]):
    """A preview."""

    due_at = Moment(help_text="When an answer to a lead handed over now would be due.")


class Calendars(Readable):
    """Business calendars."""

    resource = "calendars"
    serializer_class = CalendarRow
    orderings = {"name": "name", "created_at": "id"}
    ordering = "name"
    lookup_field = "pk"
    lookup_value_regex = r"\d{1,9}"

    def get_queryset(self) -> QuerySet[BusinessCalendar]:
        return BusinessCalendar.objects.all()

    def get_object(self) -> Any:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["id"])

    def address_of(self, row: Any) -> str:
        return str(self.reverse_action("detail", kwargs={"id": row.pk}))

    @extend_schema(request=CalendarChange, responses={201: CalendarRow})
    def create(self, request: Request) -> Response:
        """Draws up a calendar; what is not told is the usual."""
        return self.shown(arranging.create(**self.given(CalendarChange), **self.act), 201)

    @extend_schema(request=CalendarChange, responses=CalendarRow)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Changes a calendar for what is handed over from now on; dues that are set stay."""
        return self.shown(arranging.change(self.get_object(), **self.given(CalendarChange), **self.act))

    @extend_schema(request=CalendarChange, responses=Due)
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, **kwargs: str) -> Response:
        """When an answer would be due with these changes; nothing is kept."""
        now = timezone.now()
        drawn = arranging.drawn(self.get_object(), self.given(CalendarChange), today=now.date())
        return Response(Due({"due_at": policies.due_by(drawn, now)}).data)


class TeamCalendar(serializers.Serializer[Any]):
    """Which calendar a team works by; null: the usual one."""

    calendar = IdField(lambda user: BusinessCalendar.objects.all(), by="pk", allow_null=True)


class TeamCalendarRow(Row):
    """A team and its calendar."""

    calendar = serializers.CharField(source="calendar_id", allow_null=True)

    class Meta:
        model = Team
        fields = ("id", "name", "calendar")


class TeamsCalendar(Address):
    """Which calendar one team works by."""

    resource = "calendars"

    @extend_schema(request=TeamCalendar, responses=TeamCalendarRow, operation_id="teams_calendar_update")
    def put(self, request: Request, team: str) -> Response:
        """Lets a team work by a calendar from now on."""
        visible = (
            Team.objects.filter(pk=self.user.team_id or 0) if self.user.role == Role.PARTNER else Team.objects.all()
        )
        found = get_object_or_404(visible, public_id=team)
        reader = TeamCalendar(data=request.data, context={"request": request})
        reader.is_valid(raise_exception=True)
        return Response(TeamCalendarRow(arranging.use(found, **reader.validated_data, **self.act)).data)
