"""Departments as texts name them."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from accounts import provenance
from accounts.models import Department
from accounts.titles import function_of, plain

KEY_LENGTH = 160
Place = tuple[int, str]
"""An account's id and the department's name there."""


@transaction.atomic
def ensure(places: Collection[Place]) -> dict[Place, Department]:
    """The department for each place, found by its name (width, case and spaces do not matter) or created."""
    wanted: dict[Place, str] = {}
    for account_id, name in places:
        if name:
            wanted.setdefault((account_id, key_of(name)), name)
    known = _known({account_id for account_id, _key in wanted})
    missing = {place: name for place, name in wanted.items() if place not in known}
    new = [
        Department(account_id=account_id, name=name[:KEY_LENGTH], key=key, function=function_of(name))
        for (account_id, key), name in missing.items()
    ]
    Department.objects.bulk_create(new)
    provenance.made(new)
    known |= {(one.account_id, one.key): one for one in new}
    return {(account_id, name): known[account_id, key_of(name)] for account_id, name in places if name}


def key_of(name: str) -> str:
    """What a department's names are compared by."""
    return plain(name)[:KEY_LENGTH]


def _known(account_ids: Collection[int]) -> dict[Place, Department]:
    """Open departments before closed ones of the same name, older before younger ones."""
    found = Department.objects.filter(account__in=account_ids).order_by(F("valid_to").asc(nulls_last=True), "-pk")
    return {(one.account_id, one.key): one for one in found}
