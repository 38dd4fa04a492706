"""Many rows into one table by COPY: what `bulk_create` and `bulk_update` do, at a tenth of their cost."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from io import StringIO
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import NOT_PROVIDED
from django.db.models.base import ModelState
from django.utils import timezone

Model = TypeVar("Model", bound=models.Model)

FEW = 20
"""So few rows are not worth a COPY."""
_TO_ESCAPE = frozenset("\\\t\n\r")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def draft(model: type[Model], **columns: Any) -> Model:
    """A row to be inserted, as `model(**columns)` makes it; where ids name other rows, at a twentieth of its cost."""
    defaults = _defaults(model)
    if not columns.keys() <= defaults.keys():
        return model(**columns)
    row = model.__new__(model)
    row.__dict__ = {"_state": ModelState(), **defaults, **columns}
    return row


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """What columns hold unless told."""
    return {field.attname: field.get_default() for field in model._meta.concrete_fields}


def insert(rows: Sequence[models.Model]) -> None:
    """Stores new rows of one table and gives them keys; what the database makes up is read when it is asked for."""
    if len(rows) < FEW:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)
        return
    _copy(type(rows[0])._meta.db_table, _prepared(rows), rows)


def insert_new(rows: Sequence[models.Model]) -> list[models.Model]:
    """As `insert`, but rows a unique constraint forbids are left out (and keep no key); returns those stored."""
    if not rows:
        return []
    table = type(rows[0])._meta.db_table
    columns = _prepared(rows)
    listed = ", ".join(str(column.column) for column in columns)
    with _staged(table, columns, rows) as cursor:
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM copying_{table}"  # noqa: S608 - our tables
                       " ON CONFLICT DO NOTHING RETURNING id")  # fmt: skip
        stored = {pk for (pk,) in cursor.fetchall()}
    for row in rows:
        if row.pk not in stored:
            row.pk = None
    return [row for row in rows if row.pk is not None]


def tell_planner(tables: Sequence[type[models.Model]]) -> None:
    """Lets the database look at tables that have grown in this transaction; else it plans by what they were before."""
    names = ", ".join(model._meta.db_table for model in tables)
    if names:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


def update(rows: Collection[models.Model], names: Collection[str]) -> None:
    """Stores these columns of known rows of one table, and when they were changed."""
    if not rows:
        return
    model = type(next(iter(rows)))
    moments = [field for field in model._meta.concrete_fields if getattr(field, "auto_now", False)]
    told = [field for field in model._meta.concrete_fields if {field.name, field.attname} & {*names}]
    columns = [model._meta.pk, *told, *(field for field in moments if field not in told)]
    _set_moments(rows, moments)
    table = model._meta.db_table
    changes = ", ".join(f"{column.column} = told.{column.column}" for column in columns[1:])
    with _staged(table, columns, rows) as cursor:
        cursor.execute(f"ANALYZE copying_{table}")
        cursor.execute(f"UPDATE {table} SET {changes} FROM copying_{table} told"  # noqa: S608 - our own tables
                       f" WHERE {table}.id = told.id")  # fmt: skip


@contextmanager
def _staged(table: str, columns: Sequence["models.Field[Any, Any]"], rows: Collection[models.Model]) -> Iterator[Any]:
    """The rows' columns in a table of this transaction, `copying_…`."""
    listed = ", ".join(str(column.column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE copying_{table} ON COMMIT DROP AS SELECT {listed} FROM {table} LIMIT 0")  # noqa: S608
        _copy(f"copying_{table}", columns, rows)
        yield cursor
        cursor.execute(f"DROP TABLE copying_{table}")


def _prepared(rows: Sequence[models.Model]) -> list["models.Field[Any, Any]"]:
    """Gives the rows their keys and moments; returns the columns that are written."""
    fields = type(rows[0])._meta.concrete_fields
    made_up = [field.attname for field in fields if _is_made_up(field)]
    moments = [field for field in fields if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)]
    _set_moments(rows, moments)
    alias = connection.alias
    for row, key in zip(rows, _keys(type(rows[0]), len(rows)), strict=True):
        if row._state.fields_cache:
            row._prepare_related_fields_for_save(operation_name="copy")  # type: ignore[attr-defined]
        row._state.adding, row._state.db = False, alias
        row.__dict__["id"] = key
        for name in made_up:
            row.__dict__.pop(name, None)
    return [field for field in fields if not _is_made_up(field)]


def _is_made_up(field: "models.Field[Any, Any]") -> bool:
    return field.db_default is not NOT_PROVIDED


def _set_moments(rows: Collection[models.Model], moments: Sequence["models.Field[Any, Any]"]) -> None:
    now = timezone.now()
    for field in moments:
        for row in rows:
            row.__dict__[field.attname] = now


def _keys(model: type[models.Model], number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH keys AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS made)"
            " SELECT nextval(made) FROM keys, generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [key for (key,) in cursor.fetchall()]


def _copy(table: str, columns: Sequence["models.Field[Any, Any]"], rows: Collection[models.Model]) -> None:
    texts = [_texts([row.__dict__[column.attname] for row in rows]) for column in columns]
    text = StringIO("\n".join(map("\t".join, zip(*texts, strict=True))))
    listed = ", ".join(str(column.column) for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({listed}) FROM STDIN", text)


def _texts(values: list[Any]) -> list[str]:
    """A column's values; many columns hold the same in all rows, and few texts have anything to escape."""
    first = values[0]
    if all(value is first for value in values):
        return [_text(first)] * len(values)
    if set(map(type, values)) == {str} and _TO_ESCAPE.isdisjoint("".join(values)):
        return values
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return str(value).translate(_ESCAPES)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
