"""Where do we know this from? The origin of each field of an account or a person."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import provenance
from accounts.enums import Basis


class OriginRow(serializers.Serializer[Any]):
    """A field, and the latest telling that wrote it."""

    field = serializers.CharField()
    source: Any = serializers.CharField(source="telling.source.code", default=None, help_text="Null: by hand.")
    by = serializers.CharField(source="telling.by.name", help_text="Who brought it in or wrote it.")
    at = serializers.DateTimeField(source="telling.at")
    basis = serializers.ChoiceField([(b, b) for b in Basis], source="telling.basis", allow_blank=True)
    purpose = serializers.CharField(source="telling.purpose", help_text="Of use.")
    import_id = serializers.UUIDField(source="telling.origin", allow_null=True)


class Origins:
    """`GET …/origins/` beside a row whose origins are kept."""

    @extend_schema(responses=OriginRow(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def origins(self, request: Request, **kwargs: str) -> Response:
        """Where each field is known from: source, import, date, basis. Empty before origins were kept."""
        row = self.get_object()  # type: ignore[attr-defined]
        return Response(OriginRow(provenance.origins_of(row), many=True).data)
