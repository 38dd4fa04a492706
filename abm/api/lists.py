"""Target lists: their versions, what is on them, and the two signatures that bring a version into force."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import IdField, Ref
from abm.api.filters import ReferenceFilter, UserFilter, WordsFilter, seen
from abm.api.problems import Problem, translate
from abm.api.resources import Readable
from abm.api.rows import Moment, Row
from accounts.models import Account, Department, Offering
from targets import lists, pasting, waiting
from targets.enums import Horizon, Tier, VersionState, WaitingState
from targets.lists import ListRefused
from targets.models import Signature, TargetEntry, TargetList, TargetListVersion, WaitingLine
from targets.waiting import Question, questions
from users.models import User

translate(ListRefused, lambda error: Problem("list-refused", 409, str(error)))


class SignatureRow(serializers.ModelSerializer[Signature]):
    """One side's signature."""

    by = Ref()
    at = Moment()

    class Meta:
        model = Signature
        fields = ("side", "by", "at")


class VersionRow(Row):
    """One version of a list."""

    created_by = Ref()
    signatures = SignatureRow(many=True)

    class Meta:
        model = TargetListVersion
        fields = ("id", "number", "state", "created_by", "created_at", "activated_at", "superseded_at", "signatures")


class ListRow(Row):
    """A target list with its versions, the newest first."""

    created_by = Ref()
    versions = VersionRow(many=True)

    class Meta:
        model = TargetList
        fields = ("id", "name", "purpose", "created_by", "created_at", "versions")


class EntryRow(Row):
    """A named account on a version; for a spear also its department and offering."""

    account = Ref()
    department = Ref(allow_null=True)
    offering = Ref(allow_null=True)
    owner = Ref(allow_null=True)

    class Meta:
        model = TargetEntry
        fields = (
            "id", "account", "department", "offering", "theme", "tier", "horizon", "wanted_rank", "owner", "path",
            "visit_goal",
        )  # fmt: skip


class NewList(serializers.Serializer[Any]):
    """A list to start."""

    name = serializers.CharField(max_length=160)
    purpose = serializers.CharField(max_length=400, default="", allow_blank=True)


class NewEntry(serializers.Serializer[Any]):
    """An entry for a draft; the owner is the account's unless given."""

    account = IdField(lambda user: Account.objects.visible_to(user))
    department = IdField(lambda user: Department.objects.visible_to(user), required=False, allow_null=True)
    offering = IdField(lambda user: Offering.objects.active(), required=False, allow_null=True)
    tier = serializers.ChoiceField([str(tier) for tier in Tier], required=False)
    horizon = serializers.ChoiceField([str(horizon) for horizon in Horizon], required=False)
    wanted_rank = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    owner = IdField(lambda user: User.objects.visible_to(user).active(), required=False)
    theme = serializers.CharField(max_length=200, required=False, allow_blank=True)
    path = serializers.CharField(max_length=300, required=False, allow_blank=True)
    visit_goal = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ListFilters(django_filters.FilterSet):
    """Narrowing the list of lists."""

    search = django_filters.CharFilter("name", lookup_expr="icontains")
    state = WordsFilter("versions__state", words=VersionState, distinct=True)

    class Meta:
        model = TargetList
        fields: tuple[str, ...] = ()


class EntryFilters(django_filters.FilterSet):
    """Narrowing the entries of a version."""

    account = ReferenceFilter(queryset=seen(Account))
    tier = WordsFilter(words=Tier)
    horizon = WordsFilter(words=Horizon)
    owner = UserFilter()

    class Meta:
        model = TargetEntry
        fields: tuple[str, ...] = ()


class PastedNames(serializers.Serializer[Any]):
    """Companies, one per line; a department stands behind its company after a tab, ▸ or >."""

    names = serializers.CharField(max_length=500_000)
    tier = serializers.ChoiceField([str(tier) for tier in Tier], default=Tier.ONE_TO_MANY)


class NearDepartment(serializers.Serializer[Any]):
    """A department a line could mean, written with those above it."""

    id = serializers.CharField()
    name = serializers.CharField()


class WaitingLineRow(serializers.Serializer[Any]):
    """A pasted line to be decided: which company (`doubt` tells of the evidence), or which department of it."""

    id = serializers.CharField(source="line.public_id")
    text = serializers.CharField(source="line.text")
    tier = serializers.CharField(source="line.tier")
    state = serializers.ChoiceField([str(state) for state in WaitingState], source="line.state")
    doubt: Any = serializers.CharField(source="line.doubt.public_id", default=None, allow_null=True)
    rule: Any = serializers.CharField(source="line.doubt.rule", default=None, allow_null=True)
    score: Any = serializers.FloatField(source="line.doubt.score", default=None, allow_null=True)
    account = Ref(source="line.company", allow_null=True, help_text="The company, once it is known.")
    department = serializers.CharField(source="line.department", help_text="What was written behind the company.")
    accounts: Any = Ref(many=True, help_text="Companies it could mean, the likeliest first.")
    departments = serializers.SerializerMethodField()

    @extend_schema_field(NearDepartment(many=True))
    def get_departments(self, question: Question) -> Any:
        return [{"id": str(row.public_id), "name": written} for row, written in question.departments]


class Decision(serializers.Serializer[Any]):
    """What a waiting line means: `account` or `department` with `take`; `make` adds the department it names."""

    decision = serializers.ChoiceField(["take", "make", "none"])
    account: Any = IdField(lambda user: Account.objects.visible_to(user), default=None, allow_null=True)
    department: Any = IdField(lambda user: Department.objects.visible_to(user), default=None, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["decision"] == "take" and (attrs["account"] is None) == (attrs["department"] is None):
            raise serializers.ValidationError({"account": _("Please choose one of the candidates.")})
        return attrs


class TakenNames(serializers.Serializer[Any]):
    """What came of pasted lines: entries added, lines nobody is called like, lines to be decided."""

    added = serializers.IntegerField()
    unknown: Any = serializers.ListField(child=serializers.CharField())
    waiting = WaitingLineRow(many=True)


class Lists(Readable):
    """Target lists."""

    resource = "lists"
    serializer_class = ListRow
    filterset_class = ListFilters
    orderings = {"name": "name", "created_at": "id"}
    ordering = "name"

    def get_queryset(self) -> QuerySet[TargetList]:
        versions = ("versions__created_by", "versions__signatures__by")
        return TargetList.objects.visible_to(self.user).select_related("created_by").prefetch_related(*versions)

    @extend_schema(request=NewList, responses={201: ListRow})
    def create(self, request: Request) -> Response:
        """Starts a list with an empty first draft."""
        return self.shown(lists.create(**self.given(NewList), **self.act), 201)

    @extend_schema(request=None, responses={201: ListRow})
    @action(detail=True, methods=["post"], url_path="versions")
    def renew(self, request: Request, **kwargs: str) -> Response:
        """Copies the version in force into the next draft."""
        target_list = self.get_object()
        lists.start_next(target_list, **self.act)
        return self.shown(target_list, 201)

    @extend_schema(request=None, responses=ListRow)
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/sign")
    def sign(self, request: Request, number: str, **kwargs: str) -> Response:
        """Signs for the asker's side. The first signature freezes the version; with both it comes into force."""
        target_list = self.get_object()
        lists.sign(get_object_or_404(target_list.versions, number=number), **self.act)
        return self.shown(target_list)


class Entries(Readable):
    """What is on one version of a list."""

    resource = "lists"
    serializer_class = EntryRow
    filterset_class = EntryFilters
    orderings = {"wanted_rank": "wanted_rank", "created_at": "id"}
    ordering = "wanted_rank"

    def get_queryset(self) -> QuerySet[TargetEntry]:
        if getattr(self, "swagger_fake_view", False):
            return TargetEntry.objects.none()
        beside = ("account", "department", "offering", "owner")
        return TargetEntry.objects.visible_to(self.user).filter(version=self._version()).select_related(*beside)

    @property
    def beside(self) -> dict[str, str]:
        return {name: self.kwargs[name] for name in ("list", "number")}

    def _version(self) -> TargetListVersion:
        versions = TargetListVersion.objects.filter(list__in=TargetList.objects.visible_to(self.user))
        return get_object_or_404(versions, list__public_id=self.kwargs["list"], number=self.kwargs["number"])

    @extend_schema(request=NewEntry, responses={201: EntryRow})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Puts a named account (for a spear: its department and offering) on a draft."""
        return self.shown(lists.add(self._version(), **self.given(NewEntry), **self.act), 201)

    @extend_schema(request=PastedNames, responses=TakenNames, operation_id="entries_paste")
    @action(detail=False, methods=["post"])
    def paste(self, request: Request, **kwargs: str) -> Response:
        """Puts the companies and spears of a pasted list on a draft; what is not beyond doubt waits to be decided."""
        told = self.given(PastedNames)
        taken = pasting.paste(self._version(), told["names"], tier=told["tier"], **self.act)
        said = {"added": len(taken.added), "unknown": taken.unknown, "waiting": questions(taken.waiting)}
        return Response(TakenNames(said).data)

    @extend_schema(request=None, responses=EntryRow(many=True), operation_id="entries_take_in", filters=False)
    @action(detail=False, methods=["post"], url_path="take_in", pagination_class=None)
    def take_in(self, request: Request, **kwargs: str) -> Response:
        """Puts on a draft what the review has decided of its waiting lines; answers the new entries."""
        added = waiting.take_in(self._version(), **self.act)
        return Response(EntryRow(self.get_queryset().filter(pk__in=[entry.pk for entry in added]), many=True).data)

    @extend_schema(responses=WaitingLineRow(many=True), operation_id="entries_waiting", filters=False)
    @action(detail=False, pagination_class=None)
    def waiting(self, request: Request, **kwargs: str) -> Response:
        """The pasted lines to be decided, or decided in the review and not taken in yet."""
        return Response(WaitingLineRow(questions(list(self._version().waiting.with_proposals())), many=True).data)

    @extend_schema(request=Decision, responses=EntryRow(many=True), operation_id="entries_decide", filters=False)
    @action(detail=False, methods=["post"], url_path=r"waiting/(?P<line>[0-9a-f-]{36})/decide", pagination_class=None)
    def decide(self, request: Request, line: str, **kwargs: str) -> Response:
        """Says what a waiting line means; answers the new entries (none while its department is still a question)."""
        found, told = get_object_or_404(self._version().waiting, public_id=line), self.given(Decision)
        added = self._decided(found, told) or []
        return Response(EntryRow(self.get_queryset().filter(pk__in=[entry.pk for entry in added]), many=True).data)

    def _decided(self, line: WaitingLine, told: dict[str, Any]) -> list[TargetEntry] | None:
        if told["decision"] == "none":
            return waiting.leave_out(line, **self.act)
        if told["decision"] == "make":
            return waiting.make(line, **self.act)
        if told["account"]:
            return waiting.it_is(line, told["account"], **self.act)
        return waiting.aim(line, told["department"], **self.act)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Takes an entry off a draft."""
        lists.remove(self.get_object(), **self.act)
        return Response(status=204)
