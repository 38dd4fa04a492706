"""Opt-outs: who wants no mails or calls. Once told it stands, whatever files, merges and corrections say, until it is
lifted by a person who can show that consent was given anew (docs/decisions/0021).

Kept by mail address, so that somebody nobody knows yet is opted out on arrival; the database sees to that
(`accounts.consent`). Whoever has no address is opted out as a person.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts import erased, provenance
from accounts.addresses import mail_key
from accounts.consent import OPT_OUT_STAYS, OptOut
from accounts.models import Person, Source
from audit import log
from audit.effects import Effect, Told, overwrite, refused
from audit.log import Actor


class OptOutRefused(Exception):
    """This opt-out cannot be recorded or lifted so; the text says why."""


@dataclass(frozen=True)
class OptOutFacts:
    """What is told about one address: when it was said (None: not told), how, in whose words."""

    address: str
    at: datetime | None = None
    channel: str = ""
    evidence: str = ""


@transaction.atomic
def record(address: str, *, by: Actor, now: datetime, at: datetime | None = None, **said: str) -> OptOut:
    """Nobody writes to this address any more; `said`: channel, evidence. Recorded again, it changes nothing."""
    with provenance.telling(None, by=by, at=now):
        told = tell([OptOutFacts(address, at, **said)], source=None, by=by, now=now)[0]
    if told.subject is None:
        raise OptOutRefused(told.reason)
    if told.effect is not Effect.UNCHANGED:
        log.record("opt_outs.record", told.subject, by=by, at=now)
    return told.subject


@transaction.atomic
def opt_out(person: Person, *, by: Actor, now: datetime, at: datetime | None = None, **said: str) -> Person:
    """The person wants no more mails or calls, at whichever address; asking again changes nothing."""
    if at and at > now:
        raise OptOutRefused(_("This lies in the future."))
    person.refresh_from_db(from_queryset=Person.objects.select_for_update())
    OptOut.objects.bulk_create(_rows([person], at=at or now, by_id=by.pk, now=now, **said), ignore_conflicts=True)
    if person.opted_out_at is None:
        with provenance.telling(None, by=by, at=now):
            _flag([(person, at or now)], now)
        log.record("persons.opt_out", person, by=by, at=now)
    return person


@transaction.atomic
def tell(facts: Sequence[OptOutFacts], *, source: Source | None, by: Actor, now: datetime) -> list[Told[OptOut]]:
    """What a file or somebody tells of addresses: recorded, unless it stands already.

    What was said before consent was given anew is over; told without a day, it is said now. Addresses of the erased
    are not kept again: nobody writes to them anyway.
    """
    standing = {one.address: one for one in _of({mail_key(one.address) for one in facts})}
    lifted = _lifted({mail_key(one.address) for one in facts} - set(standing))
    gone = erased.among({erased.of_address(one.address) for one in facts})
    told = [
        Told(Effect.UNCHANGED, reason=erased.reason(at))
        if (at := gone.get(erased.of_address(one.address)))
        else _told(one, standing, lifted, source, by, now)
        for one in facts
    ]
    new = [one.subject for one in told if one.effect is Effect.CREATED and one.subject]
    OptOut.objects.bulk_create(new)
    _apply(new, now)
    return told


def _told(
    facts: OptOutFacts, standing: dict[str, OptOut], lifted: dict[str, datetime], source: Source | None,
    by: Actor, now: datetime,
) -> Told[OptOut]:  # fmt: skip
    address = mail_key(facts.address)
    if facts.at and facts.at > now:
        return refused("at", _("This lies in the future."))
    if known := standing.get(address):
        return Told(Effect.UNCHANGED, known)
    if facts.at and address in lifted and facts.at <= lifted[address]:
        return Told(Effect.UNCHANGED)
    made = OptOut(
        address=address, at=facts.at or now, channel=facts.channel, evidence=facts.evidence, source=source,
        recorded_by_id=by.pk, recorded_at=now,
    )  # fmt: skip
    standing[address] = made
    return Told(Effect.CREATED, made)


def _of(addresses: Collection[str]) -> QuerySet[OptOut]:
    return OptOut.objects.standing().filter(address__in=addresses)


def _lifted(addresses: Collection[str]) -> dict[str, datetime]:
    """Address → when consent was last given anew."""
    found = OptOut.objects.filter(address__in=addresses, lifted_at__isnull=False).order_by("lifted_at")
    return {one.address: one.lifted_at for one in found if one.lifted_at}


def _apply(rows: Sequence[OptOut], now: datetime) -> None:
    """Persons who have these addresses are opted out, and named beside them."""
    by_address = {row.address: row for row in rows}
    found = _having(set(by_address))
    for person, address in found:
        if by_address[address].person_id is None:
            by_address[address].person = person
    OptOut.objects.bulk_update([row for row in rows if row.person_id], ["person"])
    _flag([(person, by_address[address].at) for person, address in found], now)


def _having(addresses: Collection[str]) -> list[tuple[Person, str]]:
    """Persons with one of these addresses (a further one, too), and which."""
    found = Person.objects.annotate(told=Lower("email")).filter(told__in=addresses)
    further = Person.objects.annotate(told=Lower("further_emails__email")).filter(told__in=addresses)
    return [(person, person.told) for rows in (found, further) for person in rows.order_by("pk")]


def _flag(told: Iterable[tuple[Person, datetime]], now: datetime) -> None:
    changed: dict[int, Person] = {}
    for person, at in told:
        if person.opted_out_at is None and person.pk not in changed:
            overwrite(person, {"opted_out_at": at})
            person.updated_at = now
            changed[person.pk] = person
    Person.objects.bulk_update(changed.values(), ["opted_out_at", "updated_at"])
    provenance.changed(changed.values())


def _rows(persons: Iterable[Person], *, now: datetime, by_id: int | None, **told: Any) -> list[OptOut]:
    """An opt-out for each address of each person; for one without any, of the person."""
    kept = list(persons)
    further: dict[int, list[str]] = {}
    for pk, email in Person.objects.filter(pk__in=[one.pk for one in kept]).values_list("pk", "further_emails__email"):
        further.setdefault(pk, []).append(email or "")
    return [
        OptOut(address=address, person=person, recorded_by_id=by_id, recorded_at=now, **told)
        for person in kept
        for address in ({mail_key(one) for one in (person.email, *further.get(person.pk, []))} - {""} or {""})
    ]


def follow(persons: Iterable[Person], *, at: datetime, source: Source | None) -> None:
    """Writes down for good that these persons, just told of as opted out, want nothing; what stands already stands."""
    rows = _rows(persons, at=at, now=at, by_id=provenance.teller(), source=source)
    OptOut.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def lift(opt_out: OptOut, *, because: str, by: Actor, now: datetime) -> OptOut:
    """Consent was given anew, as `because` tells: all that stands for this address or its person is lifted.

    Raises OptOutRefused.
    """
    opt_out.refresh_from_db(from_queryset=OptOut.objects.select_for_update(of=("self",)))
    if opt_out.lifted_at:
        raise OptOutRefused(_("This opt-out has been lifted already."))
    if not because.strip():
        raise OptOutRefused(_("Please say how consent was given anew: without that an opt-out is never lifted."))
    if erased.is_asked_for(opt_out.person) or erased.among([erased.of_address(opt_out.address)]):
        raise OptOutRefused(_("This person is being erased."))
    rows = OptOut.objects.standing().filter(Q(pk=opt_out.pk) | Q(person=opt_out.person_id, person__isnull=False))
    addresses = {row.address for row in rows} - {""}
    rows.update(lifted_at=now, lifted_by=by.pk, lifted_because=because.strip())
    with provenance.telling(None, by=by, at=now):
        _clear(addresses, opt_out.person_id, now)
    log.record("opt_outs.lift", opt_out, by=by, at=now)
    opt_out.refresh_from_db()
    return opt_out


def _clear(addresses: Collection[str], person_id: int | None, now: datetime) -> None:
    """Takes the opt-out from persons for whom none stands any more."""
    persons = [person for person, _address in _having(addresses)]
    persons += Person.objects.filter(pk__in=[person_id] if person_id else []).exclude(
        pk__in=[person.pk for person in persons]
    )
    freed = [person for person in persons if person.opted_out_at and not _standing_for(person)]
    for person in freed:
        overwrite(person, {"opted_out_at": None})
    with pgtrigger.ignore(OPT_OUT_STAYS):
        Person.objects.filter(pk__in=[person.pk for person in freed]).update(opted_out_at=None, updated_at=now)
    provenance.changed(freed)


def _standing_for(person: Person) -> list[OptOut]:
    """What keeps a person opted out, the first said first."""
    addresses = {mail_key(person.email), *(mail_key(one.email) for one in person.further_emails.all())} - {""}
    found = OptOut.objects.standing().filter(Q(person=person) | Q(address__in=addresses))
    return list(found.select_related("source", "recorded_by").order_by("at", "pk"))


def standing_for(person: Person) -> OptOut | None:
    """The opt-out of this person that stands, the first said; None where we may write."""
    return next(iter(_standing_for(person)), None)


def look_up(address: str) -> OptOut | None:
    """The opt-out of this address that stands, or else the latest that was lifted."""
    found = OptOut.objects.filter(address=mail_key(address)).exclude(address="")
    found = found.select_related("person", "source", "recorded_by", "lifted_by")
    return found.order_by(F("lifted_at").desc(nulls_first=True), "-pk").first()


def part(kept: Person, back: Person, *, since: datetime) -> None:
    """Two persons are parted who were one since then: what was said meanwhile holds for both."""
    meanwhile = OptOut.objects.standing().filter(person=kept, recorded_at__gte=since).order_by("at").first()
    if meanwhile:
        told = {"channel": meanwhile.channel, "evidence": meanwhile.evidence, "source": meanwhile.source}
        rows = _rows([back], at=meanwhile.at, now=meanwhile.recorded_at, by_id=meanwhile.recorded_by_id, **told)
        OptOut.objects.bulk_create(rows, ignore_conflicts=True)
    for person in (kept, back):
        person.refresh_from_db()
        _flag([(person, row.at) for row in _standing_for(person)[:1]], since)


SETTLE = """
    UPDATE accounts_person p SET opted_out_at = o.at FROM accounts_optout o
    WHERE o.lifted_at IS NULL AND p.opted_out_at IS NULL AND {}
"""
HELD = ("o.person_id = p.id", "o.address <> '' AND p.email <> '' AND lower(p.email) = o.address")


def settle() -> int:
    """Opts out whoever came in while an opt-out was being written, unseen by it; returns how many. May run twice."""
    found = 0
    with connection.cursor() as cursor:
        for held in HELD:
            cursor.execute(SETTLE.format(held))
            found += int(cursor.rowcount)
    return found
