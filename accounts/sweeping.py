"""Taking what names a person out of free texts: every text and JSON column there is, a table added tomorrow included.

Mail addresses and phone numbers go wherever they stand; names only in rows about the companies the person is known at
(and in what is about no company), since others have the same; family names alone only in what is about the person's own
leads and touches. Rows that say who exists are never touched: they are others.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.addresses import phone_key
from accounts.joining import relations_to
from accounts.models import Account, Person

GONE = "***"
OTHERS = frozenset({
    "accounts.account", "accounts.accountname", "accounts.accountdomain", "accounts.department", "accounts.person",
    "accounts.affiliation", "accounts.personemail", "accounts.externalid", "accounts.offering", "accounts.source",
    "accounts.optout", "accounts.merge", "accounts.erasure", "accounts.erasedkey", "accounts.contract",
    "users.user", "users.team", "users.businesscalendar", "audit.webhook", "api.token", "targets.targetlist",
    "funnel.rejectreason", "funnel.routingrule", "funnel.policy", "funnel.proposal", "scoring.scoringrule",
    "funnel.cohortrollup", "funnel.transfer", "auth.group", "auth.permission", "contenttypes.contenttype",
    "sessions.session",
})  # fmt: skip
"""Tables that say who else exists and what was agreed, or hold nothing anybody wrote. All others are searched."""
NAMELESS = frozenset({"accounts.trace", "accounts.doubt"})
"""They tell of others by name, which undoing and deciding need; what they hold of the erased goes row by row."""
SIGNED = "actor_name"
"""Our own people sign with it."""
LEAST_NAME, LEAST_LATIN, LEAST_PART = 3, 5, 2
"""Shorter names stand in other words too often."""


@dataclass
class Needles:
    """What names the person: `sure` wherever it stands, `names` near their companies, `parts` in their own leads."""

    sure: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)

    @property
    def all(self) -> set[str]:
        """For rows that are about nobody else."""
        return self.sure | self.names | self.parts


def needles(person: Person) -> Needles:
    """Of this person, in the spellings people write."""
    emails = {person.email, *(one.email for one in person.further_emails.all())}
    phones = {said for said in (person.phone, person.mobile) if phone_key(said) and not _is_shared(said, person)}
    pairs = [(person.last_name, person.first_name), (person.first_name, person.last_name)]
    said = {person.name, person.name_kana, *(" ".join(pair) for pair in pairs if all(pair))}
    names = {spelt for one in said for spelt in _spellings(one) if _is_telling(spelt)}
    parts = {one for one in (person.last_name, person.first_name, *person.name.split()) if len(one) >= LEAST_PART}
    return Needles({*emails, *phones, *map(phone_key, phones)} - {""}, names, parts)


def _spellings(name: str) -> Iterator[str]:
    words = name.split()
    yield from ("".join(words), " ".join(words), "　".join(words))


def _is_telling(name: str) -> bool:
    return len("".join(name.split())) >= (LEAST_LATIN if name.isascii() else LEAST_NAME)


def _is_shared(phone: str, person: Person) -> bool:
    """A company's number, or a colleague's, too."""
    others = Person.objects.exclude(pk=person.pk)
    return Account.objects.filter(phone=phone).exists() or others.filter(Q(phone=phone) | Q(mobile=phone)).exists()


def sweep(person: Person, told: Needles) -> int:
    """Takes the needles out of all free texts; returns in how many rows. Call before what refers to them is gone."""
    accounts, leads = _places(person)
    swept = 0
    with pgtrigger.ignore():
        for model in searched():
            everything = model._base_manager.all()
            swept += clean(everything, told.sure)
            swept += clean(_near(model, everything, accounts), told.names)
            swept += clean(_own(model, everything, person, leads), told.parts)
    return swept


def searched() -> list[type[models.Model]]:
    """The tables that are searched."""
    return [model for model in apps.get_models(include_auto_created=True)
            if model._meta.managed and model._meta.label_lower not in OTHERS and columns(model)]  # fmt: skip


def columns(model: type[models.Model]) -> list[Any]:
    """The columns of a table that people or other systems write freely."""
    free = (models.CharField, models.TextField, models.JSONField)
    found = [one for one in model._meta.concrete_fields if isinstance(one, free) and not one.choices]
    found = [one for one in found if one.name != SIGNED]
    return [one for one in found if not isinstance(one, models.SlugField | models.FileField)]


def _places(person: Person) -> tuple[set[int], set[int]]:
    """The accounts the person is or was known at, by whatever refers to them, and the leads they are in."""
    accounts: set[int] = set()
    leads: set[int] = set()
    for model, column in relations_to(Person):
        rows = model._base_manager.filter(**{column.attname: person.pk})
        for path in _to_account(model):
            accounts |= set(rows.order_by().values_list(path, flat=True).distinct())
        if "lead" in _names(model):
            leads |= set(rows.order_by().values_list("lead_id", flat=True))
    return accounts - {None}, leads


def _to_account(model: type[models.Model]) -> list[str]:
    names = _names(model)
    if "account" in names:
        return ["account_id"]
    return [f"{name}__account_id" for name in ("lead", "targetentry") if name in names]


def _names(model: type[models.Model]) -> set[str]:
    return {one.name for one in model._meta.concrete_fields}


def _near(model: type[models.Model], rows: QuerySet[Any], accounts: Collection[int]) -> QuerySet[Any]:
    """The rows about these accounts; where rows are about none, all."""
    if model._meta.label_lower in NAMELESS:
        return rows.none()
    if "account" in _names(model):
        return rows.filter(account__in=accounts)
    return rows.filter(lead__account__in=accounts) if "lead" in _names(model) else rows


def _own(model: type[models.Model], rows: QuerySet[Any], person: Person, leads: Collection[int]) -> QuerySet[Any]:
    """The rows about the person, or about a lead they are in."""
    own = Q(pk__in=leads) if model._meta.label_lower == "funnel.lead" else Q(pk__in=[])
    if "person" in _names(model):
        own |= Q(person=person.pk)
    if "lead" in _names(model):
        own |= Q(lead__in=leads)
    return rows.filter(own)


def clean(rows: QuerySet[Any], said: Collection[str]) -> int:
    """Takes these words out of all free texts of these rows; returns of how many."""
    model = rows.model
    if not said:
        return 0
    found = columns(model)
    texts = [Cast(F(one.name), models.TextField()) for one in found]
    written = Func(Value(" "), *texts, function="concat_ws", output_field=models.TextField())
    pattern = re.compile("|".join(map(re.escape, sorted(said, key=len, reverse=True))), re.IGNORECASE)
    unique = _unique(model)
    here = rows.annotate(written=written).filter(written__iregex="|".join(map(re.escape, sorted(said))))
    matching = list(here.values("pk", *(one.attname for one in found)))
    for row in matching:
        new = {one.attname: _without(row[one.attname], pattern, one, one.name in unique) for one in found}
        changed = {name: value for name, value in new.items() if value != row[name]}
        if changed:
            model._base_manager.filter(pk=row["pk"]).update(**changed)
    return len(matching)


def _without(value: Any, pattern: re.Pattern[str], column: Any, unique: bool) -> Any:
    if isinstance(value, str):
        if unique and pattern.search(value):
            return f"erased:{uuid4().hex}"[: column.max_length]
        return pattern.sub(GONE, value)[: column.max_length]
    return _in_json(value, pattern)


def _in_json(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(GONE, value)
    if isinstance(value, list):
        return [_in_json(one, pattern) for one in value]
    if isinstance(value, dict):
        return {pattern.sub(GONE, name): _in_json(one, pattern) for name, one in value.items()}
    return value


def _unique(model: type[models.Model]) -> set[str]:
    """Columns whose values must differ, alone or together."""
    alone = {one.name for one in model._meta.concrete_fields if one.unique and not one.primary_key}
    together: list[Sequence[str]] = [
        one.fields for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)
    ]
    return alone | {name for names in together for name in names}
