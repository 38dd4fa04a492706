"""Joining two rows into one, and parting them again: walks every relation there is, and writes down what it does.

The row that is gone is really gone: the database's foreign keys then prove that nothing points at it any more. Rows
that would break a unique constraint (two departments 設計部, two entries of one list version) are joined themselves.
The journal holds every step with what was there before; taken back in reverse order it passes the same states.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Field, ForeignKey, Model
from django.db.models.fields.related import RelatedField

from accounts.consent import OPT_OUT_STAYS
from accounts.models import Account, Affiliation, Department

Row = Any


@dataclass(frozen=True)
class Step:
    """What an app upstairs adds to merging; registered in its `ready()`.

    `lock`: takes its locks on the rows of these accounts, before anything is read. `settle`: works out again what it
    keeps about these accounts. `triggers`: those of its triggers that guard rows against anything but this.
    `apart`: its rows that are never joined, with the words for what to do instead. `fills`: columns that a row takes
    over from the one joined to it, where its own are blank.
    """

    lock: Callable[[Sequence[int]], None] | None = None
    settle: Callable[[Sequence[int]], None] | None = None
    triggers: tuple[str, ...] = ()
    apart: dict[type[Model], Callable[[Row, Row], str]] = field(default_factory=dict)
    fills: dict[type[Model], tuple[str, ...]] = field(default_factory=dict)


STEPS: list[Step] = [
    Step(fills={Affiliation: ("title", "started_on", "source_id")}, triggers=(OPT_OUT_STAYS,)),
]


def register(step: Step) -> None:
    """Adds an app's step; apps upstairs are ready first, and lock first."""
    STEPS.append(step)


class CannotJoin(Exception):
    """Two rows would have to become one, and may not; the text says what to do."""


@dataclass
class Journal:
    """Steps in their order, as JSON: columns set, rows made, rows gone."""

    steps: list[dict[str, Any]] = field(default_factory=list)

    def change(self, model: type[Model], column: Any, pks: Sequence[int], old: Any, new: Any) -> None:
        """Sets a column of these rows, which all hold `old`."""
        if pks and old != new:
            rows = model._base_manager.filter(pk__in=pks)
            rows.update(**{column.attname: new})
            self.note(model, pks, {column.attname: (old, new)})

    def note(self, model: type[Model], pks: Sequence[int], columns: dict[str, tuple[Any, Any]]) -> None:
        """Notes that columns of these rows were set: from what, to what."""
        kept = {name: [as_json(old), as_json(new)] for name, (old, new) in columns.items()}
        self.steps.append({"do": "set", "of": model._meta.label_lower, "pks": list(pks), "columns": kept})

    def made(self, row: Row) -> None:
        """Notes a row made for the merge."""
        self.steps.append({"do": "made", "of": row._meta.label_lower, "pks": [row.pk]})

    def remove(self, row: Row) -> None:
        """Takes a row away, without any cascade: what still pointed at it would be an error."""
        row = type(row)._base_manager.get(pk=row.pk)
        kept = {column.attname: as_json(column.value_from_object(row)) for column in row._meta.concrete_fields}
        self.steps.append({"do": "gone", "of": row._meta.label_lower, "row": kept})
        type(row)._base_manager.filter(pk=row.pk)._raw_delete(connection.alias)

    def moved(self) -> Counter[str]:
        """How many rows of each kind changed hands."""
        found: dict[str, set[int]] = {}
        for step in self.steps:
            if step["do"] == "set":
                found.setdefault(step["of"], set()).update(step["pks"])
        return Counter({label: len(pks) for label, pks in found.items()})

    def joined(self, model: type[Model]) -> list[dict[str, Any]]:
        """The rows of a kind that became part of another."""
        label = model._meta.label_lower
        return [step["row"] for step in self.steps if step["do"] == "gone" and step["of"] == label]


def as_json(value: Any) -> Any:
    """A column's value as it is kept: nothing is lost, not a microsecond."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


@contextmanager
def guarded() -> Iterator[None]:
    """Within, the triggers that refuse any change let a merge (only) through; foreign keys are checked at its end."""
    with ExitStack() as stack:
        for name in [name for step in STEPS for name in step.triggers]:
            stack.enter_context(pgtrigger.ignore(name))
        stack.enter_context(transaction.atomic())
        yield
        connection.check_constraints()


def join(kept: Row, gone: Row, journal: Journal) -> None:
    """Whatever points at `gone` points at `kept`, and `gone` is no more. Raises CannotJoin."""
    for step in STEPS:
        if refuse := step.apart.get(type(kept)):
            raise CannotJoin(refuse(kept, gone))
    for model, column in relations_to(type(kept)):
        _repoint(model, column, kept, gone, journal)
    for step in STEPS:
        fill(kept, {name: getattr(gone, name) for name in step.fills.get(type(kept), ())}, journal)
    journal.remove(gone)


def fill(row: Row, values: dict[str, Any], journal: Journal) -> None:
    """Sets those of these columns that are still blank."""
    for name, value in values.items():
        if getattr(row, name) in (None, "") and value not in (None, ""):
            put(row, name, value, journal)


def put(row: Row, name: str, value: Any, journal: Journal) -> None:
    """Sets one column of one row."""
    column = row._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name)
    journal.change(type(row), column, [row.pk], getattr(row, column.attname), value)
    setattr(row, column.attname, value)


def relations_to(model: type[Model]) -> list[tuple[type[Model], Any]]:
    """Every model and column that points at this one, hidden ones and those of many-to-many tables too."""
    relations: list[Any] = model._meta.get_fields(include_hidden=True)
    found = [
        (relation.related_model, relation.field)
        for relation in relations
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created and not relation.concrete
    ]
    return sorted(found, key=lambda one: (one[0]._meta.label_lower, one[1].attname))


def _repoint(model: type[Model], column: Any, kept: Row, gone: Row, journal: Journal) -> None:
    while twins := list(_twins(model, column, kept, gone)):
        for ours, theirs in twins:
            join(ours, theirs, journal)
    pointing = model._base_manager.filter(**{column.attname: gone.pk}).order_by("pk")
    journal.change(model, column, list(pointing.values_list("pk", flat=True)), gone.pk, kept.pk)


def _twins(model: type[Model], column: Any, kept: Row, gone: Row) -> Iterator[tuple[Row, Row]]:
    """Rows of `gone` that could not stand beside a row of `kept`, each with that row."""
    for others, rows, nulls_are_equal in _uniques(model, column):
        ours = {_key(row, others): row for row in rows.filter(**{column.attname: kept.pk})}
        theirs = rows.filter(**{column.attname: gone.pk}).order_by("pk") if ours else ()
        pairs = [(ours[key], row) for row in theirs if (key := _key(row, others)) in ours
                 and (nulls_are_equal or None not in key)]  # fmt: skip
        if pairs:
            yield from pairs
            return


def _uniques(model: type[Model], column: Any) -> Iterator[tuple[list[str], Any, bool]]:
    """Unique constraints this column is part of: their other columns, the rows they hold for, whether null = null."""
    rows = model._base_manager.all()
    if column.unique:
        yield [], rows, False
    for names in model._meta.unique_together:
        if column.name in names:
            yield _others(model, names, column), rows, False
    for one in model._meta.total_unique_constraints + _conditional(model):
        if column.name in one.fields:
            holds_for = rows.filter(one.condition) if one.condition else rows
            yield _others(model, one.fields, column), holds_for, one.nulls_distinct is False


def _conditional(model: type[Model]) -> list[Any]:
    return [one for one in model._meta.constraints if getattr(one, "fields", ()) and getattr(one, "condition", None)]


def _others(model: type[Model], names: Sequence[str], column: Any) -> list[str]:
    fields = [model._meta.get_field(name) for name in names if name != column.name]
    return [one.attname for one in fields if isinstance(one, Field)]


def _key(row: Row, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def take_back(steps: Sequence[dict[str, Any]]) -> None:
    """Undoes a journal's steps, last first. What has been changed or deleted since keeps the later decision."""
    for step in reversed(steps):
        model = apps.get_model(step["of"])
        if step["do"] == "set":
            _set_back(model, step)
        elif step["do"] == "gone":
            _bring_back(model, step["row"])
        else:
            model._base_manager.filter(pk__in=step["pks"])._raw_delete(connection.alias)


def _set_back(model: type[Model], step: dict[str, Any]) -> None:
    columns = [column for column in model._meta.concrete_fields if column.attname in step["columns"]]
    old, new = (
        {column.attname: column.to_python(step["columns"][column.attname][at]) for column in columns} for at in (0, 1)
    )
    model._base_manager.filter(pk__in=step["pks"], **new).update(**old)


def _bring_back(model: type[Model], kept: dict[str, Any]) -> None:
    """The row as it was; not if what it hangs on has been erased since."""
    columns = [column for column in model._meta.concrete_fields if column.attname in kept]
    row = model(**{column.attname: column.to_python(kept[column.attname]) for column in columns})
    if all(_still_there(row, column) for column in columns if isinstance(column, ForeignKey)):
        row.save_base(raw=True, force_insert=True)


def _still_there(row: Row, column: Any) -> bool:
    pk = getattr(row, column.attname)
    return pk is None or column.related_model._base_manager.filter(pk=pk).exists()


def follow(kept: Account, back: Account, persons: Collection[int]) -> None:
    """What came after the merge goes with what it hangs on: with a department, a lead or one of the `persons` that are
    `back`'s; everything else stays."""
    hanging = [(model, column, _forward(model)) for model, column in relations_to(Account) if model is not Affiliation]
    _follow_departments(kept, back)
    for hangs_on in ("department", "lead"):
        for model, column, forward in hanging:
            if hangs_on in forward:
                new = model._base_manager.filter(**{column.name: kept, f"{hangs_on}__account": back})
                new.update(**{column.name: back})
    for model, column, forward in hanging:
        if {"department", "person"} <= forward:
            _follow_persons(
                model._base_manager.filter(**{column.name: kept, "person__in": list(persons)}), column, back
            )


def _follow_persons(rows: Any, column: Any, back: Account) -> None:
    """In a department that is one again, they go into the one of the same name, else into none."""
    own = dict(Department.objects.filter(account=back).values_list("key", "pk"))
    known = rows.exclude(department=None).order_by().values_list("department", "department__key").distinct()
    for department, key in [(None, None), *known]:
        rows.filter(department=department).update(**{column.name: back, "department": own.get(key)})


def _follow_departments(kept: Account, back: Account) -> None:
    while Department.objects.filter(account=kept, parent__account=back).update(account=back):
        pass
    Affiliation.objects.filter(account=kept, department__account=back).update(account=back)


def _forward(model: type[Model]) -> set[str]:
    return {one.name for one in model._meta.concrete_fields if isinstance(one, RelatedField)}
