"""Where do we know this from? What each telling (a file, a request, a correction by hand) made, changed or confirmed.

Acts note what they wrote, a statement per batch; outside of a `telling` nothing is noted. An import can be taken back
by its traces (imports.undoing); accounts and persons show them as the origin of their fields.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from accounts import copying
from accounts.models import Account, Confirmation, Person, Source, Telling, Trace, WordRule
from audit.effects import take_overwritten

KEPT = timedelta(days=90)
"""How long what stood before is kept, and an import can be taken back."""

SHOWN: Mapping[type[models.Model], tuple[str, ...]] = {
    Person: ("name", "name_kana", "email", "phone", "mobile", "opted_out_at"),
    Account: ("name", "name_kana", "name_en", "corporate_number", "parent_id", "industry", "employees", "revenue",
              "prefecture", "address", "phone"),
}  # fmt: skip
"""The fields whose origin is shown."""

_current: ContextVar[Telling | None] = ContextVar("telling", default=None)


@dataclass(frozen=True)
class Origin:
    """From which telling a field has its value."""

    field: str
    telling: Telling


@contextmanager
def telling(
    source: Source | None,
    *,
    by: Any,
    at: datetime,
    origin: UUID | None = None,
    basis: str = "",
    purpose: str = "",
    word_rule: WordRule | None = None,
) -> Iterator[Telling]:
    """Everything acts write within is told by `source` (None: by hand, by whoever is `by`), on the source's usual
    `basis` and for its usual `purpose` unless others are said.

    An import's and a word rule's is kept even if nothing is written; any other only with the first thing noted.
    """
    ground = {
        "basis": basis or (source.basis if source else ""),
        "purpose": purpose or (source.purpose if source else ""),
    }
    told = Telling(source=source, origin=origin, by_id=by.pk, at=at, word_rule=word_rule, **ground)
    if origin or word_rule:
        told.save()
    token = _current.set(told)
    try:
        yield told
    finally:
        _current.reset(token)


def teller() -> int | None:
    """Who tells just now; None outside of a telling."""
    current = _current.get()
    return current.by_id if current else None


def made(rows: Sequence[models.Model]) -> None:
    """Notes rows that were just created, all of one table."""
    if rows:
        made_ids(type(rows[0]), [row.pk for row in rows])


def made_ids(model: type[models.Model], ids: Sequence[int]) -> None:
    """Notes rows of a table that were just created."""
    if ids and (current := _noted()):
        number = len(ids)
        told: dict[str, list[Any]] = {
            "telling_id": [current.pk] * number,
            "kind": [kind_of(model)] * number,
            "row_id": list(ids),
        }
        copying.append("accounts_trace", told)


def changed(rows: Iterable[models.Model]) -> None:
    """Notes rows of one table that `overwrite` changed and that were stored."""
    told = [(row, take_overwritten(row)) for row in rows]
    noted = [
        {"id": row.pk, "was": _plain(was), "became": _plain({name: getattr(row, name) for name in was})}
        for row, was in told
        if was
    ]
    statement = (
        "INSERT INTO accounts_trace (telling_id, kind, row_id, was, became) SELECT %s, %s, id, was, became "
        "FROM jsonb_to_recordset(%s::jsonb) AS told (id bigint, was jsonb, became jsonb)"
    )
    if noted and (current := _noted()):
        with connection.cursor() as cursor:
            kind = kind_of(type(told[0][0]))
            cursor.execute(statement, [current.pk, kind, json.dumps(noted, cls=DjangoJSONEncoder)])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by column; a row that is referred to is its id."""
    return {
        (f"{name}_id" if isinstance(value, models.Model) else name): getattr(value, "pk", value)
        for name, value in values.items()
    }


def confirmed(model: type[models.Model], ids: Iterable[int]) -> None:
    """Notes rows of a table a telling told of, too, without changing them."""
    if (among := sorted(set(ids))) and (current := _noted()):
        told: dict[str, list[Any]] = {"telling_id": [current.pk], "kind": [kind_of(model)], "row_ids": [among]}
        copying.append("accounts_confirmation", told)


def _noted() -> Telling | None:
    """The telling that notes now, stored; None outside of one."""
    current = _current.get()
    if current is not None and current._state.adding:
        current.save()
    return current


def told_by(model: type[models.Model], origin: UUID) -> models.Q:
    """Rows of a table an import told of: those it made or changed, and those it confirmed (as long as that is kept)."""
    of_it = {"telling__origin": origin, "kind": kind_of(model)}
    confirmed_ids = Confirmation.objects.filter(**of_it).annotate(told=models.Func("row_ids", function="unnest"))
    return models.Q(pk__in=Trace.objects.filter(**of_it).values("row_id")) | models.Q(
        pk__in=confirmed_ids.values("told")
    )


def kind_of(model: type[models.Model]) -> str:
    """How a trace names a table."""
    return model._meta.label_lower


def origins_of(row: Account | Person) -> list[Origin]:
    """Each field that says something and was told since traces are kept, with the latest telling that wrote it."""
    traces = Trace.objects.filter(kind=kind_of(type(row)), row_id=row.pk).select_related(
        "telling__source", "telling__by"
    )
    latest: dict[str, Telling] = {}
    for trace in traces.order_by("pk"):
        names = SHOWN[type(row)] if trace.was is None else trace.was
        latest |= dict.fromkeys(names, trace.telling)
    said = [name for name in SHOWN[type(row)] if getattr(row, name) not in (None, "")]
    return [Origin(name, latest[name]) for name in said if name in latest]


def forget_values(*, now: datetime, limit: int = 50_000) -> int:
    """Forgets what stood before and after in traces older than KEPT; returns how many. May run twice."""
    statement = """
        UPDATE accounts_trace SET became = NULL,
               was = (SELECT jsonb_object_agg(name, NULL) FROM jsonb_object_keys(was) AS name)
        WHERE id IN (SELECT t.id FROM accounts_trace t JOIN accounts_telling told ON told.id = t.telling_id
                     WHERE told.at < %s AND t.became IS NOT NULL LIMIT %s)
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [now - KEPT, limit])
        forgotten = cursor.rowcount
    Confirmation.objects.filter(telling__at__lt=now - KEPT).delete()
    return forgotten


def forget(row: Account | Person) -> None:
    """Forgets everything noted about a row that is erased."""
    Trace.objects.filter(kind=kind_of(type(row)), row_id=row.pk).delete()
