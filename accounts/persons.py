"""Persons as files and other systems tell of them: found again by the source's id or by mail address, else registered.

A mail address decides; a name at a company does not. Where somebody works is an affiliation beside the others, never
overwritten. An opt-out is taken over at once and no telling ever takes it back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts import copying, departments, finding, opt_outs, provenance, word_rules
from accounts.enums import Rank
from accounts.models import Account, Affiliation, Department, ExternalId, Person, PersonEmail, Source
from accounts.registering import lock_identities
from accounts.titles import plain
from accounts.word_rules import Dictionary
from audit.effects import Effect, Told, overwrite


@dataclass(frozen=True)
class PersonFacts:
    """What is told about one person; "" means not told. `details` are plain columns of Person (name among them)."""

    account: Account
    external_id: str = ""
    email: str = ""
    department: str = ""
    title: str = ""
    rank: str = ""
    opted_out: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """The source's id; without id and mail, all that says who this is, so that the same row is the same person."""
        if self.external_id or self.email:
            return self.external_id
        said = (self.account.pk, plain(self.details["name"]), plain(self.department),
                self.details.get("phone", ""), self.details.get("mobile", ""))  # fmt: skip
        return "row:" + hashlib.sha256(repr(said).encode()).hexdigest()[:32]


class PersonRegistrar:
    """One telling by one source; `register` may be called batch by batch.

    Where persons are only mentioned (by a lead), what is told about known ones fills blanks.
    """

    def __init__(self, source: Source, *, now: datetime, mentions: bool = False) -> None:
        self.source, self.now, self.mentions = source, now, mentions
        self._reached: dict[int, str] = {}

    @transaction.atomic
    def register(self, facts: Sequence[PersonFacts]) -> list[Told[Person]]:
        """Finds or creates each person and takes over what is told; the first of several rows about one writes."""
        lock_identities()
        batch = _Batch(self.source, facts, self._reached, self.now, self.mentions)
        told = [batch.take(one) for one in facts]
        batch.save()
        for one, result in zip(facts, told, strict=True):
            if result.subject is not None:
                self._reached.setdefault(result.subject.pk, plain(one.details["name"]))
        known = [one.subject.pk for one in told if one.subject and one.effect is not Effect.CREATED]
        _Affiliations(self.source, known, self.mentions).take(facts, told)
        opted_out = [one.subject for said, one in zip(facts, told, strict=True) if said.opted_out and one.subject]
        opt_outs.follow(opted_out, at=self.now, source=self.source)
        provenance.confirmed(Person, known)
        provenance.confirmed(Account, {one.account.pk for one in facts})
        return told


class _Batch:
    """Rows decided one after another, written all at once."""

    def __init__(
        self,
        source: Source,
        facts: Sequence[PersonFacts],
        reached: Mapping[int, str],
        now: datetime,
        mentions: bool,
    ) -> None:
        self.source, self.now, self.mentions = source, now, mentions
        self.by_id = _by_external_id(source, {one.identity for one in facts} - {""})
        self.by_email = by_email({one.email for one in facts} - {""}, places=False)
        same = {person.pk: person for person in self.by_id.values()}
        self.by_email = {email: same.get(person.pk, person) for email, person in self.by_email.items()}
        self.merged = finding.merged_evidence("person_id", [person.pk for person in self._persons()])
        self.names: dict[int, str] = {id(p): reached[p.pk] for p in self._persons() if p.pk in reached}
        self.new: list[Person] = []
        self.changed: dict[int, Person] = {}
        self.external_ids: list[ExternalId] = []

    def _persons(self) -> list[Person]:
        return [*self.by_id.values(), *self.by_email.values()]

    def take(self, facts: PersonFacts) -> Told[Person]:
        person = self.by_id.get(facts.identity) or self.by_email.get(facts.email)
        if person is None:
            return self._create(facts)
        if id(person) in self.names and self.names[id(person)] != plain(facts.details["name"]):
            reason = _("The mail address or id is %(name)s's in an earlier row; who is it?") % {"name": person.name}
            return Told(Effect.REFUSED, blame="email" if facts.email else "external_id", reason=reason)
        rule = "EXTERNAL_ID" if facts.identity in self.by_id else "EMAIL"
        of_merged = bool(self.merged[person.pk or 0] & {facts.identity, facts.email})
        told = self._update(person, facts, of_merged=of_merged)
        told.found_by = rule
        return told

    def _create(self, facts: PersonFacts) -> Told[Person]:
        person = Person(**facts.details, email=facts.email)
        person.opted_out_at = self.now if facts.opted_out else None
        self.new.append(person)
        self._know(person, facts)
        return Told(Effect.CREATED, person)

    def _update(self, person: Person, facts: PersonFacts, *, of_merged: bool) -> Told[Person]:
        told = Told(Effect.UNCHANGED, person)
        blanks_only = self.mentions or of_merged or id(person) in self.names
        columns = overwrite(person, facts.details, blanks_only=blanks_only)
        if facts.opted_out and person.opted_out_at is None:
            columns += overwrite(person, {"opted_out_at": self.now})
        columns += self._take_email(person, facts, told)
        if self._know(person, facts) or columns:
            told.changed()
        if columns and person.pk:
            self.changed[person.pk] = person
        return told

    def _take_email(self, person: Person, facts: PersonFacts, told: Told[Person]) -> list[str]:
        owner = self.by_email.get(facts.email)
        if not facts.email or owner is person or (person.email and (self.mentions or id(person) in self.names)):
            return []
        if owner is not None:
            told.field_refusals.append(("email", _("This mail address belongs to %(name)s.") % {"name": owner.name}))
            return []
        return overwrite(person, {"email": facts.email})

    def _know(self, person: Person, facts: PersonFacts) -> bool:
        """Makes the person findable by what this row says; True when the id is a new one."""
        self.names.setdefault(id(person), plain(facts.details["name"]))
        if person.email:
            self.by_email[person.email.lower()] = person
        if not facts.identity or self.by_id.get(facts.identity) is person:
            return False
        self.by_id[facts.identity] = person
        self.external_ids.append(ExternalId(source=self.source, external_id=facts.identity, person=person))
        return True

    def save(self) -> None:
        copying.insert(self.new)
        provenance.made(self.new)
        copying.insert(self.external_ids)
        new = {id(person) for person in self.new}
        provenance.made([one for one in self.external_ids if id(one.person) not in new])
        columns = ["name", "last_name", "first_name", "name_kana", "email", "phone", "mobile", "opted_out_at"]
        if self.changed:
            Person.objects.bulk_create(
                self.changed.values(),
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=[*columns, "updated_at"],
            )
            provenance.changed(self.changed.values())


class _Affiliations:
    """Where the persons of a batch work."""

    def __init__(self, source: Source, person_ids: Sequence[int], mentions: bool) -> None:
        self.source, self.mentions = source, mentions
        rows = Affiliation.objects.filter(person__in=set(person_ids), ended_on=None).order_by("pk")
        self.open: dict[tuple[int, int], list[Affiliation]] = {}
        for row in rows:
            self.open.setdefault((row.person_id, row.account_id), []).append(row)
        self.new: list[Affiliation] = []
        self.changed: dict[int, Affiliation] = {}
        self.written: set[int] = set()
        self.words = word_rules.in_force()

    def take(self, facts: Sequence[PersonFacts], told: Sequence[Told[Person]]) -> None:
        taken = [one for one, result in zip(facts, told, strict=True) if result.subject]
        known = departments.ensure([(one.account.pk, one.department) for one in taken])
        for one, result in zip(facts, told, strict=True):
            if result.subject and self._place(result.subject, one, known.get((one.account.pk, one.department))):
                result.changed()
        copying.insert(self.new)
        made = {one.subject.pk for one in told if one.subject and one.effect is Effect.CREATED}
        provenance.made([place for place in self.new if place.person_id not in made])
        Affiliation.objects.bulk_update(self.changed.values(), ["department", "title", "rank"])
        provenance.changed(self.changed.values())

    def _place(self, person: Person, facts: PersonFacts, department: Department | None) -> bool:
        places = self.open.setdefault((person.pk, facts.account.pk), [])
        place = _same_place(places, department)
        said = _said(facts, department, self.words)
        if place is None:
            place = Affiliation(person=person, account=facts.account, source=self.source, **said)
            places.append(place)
            self.new.append(place)
            self.written.add(id(place))
            return True
        changed = overwrite(place, said, blanks_only=self.mentions or id(place) in self.written)
        self.written.add(id(place))
        if changed and place.pk:
            self.changed[place.pk] = place
        return bool(changed)


def _same_place(places: Sequence[Affiliation], department: Department | None) -> Affiliation | None:
    """The place told of: in the department named, else one whose department nobody has named yet."""
    wanted: tuple[int | None, ...] = (department.pk, None) if department else ()
    fits = (place for pk in wanted for place in places if place.department_id == pk)
    return next(fits, None) if department else next(iter(places), None)


def _said(facts: PersonFacts, department: Department | None, words: Dictionary) -> dict[str, Any]:
    rank = facts.rank or (words.rank_of(facts.title) if facts.title else Rank.UNKNOWN)
    said = {"department_id": department.pk if department else None, "title": facts.title}
    return {name: value for name, value in said.items() if value} | ({"rank": rank} if rank != Rank.UNKNOWN else {})


def _by_external_id(source: Source, ids: set[str]) -> dict[str, Person]:
    rows = ExternalId.objects.filter(source=source, external_id__in=ids, person__isnull=False)
    persons: dict[int, Person] = {}
    return {
        row.external_id: persons.setdefault(row.person.pk, row.person)
        for row in rows.select_related("person")
        if row.person
    }


def by_email(emails: set[str], *, places: bool = True) -> dict[str, Person]:
    """Mail address (in small letters) → its person, with their affiliations (or without)."""
    found = Person.objects.annotate(small=Lower("email")).filter(small__in=emails)
    current = Affiliation.objects.filter(ended_on=None).select_related("account")
    found = found.prefetch_related(Prefetch("affiliations", queryset=current)) if places else found
    known = {person.email.lower(): person for person in found}
    further = PersonEmail.objects.annotate(small=Lower("email")).filter(small__in=emails).select_related("person")
    return {row.small: row.person for row in further} | known
