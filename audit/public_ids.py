"""Public ids: UUIDv7 made by the database, beside integer keys (docs/decisions)."""

from django.db import models
from django.db.models import Func


class UUID7(Func):
    """The database's `abm_uuid7()`, so that COPY and set-based inserts get ids as well as the ORM."""

    function = "abm_uuid7"
    template = "%(function)s()"
    output_field = models.UUIDField()


def public_id_field() -> models.UUIDField:
    """A unique, time-ordered id fit for URLs and the API; integer keys never leave the house."""
    return models.UUIDField(db_default=UUID7(), unique=True, editable=False)
