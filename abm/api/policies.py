"""Clocks: what both sides have signed, and what is proposed."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.fields import CodeRef, IdField, Ref
from abm.api.filters import MomentFilter, ReferenceFilter, WordsFilter
from abm.api.problems import Problem, translate
from abm.api.resources import Guarded, Readable
from abm.api.rows import Moment, Row
from accounts.models import Source
from funnel import agreeing
from funnel.agreeing import AgreementRefused
from funnel.terms import CLOCKS, SCOPE, Policy, Proposal
from targets.enums import Tier
from users.enums import TeamKind
from users.models import Team

translate(AgreementRefused, lambda error: Problem("agreement-refused", 409, str(error)))

SIGNATURES = ("marketing_by", "marketing_at", "sales_by", "sales_at")


class TermsRow(Row):
    """Clocks for a tier, source and partner; empty or null: for all. Business hours; `give_up_days` business days."""

    source: Any = CodeRef(allow_null=True)
    partner = Ref(allow_null=True)
    marketing_by = Ref(allow_null=True)
    sales_by = Ref(allow_null=True)


class PolicyRow(TermsRow):
    """Clocks in force from a moment on, signed by both sides (the founding ones by nobody)."""

    class Meta:
        model = Policy
        fields = ("id", "version", *SCOPE, *CLOCKS, "active_from", *SIGNATURES)


class ProposalRow(TermsRow):
    """Clocks proposed, waiting for signatures."""

    created_by = Ref()

    class Meta:
        model = Proposal
        fields = ("id", *SCOPE, *CLOCKS, "active_from", "note", "created_by", "created_at", *SIGNATURES)


class Clocks(serializers.Serializer[Any]):
    """The clocks; what is left out stays as it is."""

    active_from = Moment(required=False, allow_null=True, default=None, help_text="None: once both have signed.")
    note = serializers.CharField(max_length=400, default="", allow_blank=True)

    def get_fields(self) -> Any:
        hours = {
            name: serializers.IntegerField(min_value=1, max_value=agreeing.MOST[name], required=False)
            for name in CLOCKS
        }
        return super().get_fields() | hours


class NewProposal(Clocks):
    """Clocks to propose, and for whom."""

    tier = serializers.ChoiceField([str(tier) for tier in Tier], required=False, allow_blank=True)
    source: Any = IdField(lambda user: Source.objects.all(), by="code", required=False, allow_null=True)
    partner = IdField(lambda user: Team.objects.filter(kind=TeamKind.PARTNER), required=False, allow_null=True)


class PolicyFilters(django_filters.FilterSet):
    """Narrowing the list of policies."""

    tier = WordsFilter(words=Tier)
    source: Any = ReferenceFilter(queryset=Source.objects.all(), to_field_name="code")
    partner = ReferenceFilter(queryset=Team.objects.filter(kind=TeamKind.PARTNER))
    active_before = MomentFilter("active_from", lookup_expr="lt")

    class Meta:
        model = Policy
        fields: tuple[str, ...] = ()


class Policies(Readable):
    """Clocks both sides have signed, in all versions."""

    resource = "policies"
    serializer_class = PolicyRow
    filterset_class = PolicyFilters
    orderings = {"active_from": "active_from", "created_at": "id"}
    ordering = "-active_from"

    def get_queryset(self) -> QuerySet[Policy]:
        return Policy.objects.visible_to(self.user).select_related("source", "partner", "marketing_by", "sales_by")


class Proposals(Guarded):
    """Clocks proposed."""

    resource = "policies"
    serializer_class = ProposalRow

    def get_queryset(self) -> QuerySet[Proposal]:
        beside = ("source", "partner", "created_by", "marketing_by", "sales_by")
        return Proposal.objects.visible_to(self.user).select_related(*beside)

    @extend_schema(request=NewProposal, responses={201: ProposalRow})
    def create(self, request: Request) -> Response:
        """Proposes clocks; a moment in the past is refused, none means once both sides have signed."""
        return self.shown(agreeing.propose(**self.given(NewProposal), **self.act), 201)

    @extend_schema(request=Clocks, responses=ProposalRow)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        """Changes a proposal nobody has signed."""
        return self.changed(lambda proposal: agreeing.change(proposal, **self.given(Clocks), **self.act))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Withdraws a proposal nobody has signed."""
        agreeing.withdraw(self.get_object(), **self.act)
        return Response(status=204)

    @extend_schema(request=None, responses={200: ProposalRow, 201: PolicyRow})
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, **kwargs: str) -> Response:
        """Signs for the asker's side: 200 with the frozen proposal, or 201 with the policy both have now signed."""
        proposal = self.get_object()
        policy = agreeing.sign(proposal, **self.act)
        return Response(PolicyRow(policy).data, 201) if policy else self.shown(proposal)

    @extend_schema(request=None, responses=ProposalRow)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, **kwargs: str) -> Response:
        """Takes the one signature off, so that the proposal can be changed."""
        return self.shown(agreeing.send_back(self.get_object(), **self.act))
