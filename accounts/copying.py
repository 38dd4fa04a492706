"""Many rows into one table by COPY: what `bulk_create` and `bulk_update` do, at a tenth of their cost.

A long load sends its rows `behind`: while the database takes them, the next are thought about.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from io import StringIO
from threading import Event
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import NOT_PROVIDED
from django.db.models.base import ModelState
from django.utils import timezone

Model = TypeVar("Model", bound=models.Model)

FEW = 20
"""So few rows are not worth a COPY."""
AHEAD = 4
"""For so many batches a long load draws keys at once."""
_TO_ESCAPE = frozenset("\\\t\n\r")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Behind:
    """Sends, one after another, what is told to be sent; whatever else is asked of the database waits for it."""

    def __init__(self, sender: ThreadPoolExecutor) -> None:
        self._sender, self.idle = sender, Event()
        self._sent: deque[Future[None]] = deque()
        self.keys: dict[type[models.Model], deque[int]] = {}

    def send(self, statement: str, text: str) -> None:
        """Sends the rows of a COPY as soon as those before them have arrived."""
        self._sent.append(self._sender.submit(_send, connection.connection, statement, text))

    def settle(self) -> None:
        """Waits until all has arrived; raises what the database had to say against it."""
        if not self._sent:
            return
        self.idle.set()
        try:
            while self._sent:
                with connection.wrap_database_errors:
                    self._sent.popleft().result()
        finally:
            self.idle.clear()

    def before_asking(self, ask: Callable[..., Any], *asked: Any) -> Any:
        """Stands around each statement."""
        self.settle()
        return ask(*asked)


_behind: ContextVar[_Behind | None] = ContextVar("behind", default=None)


@contextmanager
def behind() -> Iterator[Event]:
    """Within, rows are sent by a thread of its own. Only inside of one transaction, which a fault ends.

    Yields an event that is set while there is nothing to do but wait for them to arrive.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="copying") as sender:
        sending = _Behind(sender)
        token = _behind.set(sending)
        try:
            with connection.execute_wrapper(sending.before_asking):
                _check_references("IMMEDIATE")
                yield sending.idle
                _check_references("DEFERRED")
        finally:
            _behind.reset(token)


def _check_references(when: str) -> None:
    """As rows arrive, instead of all at the commit, when nobody has anything to do meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


def _send(raw: Any, statement: str, text: str) -> None:
    with raw.cursor() as cursor:
        cursor.copy_expert(statement, StringIO(text), size=len(text) + 1)


def draft(model: type[Model], **columns: Any) -> Model:
    """A row to be inserted, as `model(**columns)` makes it; where ids name other rows, at a twentieth of its cost."""
    defaults = _defaults(model)
    told = {**defaults, **columns}
    if len(told) > len(defaults):
        return model(**columns)
    row = model.__new__(model)
    row.__dict__ = {"_state": ModelState(), **told}
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
        state = row._state
        if "fields_cache" in state.__dict__:
            row._prepare_related_fields_for_save(operation_name="copy")  # type: ignore[attr-defined]
        state.adding, state.db = False, alias
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
    """So many fresh keys; a long load draws some more at once than it needs, not to wait for them each time."""
    if (sending := _behind.get()) is None:
        return _drawn(model, number)
    stock = sending.keys.setdefault(model, deque())
    if len(stock) < number:
        stock.extend(_drawn(model, AHEAD * number))
    return [stock.popleft() for _ in range(number)]


def _drawn(model: type[models.Model], number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH keys AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS made)"
            " SELECT nextval(made) FROM keys, generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [key for (key,) in cursor.fetchall()]


def _copy(table: str, columns: Sequence["models.Field[Any, Any]"], rows: Collection[models.Model]) -> None:
    told = {str(column.column): [row.__dict__[column.attname] for row in rows] for column in columns}
    append(table, told)


def append(table: str, columns: Mapping[str, list[Any]]) -> None:
    """Adds rows told column by column to a table; what is not told is the database's."""
    text = "\n".join(map("\t".join, zip(*map(_texts, columns.values()), strict=True)))
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    if sending := _behind.get():
        sending.send(statement, text)
    else:
        with connection.cursor() as cursor:
            cursor.copy_expert(statement, StringIO(text))


def _texts(values: list[Any]) -> list[str]:
    """A column's values; many columns hold the same in all rows, and few texts have anything to escape."""
    first = values[0]
    if all(value is first for value in values):
        return [_text(first)] * len(values)
    types = set(map(type, values))
    if types == {int}:
        return list(map(str, values))
    if types == {str} and _TO_ESCAPE.isdisjoint("".join(values)):
        return values
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return str(value).translate(_ESCAPES)
    if isinstance(value, list):
        return f"{{{','.join(map(str, value))}}}"
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
