"""Accounts, departments and persons as people and API clients keep them, one at a time.

Rows of files and other systems come through `registering` and `persons`.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import corporate_numbers, departments, doubts, erased, finding, provenance, word_rules
from accounts.corporate_numbers import InvalidCorporateNumber
from accounts.enums import Function, NameKind, Rank
from accounts.grouping import stands_below
from accounts.matching import Verdict
from accounts.models import Account, AccountName, Affiliation, Department, Person, Source
from accounts.persons import by_email
from accounts.registering import AccountFacts, AccountRegistrar, lock_identities
from audit import log
from audit.effects import Effect, Told, overwrite
from audit.log import Actor


class EditRefused(Exception):
    """A value that cannot be taken; `field` is to blame, the text says why."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class AlreadyKnown(Exception):
    """What was to be added is known already, as `row`."""

    def __init__(self, row: Account | Person) -> None:
        super().__init__(_("%(name)s is known already.") % {"name": row})
        self.row = row


@transaction.atomic
def open_account(facts: AccountFacts, *, source: Source, by: Actor, now: datetime) -> Account:
    """Registers a company we do not know yet. Raises AlreadyKnown, EditRefused."""
    with provenance.telling(source, by=by, at=now):
        told = AccountRegistrar(source, now=now).register([_checked(facts)])[0]
    if told.subject is None:
        raise EditRefused(told.blame, told.reason)
    if told.effect is not Effect.CREATED:
        raise AlreadyKnown(Account.objects.get(pk=told.subject.pk))
    log.record("accounts.open", told.subject, by=by, at=now, account_id=told.subject.pk)
    return told.subject


@transaction.atomic
def tell_account(facts: AccountFacts, *, source: Source, by: Actor, now: datetime) -> Told[Account]:
    """What a source says of one of its companies: found and changed, or registered. Raises EditRefused."""
    facts = _checked(facts)
    with provenance.telling(source, by=by, at=now):
        told = AccountRegistrar(source, now=now).register([facts])[0]
    if isinstance(told.doubt, Verdict):
        doubts.raise_doubt(facts, told.doubt, source=source, by=by, now=now)
    if told.subject and told.effect is not Effect.UNCHANGED:
        detail = {"effect": told.effect, "source": source.code, "external_id": facts.external_id}
        log.record("accounts.tell", told.subject, by=by, at=now, account_id=told.subject.pk, detail=detail)
    return told


def _checked(facts: AccountFacts) -> AccountFacts:
    return replace(facts, corporate_number=_corporate_number(facts.corporate_number) or "")


@transaction.atomic
def amend_account(account: Account, *, by: Actor, now: datetime, **changes: Any) -> Account:
    """Changes columns of an account; a new name makes the old one a former name. Raises EditRefused."""
    account.refresh_from_db(from_queryset=Account.objects.select_for_update())
    if "corporate_number" in changes:
        changes["corporate_number"] = _free_number(account, changes["corporate_number"])
    if changes.get("parent"):
        _refuse_circle(account, changes["parent"])
    old_name, old_key = account.name, account.key
    columns = overwrite(account, changes)
    if "name" in columns:
        columns += _take_name(account, old_name, old_key, now.date())
    if columns:
        account.save(update_fields=[*columns, "updated_at"])
        _note_change(account, by, now)
        log.record("accounts.amend", account, by=by, at=now, account_id=account.pk, detail={"columns": columns})
    return account


def _note_change(row: Account | Person, by: Actor, now: datetime) -> None:
    """Notes that it was corrected by hand."""
    with provenance.telling(None, by=by, at=now):
        provenance.changed([row])


def _take_name(account: Account, old_name: str, old_key: str, today: date) -> list[str]:
    account.key = finding.key_of(account.name)
    if account.key == old_key:
        return []
    former = {"name": old_name, "valid_to": today}
    AccountName.objects.get_or_create(account=account, kind=NameKind.FORMER, key=old_key, defaults=former)
    return ["key"]


def _refuse_circle(account: Account, parent: Account) -> None:
    lock_identities()
    if stands_below(parent, account):
        raise EditRefused("parent", _("%(name)s is not known as a possible parent.") % {"name": parent.name})


def _free_number(account: Account, text: str | None) -> str | None:
    lock_identities()
    number = _corporate_number(text)
    owner = Account.objects.filter(corporate_number=number).exclude(pk=account.pk).first() if number else None
    if owner:
        text = _("This corporate number belongs to %(company)s.") % {"company": owner.name}
        raise EditRefused("corporate_number", text)
    return number


def _corporate_number(text: str | None) -> str | None:
    try:
        return corporate_numbers.parse(text) if text else None
    except InvalidCorporateNumber as error:
        raise EditRefused("corporate_number", _("This is not a corporate number: please check its digits.")) from error


@transaction.atomic
def add_department(
    account: Account, *, name: str, by: Actor, now: datetime, parent: Department | None = None, function: str = ""
) -> Department:
    """A department in the account's tree; what it does is read from its name unless given. Raises EditRefused."""
    if parent and parent.account_id != account.pk:
        raise EditRefused("parent", _("This department belongs to another account."))
    key = departments.key_of(name)
    if Department.objects.filter(account=account, parent=parent, key=key).exists():
        raise EditRefused("name", _("This account already has such a department."))
    lock_identities()
    function = Function(function) if function else word_rules.in_force().function_of(name)
    made = Department.objects.create(account=account, parent=parent, name=name, key=key, function=function)
    log.record("departments.add", made, by=by, at=now, account_id=account.pk)
    return made


@transaction.atomic
def add_person(
    account: Account,
    *,
    name: str,
    by: Actor,
    now: datetime,
    department: Department | None = None,
    title: str = "",
    email: str = "",
    **details: Any,
) -> Person:
    """Somebody at an account. Raises AlreadyKnown for a known mail address, EditRefused."""
    lock_identities()
    _refuse_erased(email)
    if department and department.account_id != account.pk:
        raise EditRefused("department", _("This department belongs to another account."))
    if known := by_email({email.lower()}).get(email.lower()) if email else None:
        raise AlreadyKnown(known)
    person = Person.objects.create(name=name, email=email, **details)
    rank = word_rules.in_force().rank_of(title) if title else Rank.UNKNOWN
    Affiliation.objects.create(person=person, account=account, department=department, title=title, rank=rank)
    with provenance.telling(None, by=by, at=now):
        provenance.made([person])
    log.record("persons.add", person, by=by, at=now, account_id=account.pk)
    return person


@transaction.atomic
def amend_person(person: Person, *, by: Actor, now: datetime, **changes: Any) -> Person:
    """Changes columns of a person. Raises EditRefused for somebody else's mail address."""
    lock_identities()
    person.refresh_from_db(from_queryset=Person.objects.select_for_update())
    if erased.is_asked_for(person):
        raise EditRefused("name", _("This person is being erased."))
    email = changes.get("email", "")
    _refuse_erased(email)
    if email and by_email({email.lower()}).get(email.lower(), person).pk != person.pk:
        raise EditRefused("email", _("This mail address belongs to somebody else."))
    columns = overwrite(person, changes)
    if columns:
        person.save(update_fields=[*columns, "updated_at"])
        _note_change(person, by, now)
        log.record("persons.amend", person, by=by, at=now, detail={"columns": columns})
    return person


def _refuse_erased(email: str) -> None:
    key = erased.of_address(email)
    if email and (at := erased.among([key]).get(key)):
        raise EditRefused("email", erased.reason(at))
