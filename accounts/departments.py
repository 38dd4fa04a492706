"""Departments as texts name them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import provenance, word_rules
from accounts.models import Account, Department
from accounts.titles import plain
from audit import log
from audit.effects import Effect, Told, overwrite
from audit.log import Actor

KEY_LENGTH = 160
Place = tuple[int, str]
"""An account's id and the department's name there."""


@transaction.atomic(savepoint=False)
def ensure(places: Collection[Place]) -> dict[Place, Department]:
    """The department for each place, found by its name (width, case and spaces do not matter) or created."""
    wanted: dict[Place, str] = {}
    for account_id, name in places:
        if name:
            wanted.setdefault((account_id, key_of(name)), name)
    known = _known(wanted)
    missing = {place: name for place, name in wanted.items() if place not in known}
    new = _read(missing) if missing else []
    Department.objects.bulk_create(new)
    provenance.made(new)
    known |= {(one.account_id, one.key): one for one in new}
    return {(account_id, name): known[account_id, key_of(name)] for account_id, name in places if name}


def _read(missing: Mapping[Place, str]) -> list[Department]:
    """Departments to be made, with what their names say they do."""
    words = word_rules.in_force()
    return [
        Department(account_id=account_id, name=name[:KEY_LENGTH], key=key, function=words.function_of(name))
        for (account_id, key), name in missing.items()
    ]


def key_of(name: str) -> str:
    """What a department's names are compared by."""
    return plain(name)[:KEY_LENGTH]


def _known(places: Collection[Place]) -> dict[Place, Department]:
    """Open departments before closed ones of the same name, older before younger ones."""
    if not places:
        return {}
    there, keys = {at for at, _key in places}, {key for _at, key in places}
    found = Department.objects.filter(account_id__among=there, key__among=keys)
    found = found.defer("public_id").order_by(F("valid_to").asc(nulls_last=True), "-pk")
    return {(one.account_id, one.key): one for one in found}


@dataclass(frozen=True)
class DepartmentFacts:
    """What is told of a department; "" means not told. `parent` is the name of the one above."""

    account: Account
    name: str
    parent: str = ""
    function: str = ""


@transaction.atomic
def tell(facts: Sequence[DepartmentFacts], *, by: Actor, now: datetime) -> list[Told[Department]]:
    """Finds or makes each department, puts it under its parent, and takes over what it does."""
    places = [(one.account.pk, name) for one in facts for name in (one.name, one.parent)]
    seen = set(_known([(account_id, key_of(name)) for account_id, name in places if name]))
    known = ensure(places)
    told = [_place(one, known, seen) for one in facts]
    changed = [one.subject for one in told if one.subject and one.effect in (Effect.CREATED, Effect.UPDATED)]
    Department.objects.bulk_update({row.pk: row for row in changed}.values(), ["parent", "function"])
    provenance.changed({row.pk: row for row in changed}.values())
    if changed:
        log.record("departments.tell", changed[0], by=by, at=now, detail={"departments": len(changed)})
    return told


def _place(facts: DepartmentFacts, known: dict[Place, Department], seen: set[Place]) -> Told[Department]:
    row = known[facts.account.pk, facts.name]
    parent = known.get((facts.account.pk, facts.parent))
    if parent and (parent.pk == row.pk or parent.parent_id == row.pk):
        return Told(Effect.REFUSED, blame="parent", reason=_("A department cannot stand above itself."))
    place = (facts.account.pk, row.key)
    told = Told(Effect.UNCHANGED if place in seen else Effect.CREATED, row)
    seen.add(place)
    values = {"parent_id": parent.pk if parent else None, "function": facts.function}
    if overwrite(row, {name: value for name, value in values.items() if value}):
        told.changed()
    return told
