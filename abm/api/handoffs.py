"""Handoffs: each delivery of a lead to one decider, with its clock. They come from moves, so they are only read."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from abm.api.fields import Ref
from abm.api.filters import FlagFilter, MomentFilter, ReferenceFilter, UserFilter, WordsFilter, seen
from abm.api.resources import Readable
from abm.api.rows import Row
from funnel.enums import Outcome
from funnel.models import Handoff, Lead
from users.models import Team


class HandoffRow(Row):
    """A handoff."""

    lead = serializers.CharField(source="lead.public_id")
    account = Ref()
    assignee = Ref()
    team = Ref(allow_null=True)
    sent_by = Ref()
    decided_by = Ref(allow_null=True)

    class Meta:
        model = Handoff
        fields = (
            "id", "lead", "account", "number", "assignee", "team", "sent_by", "sent_at", "due_at", "outcome",
            "decided_by", "decided_at", "answer_hours",
        )  # fmt: skip


class HandoffFilters(django_filters.FilterSet):
    """Narrowing the list of handoffs."""

    lead = ReferenceFilter(queryset=seen(Lead))
    assignee = UserFilter()
    team = ReferenceFilter(queryset=Team.objects.all())
    outcome = WordsFilter(words=Outcome)
    waiting = FlagFilter(method="_waiting", label="Not answered.")
    due_before = MomentFilter("due_at", lookup_expr="lt")
    sent_after = MomentFilter("sent_at", lookup_expr="gte")

    class Meta:
        model = Handoff
        fields: tuple[str, ...] = ()

    def _waiting(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.awaiting_answer() if value else queryset.exclude(outcome="")


class Handoffs(Readable):
    """Handoffs."""

    resource = "handoffs"
    serializer_class = HandoffRow
    filterset_class = HandoffFilters
    orderings = {"due_at": "due_at", "sent_at": "sent_at", "created_at": "id"}
    ordering = "due_at"

    def get_queryset(self) -> QuerySet[Handoff]:
        beside = ("lead", "account", "assignee", "team", "sent_by", "decided_by")
        return Handoff.objects.visible_to(self.user).select_related(*beside)
