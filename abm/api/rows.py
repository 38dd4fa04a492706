"""How rows are read: serializers that only ever show, with opaque ids and UTC times."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class Moment(serializers.DateTimeField):
    """A moment, shown in UTC; one told without an offset from UTC is refused rather than guessed."""

    default_error_messages = {"no_offset": _("Please give the offset from UTC, as in 2026-04-01T09:00:00+09:00.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_offset")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("overflow", timezone="UTC")

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value.astimezone(UTC)) if value else None


class Row(serializers.ModelSerializer[Any]):
    """One row; `id` is its public id. Shows only: what comes in is read by other serializers and written by acts."""

    id = serializers.CharField(source="public_id", read_only=True)
    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Moment,
    }

    def get_fields(self) -> "dict[str, serializers.Field[Any, Any, Any, Any]]":
        fields = super().get_fields()
        for field in fields.values():
            field.read_only, field.required = True, False
        return fields
