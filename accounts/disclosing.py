"""Everything we know of one person, for themselves: each row of each table that refers to them, readable by machines.

Found by walking the relations, so a table added tomorrow is told, too.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import ForeignKey

from accounts import provenance
from accounts.consent import OptOut
from accounts.joining import as_json, relations_to
from accounts.models import Person, Trace

OURS_ALONE = frozenset({"accounts.doubtcandidate"})
"""Questions we ask ourselves: they tell of others."""


def everything(person: Person) -> dict[str, Any]:
    """Table → rows; the person's own row first, then what refers to it, then which tellings it is known from."""
    told: dict[str, Any] = {"person": [_row(person)]}
    for model, column in relations_to(Person):
        rows = model._base_manager.filter(**{column.attname: person.pk}).order_by("pk")
        if model._meta.label_lower not in OURS_ALONE and rows:
            told.setdefault(model._meta.label_lower, []).extend(_row(row) for row in rows)
    opt_outs = OptOut.objects.filter(address=person.email.lower(), person=None).exclude(address="")
    if opt_outs:
        told.setdefault("accounts.optout", []).extend(_row(row) for row in opt_outs)
    return told | {"known_from": list(_origins(person))}


def lines(person: Person) -> Iterator[tuple[str, str, str, str]]:
    """The same as a table: what, which row of it, column, value."""
    for table, rows in everything(person).items():
        for number, row in enumerate(rows, start=1):
            yield from ((table, str(number), name, "" if value is None else str(value)) for name, value in row.items())


def _row(row: models.Model) -> dict[str, Any]:
    """Its columns; what it refers to as people call it, but for a lead with its own columns."""
    found: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        if column.primary_key:
            continue
        if isinstance(column, ForeignKey):
            found |= _referred(column.name, getattr(row, column.name))
        else:
            found[column.name] = as_json(column.value_from_object(row))
    return found


def _referred(name: str, other: models.Model | None) -> dict[str, Any]:
    if other is None or isinstance(other, Person):
        return {}
    if name in ("lead", "targetentry"):
        return {f"{name}.{column}": value for column, value in _row(other).items()}
    return {name: str(other)}


def _origins(person: Person) -> Iterator[dict[str, Any]]:
    traces = Trace.objects.filter(kind=provenance.kind_of(Person), row_id=person.pk).order_by("pk")
    for trace in traces.select_related("telling__source", "telling__by"):
        told = trace.telling
        yield {"source": str(told.source) if told.source else None, "at": as_json(told.at), "basis": told.basis,
               "columns": sorted(trace.was or [])}  # fmt: skip
