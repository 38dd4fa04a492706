"""Persons: cards, contacts, seminar lists."""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.utils.timezone import make_aware

from accounts import copying
from accounts.enums import Rank
from accounts.models import Account, AccountName, Affiliation, Department, ExternalId, Person, Trace
from accounts.persons import PersonFacts, PersonRegistrar
from audit.effects import Told
from engagement import touches
from engagement.enums import TouchKind
from engagement.models import Touch
from imports import synonyms, values
from imports.fields import Field, Row
from imports.kinds import companies
from imports.kinds.kind import Kind

FIELDS = (
    Field("name", values.text(160), synonyms.FULL_NAME),
    Field("last_name", values.text(80), synonyms.LAST_NAME),
    Field("first_name", values.text(80), synonyms.FIRST_NAME),
    Field("name_kana", values.text(160), synonyms.PERSON_KANA),
    Field("email", values.email, synonyms.EMAIL),
    Field("phone", values.identifier(40), synonyms.DIRECT_PHONE),
    Field("mobile", values.identifier(40), synonyms.MOBILE),
    Field("department", values.text(160), synonyms.DEPARTMENT),
    Field("title", values.text(120), synonyms.TITLE),
    Field("rank", values.choice({rank.casefold(): rank for rank in Rank}), synonyms.RANK),
    Field("opted_out", values.boolean, synonyms.OPT_OUT, strict=True),
)
DETAILS = ("name", "last_name", "first_name", "name_kana", "phone", "mobile")


class Persons(Kind):
    """Persons at companies; companies nobody told of yet are registered. A card's date becomes a touch."""

    fields = (
        Field("external_id", values.identifier(200), synonyms.OWN_ID),
        *companies.FIELDS,
        *FIELDS,
        Field("card_on", values.day, synonyms.CARD_DATE),
    )
    needs = (("name", "last_name"), ("account", "account_id"))
    fills = (Account, AccountName, Department, Person, Affiliation, ExternalId, Trace, Touch)

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._companies = companies.Mentioned(self, create=True)
        self._persons = PersonRegistrar(self.source, now=self.now)

    def write(self, rows: Sequence[Row]) -> None:
        found = self._companies.by(rows)
        placed = [(row, found[row.number]) for row in rows if row.number in found]
        told = self._persons.register([facts_of(row, account, row.get("external_id", "")) for row, account in placed])
        self._keep_cards([(row, account, one) for (row, account), one in zip(placed, told, strict=True)])
        for (row, _account), one in zip(placed, told, strict=True):
            row.take(one)

    def _keep_cards(self, told: Sequence[tuple[Row, Account, Told[Person]]]) -> None:
        cards = [
            self._card(row.get("card_on"), account, one.subject)
            for row, account, one in told
            if row.get("card_on") and one.subject
        ]
        usable = [card for card in cards if not touches.is_ahead(card, self.now)]
        if usable:
            touches.record(usable, by=self.by, now=self.now)

    def _card(self, day: date, account: Account, person: Person) -> Touch:
        return copying.draft(
            Touch,
            source_id=self.source.pk,
            account_id=account.pk,
            person_id=person.pk,
            kind=TouchKind.CARD,
            occurred_at=_noon(day),
            external_id=f"card:{person.pk}:{day}",
        )


@lru_cache
def _noon(day: date) -> datetime:
    return make_aware(datetime.combine(day, time(12)))


def facts_of(row: Row, account: Account, external_id: str) -> PersonFacts:
    """What a row tells about a person; a name in two parts is put together as its language writes it."""
    said = row.values
    details = {name: said[name] for name in DETAILS if name in said}
    if "name" not in details:
        details["name"] = full_name(said.get("last_name", ""), said.get("first_name", ""))
    return PersonFacts(
        account=account,
        external_id=external_id,
        email=said.get("email", ""),
        department=said.get("department", ""),
        title=said.get("title", ""),
        rank=said.get("rank", ""),
        opted_out=said.get("opted_out", False),
        details=details,
    )


def full_name(last: str, first: str) -> str:
    """Given name first in Latin letters, family name first otherwise."""
    parts = (first, last) if (last + first).isascii() else (last, first)
    return " ".join(part for part in parts if part)
