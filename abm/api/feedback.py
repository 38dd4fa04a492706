"""Feedback: what is asked about accepted leads after 30, 60 and 90 days, and what was told."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import Ref
from abm.api.filters import FlagFilter, MomentFilter, ReferenceFilter, UserFilter, WordsFilter, seen
from abm.api.problems import Problem, translate
from abm.api.resources import Readable
from abm.api.rows import Row
from funnel import feedback
from funnel.enums import FEEDBACK_STEPS, QUALITIES, Progress
from funnel.feedback import FeedbackRefused
from funnel.models import Feedback, Lead
from users.models import Team


class FeedbackRow(Row):
    """Feedback asked for; told once `answered_at` is there."""

    lead = serializers.CharField(source="lead.public_id")
    account = Ref()
    user = Ref(help_text="Of whom it is asked.")
    team = Ref(allow_null=True)
    note = serializers.SerializerMethodField(help_text="Empty for roles that do not see persons.")

    class Meta:
        model = Feedback
        fields = (
            "id", "lead", "account", "user", "team", "step", "asked_at", "closes_at", "answered_at", "progress",
            "quality", "note",
        )  # fmt: skip

    def get_note(self, row: Feedback) -> str:
        return row.note if self.context["request"].user.sees_persons else ""


class FeedbackFilters(django_filters.FilterSet):
    """Narrowing the list of feedback."""

    lead = ReferenceFilter(queryset=seen(Lead))
    user = UserFilter()
    team = ReferenceFilter(queryset=Team.objects.all())
    step = django_filters.ChoiceFilter(choices=[(step, str(step)) for step in FEEDBACK_STEPS])
    progress = WordsFilter(words=Progress)
    waiting = FlagFilter(method="_waiting", label="Not told, and still to be told.")
    answered = FlagFilter(method="_answered", label="Told.")
    asked_after = MomentFilter("asked_at", lookup_expr="gte")
    asked_before = MomentFilter("asked_at", lookup_expr="lt")

    class Meta:
        model = Feedback
        fields: tuple[str, ...] = ()

    def _waiting(self, queryset: Any, name: str, value: bool) -> Any:
        waiting = queryset.to_answer(timezone.now())
        return waiting if value else queryset.exclude(pk__in=waiting.values("pk"))

    def _answered(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.answered() if value else queryset.filter(answered_at=None)


class GivenFeedback(serializers.Serializer[Any]):
    """Two choices and a line."""

    progress = serializers.ChoiceField(sorted(Progress))
    quality = serializers.ChoiceField(QUALITIES, help_text="How good the lead was; 5 is best.")
    note = serializers.CharField(default="", allow_blank=True, max_length=300)


class FeedbackAsked(Readable):
    """Feedback."""

    resource = "feedback"
    serializer_class = FeedbackRow
    filterset_class = FeedbackFilters
    orderings = {"asked_at": "asked_at", "closes_at": "closes_at", "created_at": "id"}
    ordering = "-asked_at"

    def get_queryset(self) -> QuerySet[Feedback]:
        return Feedback.objects.visible_to(self.user).select_related("lead", "account", "user", "team")

    @extend_schema(request=GivenFeedback, responses=FeedbackRow, operation_id="feedback_answer")
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, **kwargs: str) -> Response:
        """Tells it, by whom it is asked of; once, until `closes_at`. Refused with 409."""
        asked = self.get_object()
        feedback.answer(asked, **self.given(GivenFeedback), **self.act)
        return self.shown(asked)


def _refused(error: FeedbackRefused) -> Problem:
    return Problem("feedback-refused", 409, str(error))


translate(FeedbackRefused, _refused)
