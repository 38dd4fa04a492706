"""What an upsert did, as an answer."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from audit.effects import Effect, Told


class Named(serializers.Serializer[Any]):
    """A row as another system names it."""

    source: Any = serializers.SlugField(max_length=60)
    external_id = serializers.CharField(max_length=200)


def subject_of(told: Told[Any]) -> Any:
    """The row told of. Raises ValidationError, pointing at the field to blame, when it was refused."""
    refusals = [(told.blame, told.reason)] if told.effect is Effect.REFUSED else told.field_refusals
    if refusals:
        raise ValidationError({blame: [ErrorDetail(reason, "refused")] for blame, reason in refusals})
    return told.subject


def status_of(told: Told[Any]) -> int:
    """201 for what is new, else 200."""
    return 201 if told.effect is Effect.CREATED else 200
