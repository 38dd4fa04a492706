"""Which company belongs to which: the group tree."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import finding, provenance
from accounts.matching import Candidate, Outcome, match
from accounts.models import Account, Source
from accounts.registering import account_of
from audit.effects import Told, overwrite

CHUNK = 1000


@transaction.atomic
def place_under_parents(children: Sequence[tuple[Told[Account], str]], *, source: Source, now: datetime) -> None:
    """Places each account told of under its parent, named by its id at the source or by its name.

    The first telling about a child counts. A parent that is not known beyond doubt, or that stands below the child,
    refuses the field `parent`.
    """
    parents = dict(Account.objects.exclude(parent=None).values_list("pk", "parent_id"))
    placed: dict[int, int] = {}
    found = _found({named for _told, named in children}, source)
    for told, named in children:
        child, parent = told.subject, found[named]
        if child is None or child.pk in placed:
            continue
        if parent is None or _is_below(parent.pk, child.pk, {**parents, **placed}):
            told.field_refusals.append(("parent", _("%(name)s is not known as a possible parent.") % {"name": named}))
            continue
        placed[child.pk] = parent.pk
        if parents.get(child.pk) != parent.pk:
            told.changed()
    _write({child: parent for child, parent in placed.items() if parents.get(child) != parent}, now)


def _found(names: set[str], source: Source) -> dict[str, Account | None]:
    ordered = sorted(names)
    found: dict[str, Account | None] = {}
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        by_id = [Candidate(key="", source=source.code, external_id=name) for name in chunk]
        by_name = [finding.candidate(name) for name in chunk]
        index = finding.index_for([*by_id, *by_name])
        for name, *ways in zip(chunk, by_id, by_name, strict=True):
            verdicts = [match(way, index) for way in ways]
            known = next((v.known for v in verdicts if v.outcome is Outcome.MATCHED and v.known), None)
            found[name] = account_of(known) if known else None
    return found


def stands_below(account: Account, above: Account) -> bool:
    """Whether the account is `above` itself or hangs somewhere below it in the tree as stored."""
    parents = dict(Account.objects.exclude(parent=None).values_list("pk", "parent_id"))
    return _is_below(account.pk, above.pk, parents)


def _is_below(account_id: int | None, above: int, parents: Mapping[int, int | None]) -> bool:
    """Whether the account is `above` itself or hangs somewhere below it."""
    while account_id is not None:
        if account_id == above:
            return True
        account_id = parents.get(account_id)
    return False


def _write(parent_of: Mapping[int, int], now: datetime) -> None:
    accounts = Account.objects.in_bulk(list(parent_of))
    for child_id, parent_id in parent_of.items():
        overwrite(accounts[child_id], {"parent_id": parent_id})
        accounts[child_id].updated_at = now
    Account.objects.bulk_update(accounts.values(), ["parent", "updated_at"], batch_size=CHUNK)
    provenance.changed(accounts.values())
