"""Erasing a person everywhere: asked for by a person, done by a worker, all of it or nothing (docs/decisions/0022).

What names them goes: the row's contents, addresses, ids, traces, opt-outs, merges, files they came in, and what free
texts in any table say of them. What happened stays, without saying who: leads, moves, touches and their numbers.
Digests stay as well, so that no later file brings them back unnoticed.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import erased, merging, opt_outs, rules, sweeping
from accounts.addresses import mail_key
from accounts.consent import ErasedKey, Erasure, OptOut
from accounts.enums import DoubtKind
from accounts.identity import Doubt, DoubtCandidate, Merge, PersonEmail
from accounts.models import Affiliation, ExternalId, Person, Trace
from accounts.provenance import kind_of
from accounts.registering import lock_identities
from accounts.sweeping import Needles
from audit import log, outbox
from audit.models import OutboxMessage

Step = Callable[[Person, Needles, datetime], Mapping[str, int]]
_steps: list[Step] = []
ASKED = "person.erasure_asked"
TEXTS = ("name", "last_name", "first_name", "name_kana", "email", "phone", "mobile")


class ErasureRefused(Exception):
    """This person cannot be erased, or taken back, so; the text says why."""


def register(step: Step) -> None:
    """What an app upstairs does before the traces are gone; it tells what it removed, in numbers."""
    _steps.append(step)


@transaction.atomic
def ask(person: Person, *, ground: str, by: Any, now: datetime) -> Erasure:
    """Asks for the person to be erased for good. From now on nobody writes to them and no file brings them in again.

    Asked again, it changes nothing. Raises ErasureRefused.
    """
    if not rules.may_erase(by):
        raise ErasureRefused(_("The head of marketing erases persons."))
    if not ground.strip():
        raise ErasureRefused(_("Please say on which ground: who asked, and when."))
    person = _locked(person)
    if known := Erasure.objects.filter(person=person).first():
        return known
    if person.erased_at:
        raise ErasureRefused(_("This person has been erased already."))
    made = Erasure.objects.create(person=person, at=now, by_id=by.pk, ground=_nameless(ground.strip(), person))
    opt_outs.opt_out(person, by=by, now=now, evidence=made.ground)
    _remember(made, person)
    log.record("persons.ask_erasure", made, by=by, at=now)
    outbox.put(ASKED, key=f"erasure:{made.pk}", payload={"erasure": made.pk}, now=now, lane=outbox.ERASURES)
    return made


def _locked(person: Person) -> Person:
    """The row, erased or not; whoever asks for the same at the same time waits here."""
    try:
        with merging.patiently():
            found = Person._base_manager.select_for_update().get(pk=person.pk)
    except merging.MergeRefused as why:
        raise ErasureRefused(str(why)) from why
    except Person.DoesNotExist as why:
        raise ErasureRefused(_("%(name)s has been merged already.") % {"name": person}) from why
    return found


def on_asked(message: OutboxMessage, now: datetime) -> None:
    """A worker's part."""
    run(Erasure.objects.get(pk=message.payload["erasure"]), now=now)


@transaction.atomic
def run(erasure: Erasure, *, now: datetime) -> Erasure:
    """Erases, all of it or nothing, as soon as nobody else decides who is who. Running it again changes nothing."""
    lock_identities()
    erasure = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure.pk)
    if erasure.done_at or erasure.person is None:
        return erasure
    person = Person.objects.select_for_update().get(pk=erasure.person.pk)
    told = sweeping.needles(person)
    _remember(erasure, person)
    erasure.counts, erasure.done_at = _gone(person, told, now), now
    erasure.save(update_fields=["counts", "done_at"])
    log.record("persons.erase", erasure, by=erasure.by, at=now, detail=dict(erasure.counts))
    return erasure


def _nameless(ground: str, person: Person) -> str:
    """The ground stays: it must not say who it was after all."""
    told = sweeping.needles(person)
    names = any(needle.lower() in ground.lower() for needle in (*told.sure, *told.names))
    return _("At their wish.") if names else ground


def _remember(made: Erasure, person: Person) -> None:
    """Keyed digests of all by which the person would be told of again."""
    ids = person.external_ids.select_related("source")
    keys = {erased.of_address(address) for address in _addresses(person)}
    keys |= {erased.of_id(one.source, one.external_id) for one in ids}
    ErasedKey.objects.bulk_create(
        [ErasedKey(erasure=made, digest=erased.digest(key)) for key in sorted(keys)], ignore_conflicts=True
    )


def _addresses(person: Person) -> set[str]:
    return {mail_key(person.email), *(mail_key(one.email) for one in person.further_emails.all())} - {""}


def _gone(person: Person, told: Needles, now: datetime) -> dict[str, int]:
    """Removes and empties; returns what, in numbers."""
    counts: dict[str, int] = {}
    for step in _steps:
        counts |= step(person, told, now)
    counts["texts"] = sweeping.sweep(person, told)
    counts["merges"] = _forget_merges(person)
    counts["traces"] = _forget_traces(person)
    counts["opt_outs"] = OptOut.objects.filter(address__in=_addresses(person)).delete()[0]
    counts["opt_outs"] += OptOut.objects.filter(person=person).delete()[0]
    _forget_doubts(person)
    ExternalId.objects.filter(person=person).delete()
    PersonEmail.objects.filter(person=person).delete()
    _empty(person, now)
    return {name: number for name, number in counts.items() if number}


def _empty(person: Person, now: datetime) -> None:
    """What is left: a row that says nothing, and where it stood (department and rank, for the numbers), now past."""
    blank = dict.fromkeys(TEXTS, "")
    Person.objects.filter(pk=person.pk).update(**blank, opted_out_at=now, erased_at=now, updated_at=now)
    places = Affiliation.objects.filter(person=person)
    places.update(title="")
    places.filter(ended_on=None).update(ended_on=now.date())


def _forget_traces(person: Person) -> int:
    """What tellings wrote of the person and of their parts."""
    ids = {
        Person: [person.pk],
        Affiliation: person.affiliations.values_list("pk", flat=True),
        ExternalId: person.external_ids.values_list("pk", flat=True),
    }
    return sum(
        Trace.objects.filter(kind=kind_of(model), row_id__in=list(pks)).delete()[0] for model, pks in ids.items()
    )


def _forget_merges(person: Person) -> int:
    """Merges of the person cannot be taken back any more; companies' can, without the person's titles."""
    gone = Merge.objects.filter(person=person).delete()[0]
    accounts = person.affiliations.values("account")
    for merge in Merge.objects.filter(account__in=accounts, undone_at=None):
        if any(_scrub(step, person.pk) for step in merge.journal):
            merge.save(update_fields=["journal"])
    return gone


def _scrub(step: dict[str, Any], pk: int) -> bool:
    row = step.get("row", {})
    if row.get("person_id") != pk or not row.get("title"):
        return False
    row["title"] = ""
    return True


def _forget_doubts(person: Person) -> None:
    """Whether they are the same as somebody is asked no more; what was decided is kept without them."""
    named = DoubtCandidate.objects.filter(person=person).values("doubt")
    Doubt.objects.filter(pk__in=list(named.values_list("doubt", flat=True)), kind=DoubtKind.PERSONS).delete()


@transaction.atomic
def readmit(address: str, *, because: str, by: Any, now: datetime) -> Erasure:
    """Whoever has this address was erased and consents anew, as `because` tells: may be told of again.

    Raises ErasureRefused.
    """
    if not rules.may_erase(by):
        raise ErasureRefused(_("The head of marketing erases persons."))
    if not because.strip():
        raise ErasureRefused(_("Please say how consent was given anew."))
    digests = erased.digests_of(erased.of_address(address))
    erasure = Erasure.objects.select_for_update(of=("self",)).filter(keys__digest__in=digests).first()
    if erasure is None:
        raise ErasureRefused(_("Nobody with this address was erased."))
    if not erasure.done_at:
        raise ErasureRefused(_("This person is being erased. Please try again once that is done."))
    erasure.keys.all().delete()
    log.record("persons.readmit", erasure, by=by, at=now, detail={"because": because.strip()})
    return erasure
