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
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts import copying, departments, erased, finding, opt_outs, provenance, word_rules
from accounts.enums import Rank
from accounts.models import Account, Affiliation, Department, ExternalId, Person, PersonEmail, Source
from accounts.registering import lock_identities
from accounts.titles import plain
from accounts.word_rules import Dictionary
from audit.effects import Effect, Told, overwrite, refused

COLUMNS = ("name", "last_name", "first_name", "name_kana", "email", "phone", "mobile", "opted_out_at")


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

    @cached_property
    def known_as(self) -> str:
        """The name, in one spelling."""
        return plain(self.details["name"])

    @cached_property
    def identity(self) -> str:
        """The source's id; without id and mail, all that says who this is, so that the same row is the same person."""
        if self.external_id or self.email:
            return self.external_id
        said = (self.account.pk, self.known_as, plain(self.department),
                self.details.get("phone", ""), self.details.get("mobile", ""))  # fmt: skip
        return "row:" + hashlib.sha256(repr(said).encode()).hexdigest()[:32]


class PersonRegistrar:
    """One telling by one source; `register` may be called batch by batch.

    Where persons are only mentioned (by a lead), what is told about known ones fills blanks.
    """

    def __init__(self, source: Source, *, now: datetime, mentions: bool = False) -> None:
        self.source, self.now, self.mentions = source, now, mentions
        self._reached, self._places = _Reached(), _Met()

    @transaction.atomic(savepoint=False)
    def register(self, facts: Sequence[PersonFacts]) -> list[Told[Person]]:
        """Finds or creates each person and takes over what is told; the first of several rows about one writes."""
        lock_identities()
        batch = _Batch(self.source, facts, self._reached, self.now, self.mentions)
        told = [batch.take(one) for one in facts]
        places = _Affiliations(self.source, facts, told, self._places, self.mentions)
        batch.save()
        for one, result in zip(facts, told, strict=True):
            if result.subject:
                self._reached.add(one, result.subject)
        places.save()
        opted_out = [one.subject for said, one in zip(facts, told, strict=True) if said.opted_out and one.subject]
        opt_outs.follow(opted_out, at=self.now, source=self.source)
        known = (one.subject.pk for one in told if one.subject and one.effect is not Effect.CREATED)
        provenance.confirmed(Person, known)
        provenance.confirmed(Account, {one.account.pk for one in facts})
        return told


class _Met:
    """Ids that were met, a bit each: a million of them are a few hundred kilobytes."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> None:
        """Notes one."""
        place, bit = divmod(number, 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        self._bits[place] |= 1 << bit

    def __contains__(self, number: int | None) -> bool:
        place, bit = divmod(number or 0, 8)
        return place < len(self._bits) and bool(self._bits[place] >> bit & 1)


class _Reached:
    """By which name each person was told of first in this telling: nearly always the one that stands with the person
    since, so only others are remembered."""

    def __init__(self) -> None:
        self._met = _Met()
        self._otherwise: dict[int, str] = {}

    def add(self, facts: PersonFacts, person: Person) -> None:
        """Notes whom a row told of; the first name of each counts."""
        if person.id in self._met:
            return
        self._met.add(person.id)
        if person.name != facts.details["name"] and plain(person.name) != facts.known_as:
            self._otherwise[person.id] = facts.known_as

    def name_of(self, person: Person) -> str | None:
        """The name by which a person stored was told of in the batches before, if so."""
        return self._otherwise.get(person.id) or plain(person.name) if person.id in self._met else None


class _Batch:
    """Rows decided one after another, written all at once."""

    def __init__(
        self,
        source: Source,
        facts: Sequence[PersonFacts],
        reached: _Reached,
        now: datetime,
        mentions: bool,
    ) -> None:
        self.source, self.now, self.mentions = source, now, mentions
        self.by_id = _by_external_id(source, {one.identity for one in facts} - {""})
        self.by_email = by_email({one.email for one in facts} - {""}, places=False)
        same = {person.pk: person for person in self.by_id.values()}
        self.by_email = {email: same.get(person.pk, person) for email, person in self.by_email.items()}
        self.erased = erased.among(
            key for one in facts for key in (erased.of_address(one.email), erased.of_id(source, one.identity))
        )
        found = {id(person): person for person in (*self.by_id.values(), *self.by_email.values())}
        self.merged = finding.merged_evidence("person_id", {person.pk for person in found.values()})
        before = ((person, reached.name_of(person)) for person in found.values())
        self.names: dict[int, str] = {id(person): name for person, name in before if name is not None}
        self.new: list[Person] = []
        self.changed: dict[int, Person] = {}
        self.given_up: list[int] = []
        self.external_ids: list[tuple[str, Person]] = []

    def take(self, facts: PersonFacts) -> Told[Person]:
        if told := self._of_erased(facts):
            return told
        person = self.by_id.get(facts.identity) or self.by_email.get(facts.email)
        if person is None:
            return self._create(facts)
        if id(person) in self.names and self.names[id(person)] != facts.known_as:
            reason = _("The mail address or id is %(name)s's in an earlier row; who is it?") % {"name": person.name}
            return Told(Effect.REFUSED, blame="email" if facts.email else "external_id", reason=reason)
        rule = "EXTERNAL_ID" if facts.identity in self.by_id else "EMAIL"
        of_merged = bool(self.merged[person.pk or 0] & {facts.identity, facts.email})
        told = self._update(person, facts, of_merged=of_merged)
        told.found_by = rule
        return told

    def _of_erased(self, facts: PersonFacts) -> Told[Person] | None:
        """Who was erased comes back by no file."""
        if not self.erased:
            return None
        address, own = erased.of_address(facts.email), erased.of_id(self.source, facts.identity)
        if facts.email and address in self.erased:
            return refused("email", erased.reason(self.erased[address]))
        if own in self.erased and facts.email not in self.by_email:
            return refused("external_id", erased.reason(self.erased[own]))
        return None

    def _create(self, facts: PersonFacts) -> Told[Person]:
        opted_out_at = self.now if facts.opted_out else None
        person = copying.draft(Person, **facts.details, email=facts.email, opted_out_at=opted_out_at)
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
        self._give_up(person)
        return overwrite(person, {"email": facts.email})

    def _give_up(self, person: Person) -> None:
        """An address given up is nobody's, and may be another's a row later."""
        if person.email:
            self.by_email.pop(person.email.lower(), None)
            self.given_up += [person.pk] if person.pk else []

    def _know(self, person: Person, facts: PersonFacts) -> bool:
        """Makes the person findable by what this row says; True when the id is a new one."""
        self.names.setdefault(id(person), facts.known_as)
        if person.email:
            self.by_email[person.email.lower()] = person
        if not facts.identity or self.by_id.get(facts.identity) is person:
            return False
        self.by_id[facts.identity] = person
        self.external_ids.append((facts.identity, person))
        return True

    def save(self) -> None:
        if self.given_up:  # before anybody else has them
            Person.objects.filter(pk__among=self.given_up).update(email="")
        copying.update(self.changed.values(), COLUMNS)
        provenance.changed(self.changed.values())
        copying.insert(self.new)
        provenance.made(self.new)
        self._save_external_ids({person.pk for person in self.new})

    def _save_external_ids(self, new: set[int]) -> None:
        rows = [
            copying.draft(ExternalId, source_id=self.source.id, external_id=identity, person_id=person.id)
            for identity, person in self.external_ids
        ]
        copying.insert(rows)
        provenance.made([row for row in rows if row.person_id not in new])


class _Affiliations:
    """Where the persons of a batch work. What there is is asked for at once, before anything is written: asking
    afterwards would wait for the writing."""

    def __init__(
        self, source: Source, facts: Sequence[PersonFacts], told: Sequence[Told[Person]], before: _Met, mentions: bool
    ) -> None:
        self.source, self.before, self.mentions = source, before, mentions
        self.told = [(one, result, result.subject) for one, result in zip(facts, told, strict=True) if result.subject]
        known = {person.pk for _one, _result, person in self.told if person.pk}
        self.open: dict[tuple[int, int], list[Affiliation]] = {}
        for row in Affiliation.objects.filter(person_id__among=known, ended_on=None).order_by("pk"):
            self.open.setdefault((row.person_id, row.account_id), []).append(row)
        self.departments = departments.ensure(
            dict.fromkeys((one.account.id, one.department) for one, _result, _person in self.told)
        )
        self.new: list[Affiliation] = []
        self.changed: dict[int, Affiliation] = {}
        self.written: dict[int, Affiliation] = {}
        self.words = word_rules.in_force()

    def save(self) -> None:
        """Places each person, whose key is known by now."""
        for one, result, person in self.told:
            if self._place(person, one, self.departments.get((one.account.id, one.department))):
                result.changed()
        copying.insert(self.new)
        made = {person.id for _one, result, person in self.told if result.effect is Effect.CREATED}
        provenance.made([place for place in self.new if place.person_id not in made])
        copying.update(self.changed.values(), ("department", "title", "rank"))
        provenance.changed(self.changed.values())
        for place in self.written.values():
            self.before.add(place.id)

    def _place(self, person: Person, facts: PersonFacts, department: Department | None) -> bool:
        person_id, account_id = person.id, facts.account.id
        places = self.open.setdefault((person_id, account_id), [])
        place = _same_place(places, department) if places else None
        said = _said(facts, department, self.words)
        if place is None:
            whose = {"person_id": person_id, "account_id": account_id, "source_id": self.source.id}
            place = copying.draft(Affiliation, **whose, **said)
            places.append(place)
            self.new.append(place)
            self.written[id(place)] = place
            return True
        is_written = id(place) in self.written or place.id in self.before
        changed = overwrite(place, said, blanks_only=self.mentions or is_written)
        self.written[id(place)] = place
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
    said: dict[str, Any] = {"department_id": department.id} if department else {}
    said |= {"title": facts.title} if facts.title else {}
    return said | {"rank": rank} if rank != Rank.UNKNOWN else said


def _by_external_id(source: Source, ids: set[str]) -> dict[str, Person]:
    if not ids:
        return {}
    rows = ExternalId.objects.filter(source=source, external_id__among=ids, person__isnull=False)
    named = dict(rows.values_list("external_id", "person_id"))
    persons = Person.objects.filter(pk__among={pk for pk in named.values() if pk}).in_bulk()
    return {external_id: persons[pk] for external_id, pk in named.items() if pk}


def by_email(emails: set[str], *, places: bool = True) -> dict[str, Person]:
    """Mail address (in small letters) → its person, with their affiliations (or without)."""
    if not emails:
        return {}
    found = Person.objects.annotate(small=Lower("email")).filter(small__among=emails).exclude(email="")
    current = Affiliation.objects.filter(ended_on=None).select_related("account")
    found = found.prefetch_related(Prefetch("affiliations", queryset=current)) if places else found
    known = {person.email.lower(): person for person in found.order_by()}
    further = PersonEmail.objects.annotate(small=Lower("email")).filter(small__among=emails).select_related("person")
    return {row.small: row.person for row in further} | known
