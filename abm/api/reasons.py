"""Reject reasons: why sales says no, and what marketing then does."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.problems import Problem, translate
from abm.api.resources import Address
from abm.api.rows import Row
from funnel import reasons
from funnel.enums import Disposition
from funnel.models import RejectReason
from funnel.reasons import ReasonRefused

translate(ReasonRefused, lambda error: Problem("reason-refused", 409, str(error)))

DISPOSITIONS = [str(one) for one in Disposition]


class ReasonRow(Row):
    """A reason."""

    id = None  # type: ignore[assignment]  # its code names it

    class Meta:
        model = RejectReason
        fields = ("code", "label_en", "label_ja", "disposition", "is_active", "position")


class NewReason(serializers.Serializer[Any]):
    """A reason to add; its code never changes."""

    code = serializers.CharField(max_length=24)
    label_en = serializers.CharField(max_length=80)
    label_ja = serializers.CharField(max_length=80)
    disposition = serializers.ChoiceField(DISPOSITIONS)


class ReasonChange(serializers.Serializer[Any]):
    """What changes; `position` is the place in the order, the first being 0."""

    label_en = serializers.CharField(max_length=80, required=False)
    label_ja = serializers.CharField(max_length=80, required=False)
    disposition = serializers.ChoiceField(DISPOSITIONS, required=False)
    is_active = serializers.BooleanField(required=False)
    position = serializers.IntegerField(min_value=0, max_value=10_000, required=False)


class Reasons(Address):
    """All reasons, in their order."""

    resource = "reject-reasons"

    @extend_schema(responses=ReasonRow(many=True), operation_id="reject_reasons_list")
    def get(self, request: Request) -> Response:
        """All reasons in their order; only those `is_active` can be chosen."""
        return Response(ReasonRow(RejectReason.objects.all(), many=True).data)

    @extend_schema(request=NewReason, responses={201: ReasonRow}, operation_id="reject_reasons_create")
    def post(self, request: Request) -> Response:
        """Adds a reason, in use at once."""
        reader = NewReason(data=request.data)
        reader.is_valid(raise_exception=True)
        return Response(ReasonRow(reasons.add(**reader.validated_data, **self.act)).data, 201)


class OneReason(Address):
    """One reason."""

    resource = "reject-reasons"

    @extend_schema(request=ReasonChange, responses=ReasonRow, operation_id="reject_reasons_partial_update")
    def patch(self, request: Request, code: str) -> Response:
        """Words a reason anew, moves it in the order, or takes it out of use."""
        reason = get_object_or_404(RejectReason, code=code)
        reader = ReasonChange(data=request.data)
        reader.is_valid(raise_exception=True)
        told = dict(reader.validated_data)
        with transaction.atomic():
            if (position := told.pop("position", None)) is not None:
                reasons.place(reason, position=position, **self.act)
            if told:
                reasons.change(reason, **told, **self.act)
        reason.refresh_from_db()
        return Response(ReasonRow(reason).data)
