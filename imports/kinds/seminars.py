"""Seminar lists: a row per person who registered, with what became of it; registered and attended become touches."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Person
from accounts.persons import PersonRegistrar
from audit.effects import Effect, Told
from engagement import touches
from engagement.enums import Direction, TouchKind
from engagement.models import Touch
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds import companies, persons
from imports.kinds.kind import Kind
from imports.values import Formats, Unusable

WORDS = {
    **dict.fromkeys(("参加", "出席", "来場", "参加済", "attended", "checked in", "present"), True),
    **dict.fromkeys(("申込", "登録", "registered"), True),
    **dict.fromkeys(("欠席", "不参加", "未参加", "キャンセル", "absent", "no show", "no-show", "cancelled"), False),
}


def happened(cell: str, formats: Formats) -> bool | datetime:
    """Whether it happened, or when: 参加, ○, 2026-03-31 14:05, 欠席."""
    word = cell.strip().casefold()
    if word in WORDS:
        return WORDS[word]
    try:
        return values.boolean(cell, formats)
    except Unusable:
        return values.moment(cell, formats)


class Seminars(Kind):
    """Persons of a seminar list, and what they did. Who neither registered nor attended by the list registered."""

    fields = (
        Field("title", values.text(300), synonyms.SEMINAR),
        Field("held_at", values.moment, synonyms.HELD_AT, strict=True),
        Field("registered", happened, synonyms.REGISTERED),
        Field("attended", happened, synonyms.ATTENDED, strict=True),
        Field("minutes", values.minutes, synonyms.MINUTES),
        Field("external_id", values.identifier(150), synonyms.REGISTRANT_ID),
        *companies.FIELDS,
        *(field for field in persons.FIELDS if field.name != "title"),
        Field("job_title", values.text(120), synonyms.TITLE),
    )
    needs = (("title",), ("held_at",), ("name", "last_name"), ("account", "account_id"))

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._companies = companies.Mentioned(self, create=True)
        self._persons = PersonRegistrar(self.source, now=self.now, mentions=True)

    def write(self, rows: Sequence[Row]) -> None:
        usable = [row for row in rows if self._happened(row)]
        found = self._companies.by(usable)
        placed = [(row, found[row.number]) for row in usable if row.number in found]
        told = self._persons.register([_facts(row, account) for row, account in placed])
        self._record([
            (row, one, self._touches(row, account, one.subject) if one.subject else [])
            for (row, account), one in zip(placed, told, strict=True)
        ])  # fmt: skip

    def _happened(self, row: Row) -> bool:
        """Nobody has attended what is still to come; registering ahead of it is usual."""
        attended, registered = row.get("attended"), row.get("registered")
        ahead = {
            "held_at": attended is True and row.get("held_at") > self.now,
            "attended": isinstance(attended, datetime) and attended > self.now,
            "registered": isinstance(registered, datetime) and registered > self.now,
        }
        for name in (name for name, is_ahead in ahead.items() if is_ahead):
            row.refuse(name, _("This lies in the future."))
        return row.refusal is None

    def _touches(self, row: Row, account: Account, person: Person) -> list[Touch]:
        held, attended, registered = row.get("held_at"), row.get("attended"), row.get("registered", True)
        before = min(held - timedelta(days=1), self.now)
        kinds = {TouchKind.SEMINAR_REGISTERED: (registered, before)} if registered else {}
        kinds |= {TouchKind.SEMINAR_ATTENDED: (attended, held)} if attended else {}
        return [
            Touch(
                account=account,
                person=person,
                kind=kind,
                direction=Direction.INBOUND,
                occurred_at=said if isinstance(said, datetime) else usual,
                minutes=row.get("minutes", 0) if kind == TouchKind.SEMINAR_ATTENDED else 0,
                title=row.get("title"),
                source=self.source,
                external_id=f"{kind}:{_occasion(row, person)}",
            )
            for kind, (said, usual) in kinds.items()
        ]

    def _record(self, built: Sequence[tuple[Row, Told[Person], list[Touch]]]) -> None:
        known = touches.record([touch for _row, _one, made in built for touch in made], by=self.by, now=self.now)
        new = {touch.external_id for touch in known}
        for row, one, made in built:
            if one.effect is Effect.UNCHANGED and any(touch.external_id in new for touch in made):
                one.changed()
            row.take(one)


def _facts(row: Row, account: Account) -> persons.PersonFacts:
    said = {name: value for name, value in row.values.items() if name not in ("title", "external_id")}
    told = Row(row.number, row.cells, said | ({"title": row.get("job_title")} if row.get("job_title") else {}))
    return persons.facts_of(told, account, "")


def _occasion(row: Row, person: Person) -> str:
    """One registration: the list's own id of it, or else the seminar, its day and the person."""
    said = row.get("external_id") or f"{row.get('title')}|{row.get('held_at'):%Y-%m-%d}|{person.pk}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]
