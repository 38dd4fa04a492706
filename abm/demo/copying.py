"""Storing very many rows at once by PostgreSQL's COPY: several times as fast as `bulk_create`."""

import csv
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from django.db import connection, models

NULL = "\\N"
Read = Callable[[Any], Any]


def copy(rows: Sequence[Any], *, now: datetime) -> None:
    """Inserts unsaved rows of one model and gives them their keys, in order.

    Columns with a database default (public ids) are left to it; `now` fills the automatic times.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if field.db_default is models.NOT_PROVIDED]
    for row, key in zip(rows, _keys(meta.db_table, len(rows)), strict=True):
        row.pk = key
    reads = [_reader(field, now) for field in fields]
    text = StringIO()
    csv.writer(text).writerows([read(row) for read in reads] for row in rows)
    text.seek(0)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {quote(meta.db_table)} ({names}) FROM STDIN (FORMAT csv, NULL '{NULL}')", text)


def _keys(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [key for (key,) in cursor.fetchall()]


def _reader(field: "models.Field[Any, Any]", now: datetime) -> Read:
    """How a field's column is read from a row: NULL as such, JSON as text, a related row by its key."""
    name = field.attname
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return lambda row: now
    if isinstance(field, models.JSONField):
        return lambda row: json.dumps(getattr(row, name), ensure_ascii=False)
    if isinstance(field, models.ForeignKey):
        return lambda row: _key_of(row, field)
    return lambda row: NULL if (value := getattr(row, name)) is None else value


def _key_of(row: models.Model, field: "models.ForeignKey[Any, Any]") -> Any:
    """The related row may have been saved only after it was put here."""
    key = getattr(row, field.attname)
    if key is None and field.is_cached(row):
        related = field.get_cached_value(row)
        key = related.pk if related else None
    return NULL if key is None else key
