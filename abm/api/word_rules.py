"""Word rules: what people taught of departments and titles; texts nobody knows."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import FlagFilter, WordsFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Readable, require
from abm.api.rows import Moment, Row
from accounts import teaching, unread, word_rules
from accounts.enums import Function, Naming, Rank
from accounts.models import WordRule
from accounts.querysets import REVIEWERS
from accounts.teaching import TeachingRefused
from accounts.word_rules import Dictionary

translate(TeachingRefused, lambda error: Problem("teaching-refused", 409, str(error)))

NAMINGS = [str(naming) for naming in Naming]
MOST = 100
MEANINGS = [*map(str, Function), *map(str, Rank)]


def dictionary_of(serializer: serializers.BaseSerializer[Any]) -> Dictionary:
    """The words in force, asked for once per answer."""
    context: Any = serializer.context
    if "dictionary" not in context:
        context["dictionary"] = word_rules.in_force()
    known: Dictionary = context["dictionary"]
    return known


class WordRuleRow(Row):
    """What somebody taught; `rows` read otherwise at once. Taken back, it has `ended_at`."""

    by = Ref()
    at = Moment()
    ended_by = Ref(allow_null=True)

    class Meta:
        model = WordRule
        fields = ("id", "naming", "text", "is_word", "meaning", "rows", "by", "at", "ended_by", "ended_at")


class Lesson(serializers.Serializer[Any]):
    """What to teach: departments so called do this (a Function), or titles have this rank (a Rank)."""

    naming = serializers.ChoiceField(NAMINGS)
    text = serializers.CharField(max_length=160)
    meaning = serializers.ChoiceField(MEANINGS)
    is_word = serializers.BooleanField(
        default=False, help_text="Wherever the word stands in a text; else only as the whole text."
    )


class RereadingRow(serializers.Serializer[Any]):
    """A text that would mean something else, in so many rows."""

    text = serializers.CharField()
    was = serializers.CharField()
    becomes = serializers.CharField()
    rows = serializers.IntegerField()


class TeachingPreview(serializers.Serializer[Any]):
    """What teaching would change now; `kept` rows stay as somebody said them."""

    rows = serializers.IntegerField()
    kept = serializers.IntegerField()
    changes = RereadingRow(many=True)


class UnreadText(serializers.Serializer[Any]):
    """A text nobody knows the meaning of, in so many rows."""

    text = serializers.CharField()
    rows = serializers.IntegerField()


class UnreadTexts(serializers.Serializer[Any]):
    """The most frequent of them, how many there are, in how many rows."""

    texts = serializers.IntegerField()
    rows = serializers.IntegerField()
    most_frequent = UnreadText(many=True, source="most")


class Which(serializers.Serializer[Any]):
    """Departments or titles."""

    naming = serializers.ChoiceField(NAMINGS)


class WordRuleFilters(django_filters.FilterSet):
    """Narrowing the rules."""

    naming = WordsFilter(words=Naming)
    in_force = FlagFilter("ended_at", lookup_expr="isnull")

    class Meta:
        model = WordRule
        fields: tuple[str, ...] = ()


class WordRules(Readable):
    """Word rules."""

    resource = "word-rules"
    serializer_class = WordRuleRow
    filterset_class = WordRuleFilters

    def get_queryset(self) -> QuerySet[WordRule]:
        return WordRule.objects.visible_to(self.user).select_related("by", "ended_by")

    @extend_schema(request=Lesson, responses={201: WordRuleRow})
    def create(self, request: Request) -> Response:
        """Teaches a text: rows that stand read so at once, others from now on. Refused with 409."""
        require(self.user.role in REVIEWERS)
        return self.shown(teaching.teach(**self.given(Lesson), **self.act), 201)

    @extend_schema(request=Lesson, responses=TeachingPreview, operation_id="word_rules_preview")
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """What teaching this would change; changes nothing."""
        require(self.user.role in REVIEWERS)
        seen = teaching.preview(**self.given(Lesson), by=self.user)
        return Response(TeachingPreview(seen).data)

    @extend_schema(request=None, responses=WordRuleRow, operation_id="word_rules_take_back")
    @action(detail=True, methods=["post"], url_path="take_back")
    def take_back(self, request: Request, **kwargs: str) -> Response:
        """Texts are read as before it was taught. Refused with 409."""
        require(self.user.role in REVIEWERS)
        rule = self.get_object()
        teaching.take_back(rule, **self.act)
        return self.shown(rule)

    @extend_schema(
        parameters=[OpenApiParameter("naming", enum=NAMINGS, required=True)], responses=UnreadTexts, filters=False,
        operation_id="word_rules_unread",
    )  # fmt: skip
    @action(detail=False, pagination_class=None)
    def unread(self, request: Request) -> Response:
        """Texts nobody knows the meaning of, the most frequent first."""
        require(self.user.role in REVIEWERS)
        asked = Which(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(UnreadTexts(unread.texts(asked.validated_data["naming"], most=MOST)).data)
