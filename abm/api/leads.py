"""Leads: what waits where; what may be done with one and what is still missing; and one address per move."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api import moves
from abm.api.fields import CodeRef, IdField, Ref
from abm.api.filters import FlagFilter, MomentFilter, ReferenceFilter, UserFilter, WordsFilter, seen
from abm.api.resources import Readable, require
from abm.api.routing import DESK, RoutingProposal
from abm.api.rows import Moment, Row
from accounts.models import Account, Department, Offering, Person, Source
from funnel import facts, leads, returning, routing
from funnel.enums import Origin, Stage
from funnel.models import Deal, Lead, LeadMove, RejectReason
from targets.enums import Tier
from users.models import Team, User

MILESTONES = (
    "mql_at", "handed_over_at", "due_at", "question_at", "ignored_at", "accepted_at", "rejected_at",
    "first_touch_due_at", "first_touch_at", "ghost_at", "gave_up_at", "sql_at", "pipeline_at", "won_at", "lost_at",
    "recycled_at", "disqualified_at", "withdrawn_at", "created_at",
)  # fmt: skip


class DealRef(Row):
    """The SFA's record behind a lead."""

    source: Any = serializers.CharField(source="source.code")

    class Meta:
        model = Deal
        fields = ("id", "source", "external_id", "status")


class LeadRow(Row):
    """A lead."""

    account = Ref()
    department = Ref(allow_null=True)
    offering = Ref(allow_null=True)
    persons = Ref(many=True, help_text="Empty for roles that do not see persons.")
    source: Any = CodeRef(allow_null=True)
    assignee = Ref(allow_null=True, help_text="Of the open, or else the last, hand-over.")
    team = Ref(allow_null=True)
    first_assignee = Ref(allow_null=True)
    deal = DealRef(allow_null=True)
    reject_reason = serializers.CharField(source="reject_reason.code", allow_null=True)
    previous = serializers.CharField(source="previous.public_id", allow_null=True, help_text="The last trip.")
    duplicate_of = serializers.CharField(source="duplicate_of.public_id", allow_null=True)
    list_version = serializers.CharField(source="list_version.public_id", allow_null=True)

    class Meta:
        model = Lead
        fields = (
            "id", "account", "department", "offering", "persons", "origin", "source", "external_id", "previous",
            "duplicate_of",
            "stage", "list_version", "on_list", "tier", "wanted_rank", "existing", "score", "because", "assignee",
            "team", "first_assignee", "first_outcome", "deal", "reject_reason", "next_action", "next_action_on",
            "return_on", *MILESTONES,
        )  # fmt: skip


class MoveRow(serializers.ModelSerializer[LeadMove]):
    """What happened."""

    by = Ref()
    at = Moment()
    reason = serializers.CharField(source="reason.code", allow_null=True)
    note = serializers.SerializerMethodField(help_text="Empty for roles that do not see persons.")

    class Meta:
        model = LeadMove
        fields = ("seq", "move", "from_stage", "to_stage", "by", "at", "reason", "note", "imported")

    def get_note(self, move: LeadMove) -> str:
        return move.note if self.context["request"].user.sees_persons else ""


class Option(serializers.Serializer[Any]):
    """A move of this stage for the asker's role: what it needs, and what stops it now."""

    move = serializers.CharField()
    to_stage = serializers.CharField()
    needs = serializers.ListField(child=serializers.CharField(), help_text="What the body must bring.")
    stopped_by = serializers.CharField(help_text="Empty when nothing stops it.")
    why = serializers.CharField(help_text="The same in words.")


class LeadWithMoves(LeadRow):
    """A lead, what happened to it, and what may happen next."""

    moves = MoveRow(many=True)
    allowed_moves = serializers.SerializerMethodField()

    class Meta:
        model = Lead
        fields = (*LeadRow.Meta.fields, "moves", "allowed_moves")

    @extend_schema_field(Option(many=True))
    def get_allowed_moves(self, lead: Lead) -> list[dict[str, Any]]:
        found = facts.options_for(lead, by=self.context["request"].user, now=timezone.now())
        return [moves.described(*option) for option in found]


class LeadFilters(django_filters.FilterSet):
    """Narrowing the list of leads."""

    stage = WordsFilter(words=Stage)
    assignee = UserFilter()
    team = ReferenceFilter(queryset=Team.objects.all())
    account = ReferenceFilter(queryset=seen(Account))
    department = ReferenceFilter(queryset=seen(Department))
    offering = ReferenceFilter(queryset=Offering.objects.all())
    source: Any = ReferenceFilter(queryset=Source.objects.all(), to_field_name="code")
    reason = ReferenceFilter("reject_reason", queryset=RejectReason.objects.all(), to_field_name="code")
    origin = WordsFilter(words=Origin)
    tier = WordsFilter(words=Tier)
    on_list = FlagFilter()
    existing = FlagFilter()
    open = FlagFilter(method="_open", label="On its way.")
    due_before = MomentFilter("due_at", lookup_expr="lt")
    due_after = MomentFilter("due_at", lookup_expr="gte")
    handed_over_before = MomentFilter("handed_over_at", lookup_expr="lt")
    handed_over_after = MomentFilter("handed_over_at", lookup_expr="gte")
    created_after = MomentFilter("created_at", lookup_expr="gte")
    search = django_filters.CharFilter(method="_search", label="By the account's name.")

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def _open(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.open() if value else queryset.exclude(pk__in=Lead.objects.open().values("pk"))

    def _search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(account__in=Account.objects.search(value))


class NewLead(serializers.Serializer[Any]):
    """A lead to open in NURTURE."""

    account = IdField(lambda user: Account.objects.visible_to(user))
    department = IdField(lambda user: Department.objects.visible_to(user), default=None, allow_null=True)
    offering = IdField(lambda user: Offering.objects.active(), default=None, allow_null=True)
    source: Any = IdField(lambda user: Source.objects.all(), by="code", default=None, allow_null=True)
    external_id = serializers.CharField(default="", allow_blank=True, max_length=200)
    persons = serializers.ListField(child=IdField(lambda user: Person.objects.visible_to(user)), default=list)


class FoundLead(serializers.Serializer[Any]):
    """A lead sales or a partner found itself."""

    account = IdField(lambda user: Account.objects.visible_to(user))
    department = IdField(lambda user: Department.objects.visible_to(user), default=None, allow_null=True)
    offering = IdField(lambda user: Offering.objects.active(), default=None, allow_null=True)
    source: Any = IdField(lambda user: Source.objects.all(), by="code", default=None, allow_null=True)
    persons = serializers.ListField(child=IdField(lambda user: Person.objects.visible_to(user)), default=list)
    first_touch = serializers.DateTimeField(default=None, allow_null=True, help_text="When you met.")
    note = serializers.CharField(default="", allow_blank=True, max_length=2000)


class Leads(Readable):
    """Leads."""

    resource = "leads"
    serializer_class = LeadRow
    filterset_class = LeadFilters
    orderings = {
        "created_at": "id",
        "due_at": "due_at",
        "handed_over_at": "handed_over_at",
        "score": "score",
        "wanted_rank": "wanted_rank",
    }

    def get_queryset(self) -> QuerySet[Lead]:
        found = with_what_a_row_shows(Lead.objects.visible_to(self.user), self.user)
        if self.action == "list":
            return found
        return found.prefetch_related(Prefetch("moves", LeadMove.objects.select_related("by", "reason")))

    def get_serializer_class(self) -> type[LeadRow]:
        return LeadRow if self.action == "list" else LeadWithMoves

    @extend_schema(request=NewLead, responses={201: LeadWithMoves})
    def create(self, request: Request) -> Response:
        """Opens a lead in NURTURE. At most one may be open per known department and offering."""
        return self.shown(leads.create(**self.given(NewLead), **self.act), 201)

    @extend_schema(request=FoundLead, responses={201: LeadWithMoves})
    @action(detail=False, methods=["post"])
    def self_source(self, request: Request) -> Response:
        """Opens a lead at SAL that its finder keeps: outside the SAL rate."""
        return self.shown(leads.self_source(**self.given(FoundLead), **self.act), 201)

    @extend_schema(responses=RoutingProposal)
    @action(detail=True, methods=["get"])
    def routing(self, request: Request, **kwargs: str) -> Response:
        """Who should get this lead by the rules, why, and what stands against it; for marketing and sales managers."""
        require(self.user.role in DESK)
        listed = Lead.objects.select_related(*routing.LISTED).get(pk=self.get_object().pk)
        return Response(RoutingProposal(routing.propose([listed], now=timezone.now())[0]).data)

    @extend_schema(request=None, responses={201: LeadWithMoves})
    @action(detail=True, methods=["post"])
    def start_next_trip(self, request: Request, **kwargs: str) -> Response:
        """The next trip of a recycled lead whose condition has come true, in NURTURE."""
        return self.shown(returning.start(self.get_object(), **self.act), 201)

    def move(self, name: moves.MoveName) -> Response:
        """One move of the table; the lead afterwards, or 409 with what would be allowed and what is missing."""
        move = moves.ACTS[name]
        lead = self.get_object()
        move.act(lead, **move.told(self.given(move.reader)), **self.act)
        return self.shown(lead)


moves.give_addresses(Leads, LeadWithMoves)


def with_what_a_row_shows(found: Any, user: User) -> QuerySet[Lead]:
    """The leads with all that LeadRow shows, in two queries.

    Whoever sees persons at all sees whom a visible lead is about: also a partner, wherever the account is cared for.
    """
    persons = Prefetch("persons", Person.objects.all() if user.sees_persons else Person.objects.none())
    beside = ("first_assignee", "deal__source", "previous", "duplicate_of", "list_version")
    rows: QuerySet[Lead] = found.for_rows().select_related(*beside).prefetch_related(persons)
    return rows
