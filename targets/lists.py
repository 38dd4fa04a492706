"""Drawing up, signing and renewing target lists. Every refusal is a ListRefused with a text for the user."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, Department, Offering
from audit import log, outbox
from targets import rules
from targets.enums import Side, Tier, VersionState
from targets.models import Signature, TargetEntry, TargetList, TargetListVersion
from users.models import User

Aim = tuple[Account, Department | None]
"""A company as a whole, or one of its departments."""


class ListRefused(Exception):
    """A list act that may not be done; the text says why and what to do."""


@transaction.atomic
def create(*, name: str, by: User, now: datetime, purpose: str = "") -> TargetList:
    """Starts a list with an empty first draft."""
    _require_editor(by)
    name = name.strip()
    if not name:
        raise ListRefused(_("Please name the list."))
    if TargetList.objects.filter(name=name).exists():
        raise ListRefused(_("There is already a list called “%(name)s”. Please choose another name.") % {"name": name})
    made = TargetList.objects.create(name=name, purpose=purpose.strip(), created_by=by, created_at=now)
    TargetListVersion.objects.create(list=made, number=1, created_by=by, created_at=now)
    log.record("lists.create", made, by=by, at=now)
    return made


@transaction.atomic
def add(
    version: TargetListVersion,
    *,
    account: Account,
    by: User,
    now: datetime,
    department: Department | None = None,
    offering: Offering | None = None,
    **details: Any,
) -> TargetEntry:
    """Puts a named account (for a spear: its department and offering) on a draft.

    `details`: tier, horizon, wanted_rank, owner, theme, path, visit_goal. The owner is the account's unless given.
    """
    _require_editor(by)
    version = _locked_draft(version)
    if department and department.account_id != account.pk:
        raise ListRefused(_("This department belongs to another account."))
    same = {"account": account, "department": department, "offering": offering}
    if version.entries.filter(**same).exists():
        raise ListRefused(_("%(account)s is already on this list.") % {"account": account})
    entry = TargetEntry.objects.create(version=version, **same, **{"owner": account.owner, **details})
    log.record("lists.add", entry, by=by, at=now, account_id=account.pk)
    return entry


def add_accounts(
    version: TargetListVersion, accounts: Iterable[Account], *, by: User, now: datetime, tier: str = Tier.ONE_TO_MANY
) -> list[TargetEntry]:
    """Puts whole accounts on a draft, leaving out those already on it; returns the new entries."""
    return add_aims(version, ((account, None) for account in accounts), by=by, now=now, tier=tier)


@transaction.atomic
def add_aims(
    version: TargetListVersion, aims: Iterable[Aim], *, by: User, now: datetime, tier: str = Tier.ONE_TO_MANY
) -> list[TargetEntry]:
    """Puts accounts, whole or at a department, on a draft, leaving out those already on it; returns the new entries."""
    _require_editor(by)
    version = _locked_draft(version)
    known = set(version.entries.filter(offering=None).values_list("account_id", "department_id"))
    wanted = {(account.pk, at.pk if at else None): (account, at) for account, at in aims}
    new = {pks: aim for pks, aim in wanted.items() if pks not in known}
    entries = TargetEntry.objects.bulk_create(
        TargetEntry(version=version, account=account, department=at, tier=tier, owner_id=account.owner_id)
        for account, at in new.values()
    )
    detail = {"accounts": [account for account, _at in new], "departments": [at for _account, at in new if at]}
    log.record("lists.add_accounts", version, by=by, at=now, detail=detail)
    return entries


@transaction.atomic
def remove(entry: TargetEntry, *, by: User, now: datetime) -> None:
    """Takes an entry off a draft."""
    _require_editor(by)
    _locked_draft(entry.version)
    log.record("lists.remove", entry, by=by, at=now, account_id=entry.account_id)
    entry.delete()


@transaction.atomic
def sign(version: TargetListVersion, *, by: User, now: datetime) -> Signature:
    """Signs for the side of `by`. The first signature freezes the version; with both it comes into force."""
    side = rules.side_of(by)
    if side is None:
        raise ListRefused(_("A marketing lead and a sales manager sign lists."))
    version = _locked(version)
    _require_signable(version, side)
    signature = Signature.objects.create(version=version, side=side, by=by, at=now)
    version.state = VersionState.SIGNING
    if version.signatures.count() == len(Side):
        _bring_into_force(version, now)
    version.save(update_fields=["state", "activated_at"])
    log.record("lists.sign", version, by=by, at=now, detail={"side": side, "state": version.state})
    return signature


def _require_signable(version: TargetListVersion, side: Side) -> None:
    if version.state not in (VersionState.DRAFT, VersionState.SIGNING):
        raise ListRefused(_("This version is already in force or replaced. Please start the next version."))
    if not version.entries.exists():
        raise ListRefused(_("An empty list cannot be signed. Please add accounts first."))
    signed = version.signatures.filter(side=side).select_related("by").first()
    if signed:
        raise ListRefused(_("%(name)s has already signed for this side.") % {"name": signed.by})


def _bring_into_force(version: TargetListVersion, now: datetime) -> None:
    version.list.versions.filter(state=VersionState.ACTIVE).update(state=VersionState.SUPERSEDED, superseded_at=now)
    version.state, version.activated_at = VersionState.ACTIVE, now
    key, subject = f"list.signed:{version.pk}", f"list:{version.list_id}"
    outbox.put("list.signed", key=key, payload={"version": version.pk}, now=now, subject=subject)


@transaction.atomic
def send_back(version: TargetListVersion, *, by: User, now: datetime) -> TargetListVersion:
    """Takes the one signature off a version that is not yet in force, so that it can be changed again."""
    if rules.side_of(by) is None:
        raise ListRefused(_("A marketing lead and a sales manager sign lists."))
    version = _locked(version)
    if version.state != VersionState.SIGNING:
        raise ListRefused(_("Only a version waiting for its second signature can be sent back."))
    version.signatures.all().delete()
    version.state = VersionState.DRAFT
    version.save(update_fields=["state"])
    log.record("lists.send_back", version, by=by, at=now)
    return version


@transaction.atomic
def start_next(target_list: TargetList, *, by: User, now: datetime) -> TargetListVersion:
    """Copies the version in force into a new draft."""
    _require_editor(by)
    TargetList.objects.select_for_update().get(pk=target_list.pk)
    if target_list.versions.filter(state__in=[VersionState.DRAFT, VersionState.SIGNING]).exists():
        raise ListRefused(_("The next version is already being drawn up."))
    last = target_list.versions.order_by("-number")[0]
    draft = TargetListVersion.objects.create(list=target_list, number=last.number + 1, created_by=by, created_at=now)
    for entry in last.entries.prefetch_related("persons"):
        _copy(entry, draft)
    last.waiting.update(version=draft)
    log.record("lists.start_next", draft, by=by, at=now)
    return draft


def _copy(entry: TargetEntry, draft: TargetListVersion) -> None:
    persons = list(entry.persons.all())
    copy = TargetEntry(version=draft)
    for field in TargetEntry._meta.concrete_fields:
        if field.name not in ("id", "public_id", "version"):
            setattr(copy, field.attname, getattr(entry, field.attname))
    copy.save(force_insert=True)
    copy.persons.set(persons)


def require_draft(version: TargetListVersion, *, by: User) -> None:
    """Locks a draft for whoever draws it up. Raises ListRefused."""
    _require_editor(by)
    _locked_draft(version)


def _require_editor(by: User) -> None:
    if not rules.may_edit(by):
        raise ListRefused(_("Marketing and sales managers draw up lists."))


def _locked(version: TargetListVersion) -> TargetListVersion:
    return TargetListVersion.objects.select_for_update().select_related("list").get(pk=version.pk)


def _locked_draft(version: TargetListVersion) -> TargetListVersion:
    version = _locked(version)
    if version.state != VersionState.DRAFT:
        raise ListRefused(_("This version is signed and cannot change. Please start the next version."))
    return version
