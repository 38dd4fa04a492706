"""Reject reasons: why sales says no, and what marketing then does."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.resources import Address
from funnel.models import RejectReason


class ReasonRow(serializers.ModelSerializer[RejectReason]):
    """A reason."""

    class Meta:
        model = RejectReason
        fields = ("code", "label_en", "label_ja", "disposition")


class Reasons(Address):
    """Reasons in use."""

    resource = "reject-reasons"

    @extend_schema(responses=ReasonRow(many=True), operation_id="reject_reasons_list")
    def get(self, request: Request) -> Response:
        """All reasons in use; a company keeps a dozen or two of them."""
        return Response(ReasonRow(RejectReason.objects.filter(is_active=True), many=True).data)
