"""Review: doubts about who is who, decided; merges, previewed, done and taken back."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import FlagFilter, WordsFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Readable, require
from abm.api.rows import Row
from accounts import comparing, doubts, merging
from accounts.doubts import DoubtRefused
from accounts.enums import DoubtKind, DoubtState, MergeKind
from accounts.merging import MergeRefused
from accounts.models import Account, Doubt, DoubtCandidate, Merge, Person
from accounts.querysets import REVIEWERS

translate(DoubtRefused, lambda error: Problem("doubt-refused", 409, str(error)))
translate(MergeRefused, lambda error: Problem("merge-refused", 409, str(error)))


class CellRow(serializers.Serializer[Any]):
    """What one says; `same` as the first, or null where there is nothing to compare."""

    said: Any = serializers.ListField(child=serializers.CharField())
    same = serializers.BooleanField(allow_null=True)


class EvidenceRow(serializers.Serializer[Any]):
    """One thing side by side: what was told first (where it was), then each candidate."""

    what = serializers.CharField()
    cells = CellRow(many=True)


class CandidateRow(serializers.ModelSerializer[DoubtCandidate]):
    """One of those that could be meant."""

    account = Ref(allow_null=True)
    person = Ref(allow_null=True)

    class Meta:
        model = DoubtCandidate
        fields = ("position", "account", "person")


class DoubtRow(Row):
    """A doubt with its evidence."""

    source: Any = serializers.CharField(source="source.code", default=None, allow_null=True)
    import_job = serializers.UUIDField(source="import_id", allow_null=True)
    account = Ref(allow_null=True, help_text="Where what was told went.")
    decided_by = Ref(allow_null=True)
    candidates = CandidateRow(many=True)
    evidence = serializers.SerializerMethodField()

    class Meta:
        model = Doubt
        fields = (
            "id", "kind", "rule", "score", "facts", "source", "import_job", "row", "raised_at", "state", "account",
            "decided_by", "decided_at", "candidates", "evidence",
        )  # fmt: skip

    @extend_schema_field(EvidenceRow(many=True))
    def get_evidence(self, row: Doubt) -> Any:
        return EvidenceRow(comparing.side_by_side(row), many=True).data


class DoubtFilters(django_filters.FilterSet):
    """Narrowing the queue."""

    kind = WordsFilter(words=DoubtKind)
    state = WordsFilter(words=DoubtState)
    import_job = django_filters.UUIDFilter("import_id")

    class Meta:
        model = Doubt
        fields: tuple[str, ...] = ()


class Deciding(serializers.Serializer[Any]):
    """What a person decides: `link` and `merge` name the candidate it is, or that stays."""

    decision = serializers.ChoiceField(["link", "new", "merge", "dismiss"])
    candidate = serializers.IntegerField(min_value=1, max_value=99, required=False)


class Doubts(Readable):
    """Doubts."""

    resource = "doubts"
    serializer_class = DoubtRow
    filterset_class = DoubtFilters
    orderings = {"created_at": "id", "score": "score"}
    ordering = "-created_at"

    def get_queryset(self) -> QuerySet[Doubt]:
        return comparing.with_evidence(Doubt.objects.visible_to(self.user))

    @extend_schema(request=Deciding, responses=DoubtRow, operation_id="doubts_decide")
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, **kwargs: str) -> Response:
        """Decides a doubt, once. Refused with 409."""
        doubt, told = self.get_object(), self.given(Deciding)
        if told["decision"] == "dismiss":
            doubts.dismiss(doubt, **self.act)
        elif told["decision"] == "new":
            doubts.register_new(doubt, **self.act)
        else:
            self._link_or_merge(doubt, told)
        return self.shown(doubt)

    def _link_or_merge(self, doubt: Doubt, told: dict[str, Any]) -> None:
        chosen = comparing.candidate(doubt, told.get("candidate", 0))
        meant = (chosen.account or chosen.person) if chosen else None
        if meant is None:
            raise ValidationError({"candidate": _("Please choose one of the candidates.")})
        if told["decision"] == "merge":
            doubts.merge_pair(doubt, meant, **self.act)
        elif isinstance(meant, Account):
            doubts.link(doubt, meant, **self.act)
        else:
            raise ValidationError({"decision": _("Persons are merged.")})


class MergeRow(Row):
    """A merge; `merged` is the id of the one that is part of the other now."""

    account = Ref(allow_null=True)
    person = Ref(allow_null=True)
    merged = serializers.UUIDField(source="gone_public_id")
    merged_name = serializers.CharField(source="gone_name")
    by = Ref()
    undone_by = Ref(allow_null=True)

    class Meta:
        model = Merge
        fields = ("id", "kind", "account", "person", "merged", "merged_name", "by", "at", "undone_by", "undone_at")


class MergeFilters(django_filters.FilterSet):
    """Narrowing the merges."""

    kind = WordsFilter(words=MergeKind)
    merged = django_filters.UUIDFilter("gone_public_id")
    undone = FlagFilter("undone_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Merge
        fields: tuple[str, ...] = ()


class Wanted(serializers.Serializer[Any]):
    """Which two: `gone` becomes part of `kept`."""

    kind = serializers.ChoiceField([str(kind) for kind in MergeKind])
    kept = serializers.UUIDField()
    gone = serializers.UUIDField()


class PreviewRow(serializers.Serializer[Any]):
    """What would happen: rows that move by kind, departments that become one; or the obstacle."""

    moved: Any = serializers.DictField(child=serializers.IntegerField())
    joined: Any = serializers.ListField(child=serializers.CharField())
    warnings: Any = serializers.ListField(child=serializers.CharField())
    obstacle = serializers.CharField(allow_blank=True)


class Merges(Readable):
    """Merges."""

    resource = "merges"
    serializer_class = MergeRow
    filterset_class = MergeFilters
    orderings = {"created_at": "id"}

    def get_queryset(self) -> QuerySet[Merge]:
        found = Merge.objects.visible_to(self.user).select_related("account", "person", "by", "undone_by")
        return found.defer("journal")

    @extend_schema(request=Wanted, responses={201: MergeRow})
    def create(self, request: Request) -> Response:
        """Merges two. Refused with 409 and the reason."""
        return self.shown(merging.merge(*self._two(), **self.act), 201)

    @extend_schema(request=Wanted, responses=PreviewRow, operation_id="merges_preview")
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What merging them would do; changes nothing."""
        return Response(PreviewRow(merging.preview(*self._two(), **self.act)).data)

    @extend_schema(request=None, responses=MergeRow, operation_id="merges_undo")
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, **kwargs: str) -> Response:
        """Takes a merge back; merges into one company in reverse order. Refused with 409."""
        return self.shown(merging.unmerge(self.get_object(), **self.act))

    def _two(self) -> Any:
        require(self.user.role in REVIEWERS)
        told = self.given(Wanted)
        model: Any = Account if told["kind"] == MergeKind.ACCOUNT else Person
        found = {row.public_id: row for row in model.objects.visible_to(self.user).filter(
            public_id__in=[told["kept"], told["gone"]])}  # fmt: skip
        if not {told["kept"], told["gone"]} <= found.keys():
            raise NotFound
        return found[told["kept"]], found[told["gone"]]
