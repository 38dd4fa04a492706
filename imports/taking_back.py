"""What an import wrote, taken back by its traces: set by set, in the transaction of whoever asks.

Rows it made go, unless somebody works with them by now; columns it changed get back what stood there, unless somebody
changed them since. What stays is listed with the reason. Nothing is read into memory but the first rows of that list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import connection, models

from accounts.models import Account, AccountDomain, AccountName, Affiliation, ExternalId, Person, Telling
from accounts.provenance import kind_of
from engagement.models import UncountedTouch

SHOWN = 100
PARTS: Sequence[tuple[type[models.Model], str]] = (
    (Affiliation, "person"),
    (ExternalId, "person"),
    (ExternalId, "account"),
    (AccountName, "account"),
    (AccountDomain, "account"),
)
"""Rows that belong to a row made by the same telling, and have no trace of their own then."""

TOLD_OF = (
    "EXISTS (SELECT 1 FROM accounts_trace t JOIN accounts_telling told ON told.id = t.telling_id"
    " WHERE t.row_id = p.id AND t.kind = %s AND told.word_rule_id IS NULL)"
)
"""Whether a part `p` of this kind has a trace of its own; that its text reads otherwise by a word rule is none."""

DERIVED = frozenset({kind_of(UncountedTouch), "scoring.score"})
"""Counted from other rows, and counted again afterwards: they hold nothing back."""

NEVER_BACK = frozenset({(kind_of(Person), "opted_out_at")})
"""An opt-out, once told, stays."""

TAKEN_MEANWHILE = {
    (kind_of(Person), "email"): "z.email <> '' AND lower(z.email) = lower(old.email)",
    (kind_of(Account), "corporate_number"): "z.corporate_number = old.corporate_number",
    (kind_of(Affiliation), "department_id"): "z.ended_on IS NULL AND z.person_id = r.person_id "
    "AND z.account_id = r.account_id AND z.department_id IS NOT DISTINCT FROM old.department_id",
}
"""Columns whose former value another row may hold by now."""


class Why(StrEnum):
    """Why something of an import stays."""

    CHANGED = "changed"
    TOLD = "told"
    OPTED_OUT = "opted_out"
    USED = "used"
    OWNER = "owner"


@dataclass
class TakenBack:
    """Rows removed and columns restored by table, how many stay for which reason, and the first of those.

    A reason is a Why; of USED, with the table that holds the row: `used:funnel.lead`.
    """

    removed: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    kept_rows: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For the job's row; it names no person."""
        counts = {
            "removed": sum(self.removed.values()),
            "restored": sum(self.restored.values()),
            "kept": sum(self.kept.values()),
        }
        return {"counts": counts, "removed": self.removed, "restored": self.restored, "kept": self.kept,
                "kept_rows": self.kept_rows}  # fmt: skip


def take_back(telling: Telling, *, since: datetime, now: datetime) -> TakenBack:
    """Takes back what `telling`, ended at `since`, wrote. Call in a transaction that holds `lock_identities`."""
    with connection.cursor() as cursor:
        work = _Work(cursor, telling, since, now)
        work.gather()
        work.restore()
        work.hold()
        work.remove()
        return work.outcome()


class _Work:
    """One taking back. `taking_back` lists the rows the telling made and, with `kept`, what stays."""

    def __init__(self, cursor: Any, telling: Telling, since: datetime, now: datetime) -> None:
        self.cursor, self.telling, self.since, self.now = cursor, telling, since, now
        self.result = TakenBack()

    def _run(self, statement: str, *parameters: object) -> int:
        self.cursor.execute(statement, parameters)
        return int(self.cursor.rowcount)

    def gather(self) -> None:
        """Lists what the telling made, and the parts that came with it."""
        self._run("DROP TABLE IF EXISTS pg_temp.taking_back")
        self._run("CREATE TEMP TABLE taking_back (kind text, id bigint, kept text, PRIMARY KEY (kind, id))"
                  " ON COMMIT DROP")  # fmt: skip
        self._run("INSERT INTO taking_back SELECT DISTINCT kind, row_id FROM accounts_trace"
                  " WHERE telling_id = %s AND was IS NULL", self.telling.pk)  # fmt: skip
        for part, owner in PARTS:
            self._run(
                f"INSERT INTO taking_back SELECT %s, p.id FROM {_table(part)} p"  # noqa: S608 - our own table names
                f" JOIN taking_back o ON o.kind = %s AND o.id = p.{owner}_id"
                f" WHERE NOT {TOLD_OF} ON CONFLICT DO NOTHING",
                kind_of(part), kind_of(_target(part, owner)), kind_of(part),
            )  # fmt: skip
        self._run("ANALYZE pg_temp.taking_back")

    def hold(self) -> None:
        """Marks what stays: changed or told again since, opted out, or in use by something that stays."""
        self._hold_told()
        self._hold_changed()
        self._run("UPDATE taking_back b SET kept = %s FROM accounts_person p WHERE b.kept IS NULL AND b.kind = %s"
                  " AND p.id = b.id AND p.opted_out_at IS NOT NULL", Why.OPTED_OUT, kind_of(Person))  # fmt: skip
        while sum(self._hold_used(model) + self._hold_parts(model) for model in self._made()):
            pass

    def _hold_told(self) -> None:
        self._run(
            "UPDATE taking_back b SET kept = CASE WHEN told.source_id IS NULL THEN %s ELSE %s END"
            " FROM accounts_trace t JOIN accounts_telling told ON told.id = t.telling_id"
            " WHERE b.kept IS NULL AND t.row_id = b.id AND t.kind = b.kind AND t.telling_id <> %s"
            " AND told.word_rule_id IS NULL",
            Why.CHANGED, Why.TOLD, self.telling.pk,
        )  # fmt: skip
        self._run(
            "UPDATE taking_back b SET kept = %s FROM (SELECT DISTINCT kind, unnest(row_ids) AS id"
            " FROM accounts_confirmation WHERE telling_id > %s) c WHERE b.kept IS NULL AND b.kind = c.kind"
            " AND b.id = c.id", Why.TOLD, self.telling.pk,
        )  # fmt: skip

    def _hold_changed(self) -> None:
        for model in self._made():
            if any(column.name == "updated_at" for column in model._meta.fields):
                self._run(
                    f"UPDATE taking_back b SET kept = %s FROM {_table(model)} r"  # noqa: S608
                    " WHERE b.kept IS NULL AND b.kind = %s AND r.id = b.id AND r.updated_at > %s",
                    Why.CHANGED, kind_of(model), self.since,
                )  # fmt: skip

    def _hold_used(self, model: type[models.Model]) -> int:
        return sum(
            self._run(
                f"UPDATE taking_back b SET kept = %s FROM {_table(user)} r WHERE b.kept IS NULL AND b.kind = %s"  # noqa: S608
                f" AND r.{column} = b.id AND NOT EXISTS (SELECT 1 FROM taking_back o WHERE o.kind = %s"
                f" AND o.id = r.{user._meta.pk.column} AND o.kept IS NULL)",
                f"{Why.USED}:{kind_of(user)}", kind_of(model), kind_of(user),
            )
            for user, column in _users_of(model)
        )  # fmt: skip

    def _hold_parts(self, model: type[models.Model]) -> int:
        """What belongs to a row that stays, stays."""
        return sum(
            self._run(
                f"UPDATE taking_back b SET kept = %s FROM {_table(part)} p JOIN taking_back o"  # noqa: S608
                f" ON o.id = p.{owner}_id AND o.kind = %s AND o.kept IS NOT NULL"
                " WHERE b.kept IS NULL AND b.kind = %s AND b.id = p.id"
                f" AND NOT {TOLD_OF}",
                Why.OWNER, kind_of(model), kind_of(part), kind_of(part),
            )
            for part, owner in PARTS
            if _target(part, owner) is model
        )  # fmt: skip

    def restore(self) -> None:
        """Gives columns back what stood there before, where they still hold what the telling wrote."""
        self.cursor.execute(
            "SELECT DISTINCT kind, jsonb_object_keys(became) FROM accounts_trace t WHERE telling_id = %s"
            " AND NOT EXISTS (SELECT 1 FROM taking_back b WHERE b.kind = t.kind AND b.id = t.row_id)",
            [self.telling.pk],
        )
        for kind, column in sorted(self.cursor.fetchall()):
            if (kind, column) in NEVER_BACK:
                self._keep_columns(kind, column, Why.OPTED_OUT)
                continue
            self._pass_on(kind, column)
            restored = self._restore_column(kind, column)
            self.result.restored[kind] = self.result.restored.get(kind, 0) + restored
            self._keep_columns(kind, column, Why.CHANGED)
        self._run("DELETE FROM accounts_trace WHERE telling_id = %s AND was = '{}'", self.telling.pk)

    def _pass_on(self, kind: str, column: str) -> None:
        """A later telling that changed the column again shall, if it is taken back, restore what stood before ours."""
        self._run(
            "WITH ours AS (SELECT id, row_id, was -> %s AS stood FROM accounts_trace"
            " WHERE telling_id = %s AND kind = %s AND was ? %s),"
            " next AS (SELECT ours.id AS ours_id, ours.stood, (SELECT min(t.id) FROM accounts_trace t"
            " WHERE t.row_id = ours.row_id AND t.kind = %s AND t.id > ours.id AND t.was ? %s) AS id FROM ours)"
            " UPDATE accounts_trace t SET was = jsonb_set(t.was, ARRAY[%s], next.stood) FROM next WHERE t.id = next.id",
            column, self.telling.pk, kind, column, kind, column, column,
        )  # fmt: skip

    def _restore_column(self, kind: str, column: str) -> int:
        model = apps.get_model(kind)
        table, taken = _table(model), TAKEN_MEANWHILE.get((kind, column), "false")
        touched = ", updated_at = %s" if any(f.name == "updated_at" for f in model._meta.fields) else ""
        return self._run(
            f"WITH done AS (UPDATE {table} r SET {column} = old.{column}{touched} FROM accounts_trace t,"  # noqa: S608
            f" LATERAL jsonb_populate_record(NULL::{table}, t.was) old,"
            f" LATERAL jsonb_populate_record(NULL::{table}, t.became) new"
            f" WHERE t.telling_id = %s AND t.kind = %s AND t.row_id = r.id AND t.was ? %s"
            f" AND (r.{column} IS NOT DISTINCT FROM new.{column} OR r.{column}::text = {_reread(column)})"
            f" AND NOT EXISTS (SELECT 1 FROM {table} z WHERE z.id <> r.id AND {taken}) RETURNING t.id)"
            " UPDATE accounts_trace t SET was = t.was - %s, became = t.became - %s FROM done WHERE t.id = done.id",
            *([self.now] if touched else []), self.telling.pk, kind, column, column, column,
        )  # fmt: skip

    def _keep_columns(self, kind: str, column: str, why: Why) -> None:
        """Lists, and notes no longer, what of this column is not given back."""
        self._run(
            "WITH left_over AS (UPDATE accounts_trace SET was = was - %s, became = became - %s WHERE telling_id = %s"
            " AND kind = %s AND was ? %s RETURNING kind, row_id)"
            " INSERT INTO taking_back SELECT kind, row_id, %s FROM left_over ON CONFLICT DO NOTHING",
            column, column, self.telling.pk, kind, column, why,
        )  # fmt: skip

    def remove(self) -> None:
        """Deletes what nothing holds; foreign keys are checked at the end of the transaction."""
        for model in self._made():
            gone = "FROM taking_back b WHERE b.kept IS NULL AND b.kind = %s AND"
            for user, column in _refers_to(model):
                if kind_of(user) in DERIVED:
                    self._run(f"DELETE FROM {_table(user)} r USING taking_back b WHERE b.kept IS NULL AND b.kind = %s"  # noqa: S608
                              f" AND r.{column} = b.id", kind_of(model))  # fmt: skip
            removed = self._run(f"DELETE FROM {_table(model)} r USING {gone.removeprefix('FROM ')} r.id = b.id",  # noqa: S608
                                kind_of(model))  # fmt: skip
            self.result.removed |= {kind_of(model): removed} if removed else {}
        self._run("DELETE FROM accounts_trace t USING taking_back b WHERE b.kept IS NULL AND t.kind = b.kind"
                  " AND t.row_id = b.id")  # fmt: skip
        self._run("DELETE FROM accounts_confirmation WHERE telling_id = %s", self.telling.pk)

    def _made(self) -> list[type[models.Model]]:
        self.cursor.execute("SELECT DISTINCT kind FROM taking_back")
        return [apps.get_model(kind) for kind in sorted(kind for (kind,) in self.cursor.fetchall())]

    def outcome(self) -> TakenBack:
        """What came of it; parts are not told of beside their owner."""
        self.cursor.execute("SELECT kept, count(*) FROM taking_back WHERE kept <> %s GROUP BY 1", [Why.OWNER])
        self.result.kept = dict(sorted(self.cursor.fetchall()))
        self.cursor.execute(
            "SELECT kind, id, kept FROM taking_back WHERE kept <> %s ORDER BY kind, id LIMIT %s", [Why.OWNER, SHOWN]
        )
        self.result.kept_rows = [{"kind": kind, "id": pk, "why": why} for kind, pk, why in self.cursor.fetchall()]
        return self.result


def _reread(column: str) -> str:
    """What a word rule made of the column after trace `t`: read from a text that goes back, it goes back with it."""
    return (
        f"(SELECT later.became ->> '{column}' FROM accounts_trace later"  # noqa: S608 - our own column names
        " JOIN accounts_telling told ON told.id = later.telling_id WHERE told.word_rule_id IS NOT NULL"
        " AND later.row_id = t.row_id AND later.kind = t.kind AND later.id > t.id"
        f" AND later.became ->> '{column}' IS NOT NULL ORDER BY later.id DESC LIMIT 1)"
    )


def _users_of(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """The tables and columns that refer to rows of this one and hold them back."""
    return ((user, column) for user, column in _refers_to(model) if kind_of(user) not in DERIVED)


def _refers_to(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for other in apps.get_models(include_auto_created=True):
        for column in other._meta.local_fields:
            if isinstance(column, models.ForeignKey) and column.related_model is model:
                yield other, column.column


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _target(part: type[models.Model], owner: str) -> type[models.Model]:
    target = part._meta.get_field(owner).related_model
    assert isinstance(target, type)  # noqa: S101 - a foreign key of ours
    return target
