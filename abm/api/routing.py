"""Routing: the rules, what they would do, what SYSTEM does by itself; and the piles of the hand-over desk."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import CodeRef, IdField, Ref
from abm.api.problems import Problem, translate
from abm.api.resources import Address, Readable, require
from abm.api.rows import Moment, Row
from accounts.models import Source
from funnel import piles, routing, steering
from funnel.enums import Target
from funnel.models import Automation, RoutingRule
from funnel.piles import Pile
from funnel.steering import SteeringRefused
from users.models import Team, User
from users.roles import MARKETING, Role

READERS = MARKETING | steering.STEERS | {Role.SYSTEM}
DESK = MARKETING | {Role.SALES_MANAGER, Role.SYSTEM}
translate(SteeringRefused, lambda error: Problem("steering-refused", 409, str(error)))


class RuleRow(Row):
    """A rule; an empty condition holds for all."""

    source: Any = CodeRef(allow_null=True)
    user = Ref(allow_null=True)
    team = Ref(allow_null=True)

    class Meta:
        model = RoutingRule
        fields = (
            "id", "position", "name", "is_active", "prefectures", "industries", "tiers", "categories", "existing",
            "partner_account", "source", "target", "user", "team",
        )  # fmt: skip


def _words() -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(max_length=120), max_length=100, required=False)


class RuleTold(serializers.Serializer[Any]):
    """A rule as told; what is left out stays, or holds for all."""

    name = serializers.CharField(max_length=80)
    is_active = serializers.BooleanField(required=False)
    prefectures = _words()
    industries = _words()
    categories = _words()
    tiers = _words()
    existing = serializers.BooleanField(allow_null=True, required=False)
    partner_account = serializers.BooleanField(allow_null=True, required=False)
    source: Any = IdField(lambda user: Source.objects.all(), by="code", allow_null=True, required=False)
    target = serializers.ChoiceField(list(Target))
    user = IdField(lambda user: User.objects.visible_to(user).deciders(), allow_null=True, required=False)
    team = IdField(lambda user: Team.objects.all(), allow_null=True, required=False)


class RuleChanged(RuleTold):
    """What changes of a rule."""

    name = serializers.CharField(max_length=80, required=False)
    target = serializers.ChoiceField(list(Target), required=False)


class Way(serializers.Serializer[Any]):
    """Which way a rule moves in the order."""

    up = serializers.BooleanField()


class RoutingProposal(serializers.Serializer[Any]):
    """Who should get a lead, why, and what stands against it."""

    lead = serializers.CharField(source="lead.public_id")
    assignee = Ref(allow_null=True)
    why = serializers.ListField(child=serializers.CharField())
    conflicts = serializers.ListField(child=serializers.CharField())


class Rules(Readable):
    """Routing rules, in the order in which they are asked."""

    resource = "routing-rules"
    serializer_class = RuleRow
    orderings = {"position": "position"}
    ordering = "position"

    def get_queryset(self) -> QuerySet[RoutingRule]:
        require(self.user.role in READERS)
        return RoutingRule.objects.select_related("source", "user", "team")

    @extend_schema(request=RuleTold, responses={201: RuleRow})
    def create(self, request: Request) -> Response:
        """A new rule, asked after all others."""
        require(self.user.role in READERS)
        return self.shown(steering.add(**self.given(RuleTold), **self.act), 201)

    @extend_schema(request=RuleChanged, responses=RuleRow)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Other conditions or another target."""
        rule = self.get_object()
        return self.shown(steering.change(rule, **self.given(RuleChanged), **self.act))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Takes a rule away."""
        steering.remove(self.get_object(), **self.act)
        return Response(status=204)

    @extend_schema(request=Way, responses=RuleRow)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, **kwargs: str) -> Response:
        """One place up or down."""
        rule = self.get_object()
        return self.shown(steering.move(rule, **self.given(Way), **self.act))


class DayAsked(serializers.Serializer[Any]):
    """The day asked for."""

    day = serializers.DateField(required=False)


class DryRun(Address):
    """What the rules would do."""

    resource = "routing-rules"

    @extend_schema(parameters=[DayAsked], responses=RoutingProposal(many=True), operation_id="routing_rules_dry_run")
    def get(self, request: Request) -> Response:
        """With the leads that waited for routing on a day (today where none is told), at most 200."""
        require(self.user.role in READERS)
        asked = DayAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        day = asked.validated_data.get("day") or timezone.localdate()
        return Response(RoutingProposal(routing.dry_run(day, now=timezone.now()), many=True).data)


class Switches(serializers.ModelSerializer[Automation]):
    """What SYSTEM does by itself."""

    class Meta:
        model = Automation
        fields = steering.SWITCHES


class SwitchesTold(serializers.Serializer[Any]):
    """What changes of it."""

    routes = serializers.BooleanField(required=False)
    requeues = serializers.BooleanField(required=False)
    recycles = serializers.BooleanField(required=False)
    reclaims_ghosts = serializers.BooleanField(required=False)
    ghost_hours = serializers.IntegerField(required=False, min_value=0, max_value=1000)


class Automations(Address):
    """What SYSTEM does by itself."""

    resource = "routing-rules"

    @extend_schema(responses=Switches)
    def get(self, request: Request) -> Response:
        """The switches."""
        require(self.user.role in READERS)
        return Response(Switches(Automation.current()).data)

    @extend_schema(request=SwitchesTold, responses=Switches)
    def patch(self, request: Request) -> Response:
        """Changes those named."""
        require(self.user.role in READERS)
        told = SwitchesTold(data=request.data)
        told.is_valid(raise_exception=True)
        return Response(Switches(steering.switch(**told.validated_data, **self.act)).data)


class WaitingRow(serializers.Serializer[Any]):
    """A lead on a pile with its clock."""

    lead = serializers.CharField(source="lead.public_id")
    account = Ref(source="lead.account")
    since = Moment()
    due_at = Moment(allow_null=True)
    is_late = serializers.BooleanField()


class Desk(Address):
    """The piles of the hand-over desk."""

    resource = "leads"

    @extend_schema(
        parameters=[OpenApiParameter("pile", str, OpenApiParameter.PATH, enum=[str(pile) for pile in Pile])],
        responses=WaitingRow(many=True),
        operation_id="desk_pile",
    )
    def get(self, request: Request, pile: str) -> Response:
        """One pile, least time left first, at most 1,000 leads."""
        require(self.user.role in DESK)
        if pile not in set(Pile):
            raise Problem("not-found", 404, "")
        now = timezone.now()
        rows = piles.waiting(Pile(pile), self.user, now=now)
        told = [
            {"lead": row.lead, "since": row.since, "due_at": row.due_at, "is_late": row.is_late(now)} for row in rows
        ]
        return Response(WaitingRow(told, many=True).data)
