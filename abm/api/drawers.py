"""Drawer rounds: cards asked for until a day, each by a link of its own; the board of who has dropped what."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField, Ref
from abm.api.problems import Problem, translate
from abm.api.resources import Readable
from abm.api.rows import Moment, Row
from imports import drawer_board, drawer_links, rounds
from imports.drawer_board import Line
from imports.drawers import DrawerRound
from imports.rounds import RoundRefused
from users.models import User

translate(RoundRefused, lambda error: Problem("round-refused", 409, str(error)))


class DroppedRow(serializers.Serializer[Any]):
    """A file somebody dropped: the import it waits as."""

    import_job = serializers.UUIDField(source="job.public_id")
    file_name = serializers.CharField(source="job.file_name")
    state = serializers.CharField(source="job.state")
    rows = serializers.IntegerField()
    at = Moment()


class DrawerRow(serializers.Serializer[Any]):
    """One person asked, their link, and what came of it. `opened_at` is a hint: mail programs open links, too."""

    user = Ref(source="invitation.user")
    source: Any = serializers.CharField(source="invitation.source.code")
    link = serializers.SerializerMethodField()
    invited_at = Moment(source="invitation.invited_at")
    reminded_at: Any = Moment(source="invitation.reminded_at", allow_null=True)
    opened_at: Any = Moment(source="invitation.opened_at", allow_null=True)
    files = DroppedRow(many=True)
    rows = serializers.IntegerField()
    persons = serializers.IntegerField(help_text="New ones, of loaded files.")
    accounts = serializers.IntegerField(help_text="New ones, of loaded files.")
    wanted = serializers.IntegerField(help_text="New persons where a list in force aims.")

    @extend_schema_field(serializers.CharField())
    def get_link(self, line: Line) -> str:
        return drawer_links.address(line.invitation)


class RoundInList(Row):
    """A round in the list of them."""

    created_by = Ref()

    class Meta:
        model = DrawerRound
        fields: tuple[str, ...] = ("id", "name", "due_on", "created_by", "created_at", "closed_at")


class RoundRow(RoundInList):
    """A round with its board."""

    people = serializers.SerializerMethodField()

    class Meta(RoundInList.Meta):
        fields = (*RoundInList.Meta.fields, "people")

    @extend_schema_field(DrawerRow(many=True))
    def get_people(self, row: DrawerRound) -> Any:
        return DrawerRow(drawer_board.read(row), many=True).data


class Asked(serializers.Serializer[Any]):
    """Whom to ask."""

    people = serializers.ListField(
        child=IdField(lambda user: User.objects.visible_to(user).people()), allow_empty=False, max_length=500
    )


class NewRound(Asked):
    """A round to start."""

    name = serializers.CharField(max_length=100)
    due_on = serializers.DateField(help_text="The last day on which files are taken.")


class RoundChanges(serializers.Serializer[Any]):
    """Another name, another last day."""

    name = serializers.CharField(max_length=100)
    due_on = serializers.DateField()


class Renewed(serializers.Serializer[Any]):
    """Whose link."""

    user = IdField(lambda user: User.objects.visible_to(user))


class DrawerRounds(Readable):
    """Drawer rounds."""

    resource = "imports"
    serializer_class = RoundRow
    orderings = {"created_at": "id", "due_on": "due_on"}

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return RoundInList if self.action == "list" else RoundRow

    def get_queryset(self) -> QuerySet[DrawerRound]:
        return DrawerRound.objects.visible_to(self.user).select_related("created_by")

    @extend_schema(request=NewRound, responses={201: RoundRow})
    def create(self, request: Request) -> Response:
        """Starts a round; everybody asked is told, with a link of their own. Refused with 409."""
        return self.shown(rounds.start(**self.given(NewRound), **self.act), 201)

    @extend_schema(request=Asked, responses=RoundRow, operation_id="drawer_rounds_invite")
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, **kwargs: str) -> Response:
        """Asks more people."""
        found, told = self.get_object(), self.given(Asked)
        rounds.invite(found, told["people"], **self.act)
        return self.shown(found)

    @extend_schema(request=None, responses=RoundRow, operation_id="drawer_rounds_remind")
    @action(detail=True, methods=["post"])
    def remind(self, request: Request, **kwargs: str) -> Response:
        """Tells those whose files are missing, at most once a day each."""
        found = self.get_object()
        rounds.remind(found, **self.act)
        return self.shown(found)

    @extend_schema(request=RoundChanges, responses=RoundRow, operation_id="drawer_rounds_change")
    @action(detail=True, methods=["post"])
    def change(self, request: Request, **kwargs: str) -> Response:
        """Names it anew, sets another last day."""
        return self.shown(rounds.change(self.get_object(), **self.given(RoundChanges), **self.act))

    @extend_schema(request=None, responses=RoundRow, operation_id="drawer_rounds_close")
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: str) -> Response:
        """Takes no more files."""
        return self.shown(rounds.close(self.get_object(), **self.act))

    @extend_schema(request=Renewed, responses=RoundRow, operation_id="drawer_rounds_renew_link")
    @action(detail=True, methods=["post"])
    def renew_link(self, request: Request, **kwargs: str) -> Response:
        """A new link for one person; those before it end."""
        found, told = self.get_object(), self.given(Renewed)
        rounds.renew_link(get_object_or_404(found.invitations.all(), user=told["user"]), **self.act)
        return self.shown(found)
