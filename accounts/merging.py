"""Two companies (or two persons) are one: merged by somebody's decision, parted again exactly (docs/decisions/0018).

Nothing here is done by a rule. What contradicts a merge refuses it in words; a preview is the merge, rolled back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts import erased, opt_outs
from accounts.enums import DoubtKind, DoubtState, MergeKind, NameKind, Relation
from accounts.grouping import stands_below
from accounts.joining import STEPS, CannotJoin, Journal, fill, follow, guarded, join, put, take_back
from accounts.models import Account, AccountName, Affiliation, Department, Doubt, ExternalId, Merge, Person, PersonEmail
from accounts.registering import lock_identities
from audit import log, outbox
from audit.log import Actor

Subject = TypeVar("Subject", Account, Person)
PATIENCE = "5s"
FILLED = {
    Account: ("name_kana", "name_en", "corporate_number", "parent_id", "industry", "employees", "revenue",
              "revenue_currency", "prefecture", "address", "phone", "owner_id", "team_id"),
    Person: ("last_name", "first_name", "name_kana", "email", "phone", "mobile", "opted_out_at"),
}  # fmt: skip
"""What the one that stays takes over where it says nothing itself; a partner's care never: who sees it is decided."""


class MergeRefused(Exception):
    """These two stay two, or stay one; the text says why."""


@dataclass(frozen=True)
class Preview:
    """What a merge would do: `moved` rows by kind, departments that become one, what to think of; or why not."""

    moved: dict[str, int] = field(default_factory=dict)
    joined: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    obstacle: str = ""


def preview(kept: Subject, gone: Subject, *, by: Actor, now: datetime) -> Preview:
    """What merging `gone` into `kept` would do. Nothing is changed: it is done and rolled back."""
    warnings: list[str] = _warnings(kept, gone) if isinstance(kept, Account) and isinstance(gone, Account) else []
    try:
        with transaction.atomic():
            journal = _merged(kept, gone, now=now)
            transaction.set_rollback(True)
    except MergeRefused as why:
        return Preview(obstacle=str(why), warnings=warnings)
    names = [row["name"] for row in journal.joined(Department)]
    return Preview(moved=dict(journal.moved()), joined=names, warnings=warnings)


@transaction.atomic
def merge(kept: Subject, gone: Subject, *, by: Actor, now: datetime) -> Merge:
    """`gone` becomes part of `kept` with all it has; whoever asks for it is led there. Raises MergeRefused."""
    evidence = _evidence(gone)
    journal = _merged(kept, gone, now=now)
    kind = MergeKind.ACCOUNT if isinstance(kept, Account) else MergeKind.PERSON
    made = Merge.objects.create(
        kind=kind, **{kind.lower(): kept}, gone_id=gone.pk, gone_public_id=gone.public_id, gone_name=gone.name,
        evidence=evidence, journal=journal.steps, by_id=by.pk, at=now,
    )  # fmt: skip
    _tell("merge", made, by=by, now=now)
    return made


def _merged(kept: Subject, gone: Subject, *, now: datetime) -> Journal:
    """The merge itself. Locks first: whoever waits here then finds what the faster one left."""
    journal = Journal()
    with patiently():
        accounts = _lock(kept, gone)
        kept.refresh_from_db()
        gone.refresh_from_db()
        _refuse_contradictions(kept, gone)
        with guarded():
            left = {name: getattr(gone, name) for name in FILLED[type(kept)]}
            try:
                join(kept, gone, journal)
            except CannotJoin as why:
                raise MergeRefused(str(why)) from why
            fill(kept, left, journal)
            _take_over(kept, gone, journal)
            put(kept, "updated_at", now, journal)
            _close_pairs(journal, now)
        _settle(accounts)
    return journal


@transaction.atomic
def unmerge(done: Merge, *, by: Actor, now: datetime) -> Merge:
    """Takes a merge back: everything stands as before it, and what came since goes with what it hangs on.

    Merges into one company are taken back in reverse order. Raises MergeRefused.
    """
    with patiently():
        lock_identities()
        done.refresh_from_db(from_queryset=Merge.objects.select_for_update(of=("self",)))
        _refuse_out_of_order(done)
        kept: Any = done.account or done.person
        accounts = _lock(kept)
        try:
            with guarded():
                take_back(done.journal)
                back = type(kept).objects.get(pk=done.gone_id)
                if isinstance(back, Account):
                    follow(kept, back, _persons_only_at(back, kept))
                else:
                    opt_outs.part(kept, back, since=done.at)
        except IntegrityError as why:
            raise MergeRefused(
                _("What belonged to %(name)s is somebody else's by now.") % {"name": done.gone_name}
            ) from why
        type(kept).objects.filter(pk__in=[kept.pk, back.pk]).update(updated_at=now)
        _settle({*accounts, *_accounts_of(back)})
    done.undone_by_id, done.undone_at = by.pk, now
    done.save(update_fields=["undone_by", "undone_at"])
    _tell("unmerge", done, by=by, now=now)
    return done


@contextmanager
def patiently() -> Iterator[None]:
    """Waits a moment for others' locks, not for the end of a long import."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") not in ("55P03", "40P01"):
            raise
        raise MergeRefused(_("Something is being written about these two just now. Please try again.")) from error


def _lock(*subjects: Subject) -> list[int]:
    """Identities, then what apps upstairs lock (the highest first), then the rows by pk. Returns the accounts' ids."""
    lock_identities()
    accounts = sorted({pk for one in subjects for pk in _accounts_of(one)})
    for step in STEPS:
        if step.lock:
            step.lock(accounts)
    rows = type(subjects[0]).objects.order_by("pk").select_for_update(of=("self",))
    found = set(rows.filter(pk__in=[one.pk for one in subjects]).values_list("pk", flat=True))
    for one in subjects:
        if one.pk not in found:
            raise MergeRefused(_("%(name)s has been merged already.") % {"name": one.name})
    return accounts


def _accounts_of(subject: Account | Person) -> set[int]:
    """The accounts whose rows a merge of this one changes."""
    if isinstance(subject, Account):
        return {subject.pk}
    return set(subject.affiliations.values_list("account_id", flat=True))


def _settle(accounts: Sequence[int] | set[int]) -> None:
    still = list(Account.objects.filter(pk__in=accounts).order_by("pk").values_list("pk", flat=True))
    for step in STEPS:
        if step.settle:
            step.settle(still)


def _refuse_contradictions(kept: Subject, gone: Subject) -> None:
    if kept.pk == gone.pk:
        raise MergeRefused(_("This is one and the same already."))
    if isinstance(kept, Person) and isinstance(gone, Person):
        _refuse_leaving(kept, gone)
    if not (isinstance(kept, Account) and isinstance(gone, Account)):
        return
    if kept.corporate_number and gone.corporate_number:
        text = _(
            "%(one)s and %(other)s have different corporate numbers (%(first)s, %(second)s): they are two companies."
        )
        raise MergeRefused(text % {"one": kept, "other": gone, "first": kept.corporate_number,
                                   "second": gone.corporate_number})  # fmt: skip
    if stands_below(kept, gone) or stands_below(gone, kept):
        text = _("%(one)s and %(other)s belong to one group, one above the other: they are two companies.")
        raise MergeRefused(text % {"one": kept, "other": gone})


def _take_over(kept: Subject, gone: Subject, journal: Journal) -> None:
    """What is not a blank to be filled: names and customers; addresses and opt-outs."""
    if isinstance(kept, Account) and isinstance(gone, Account):
        _take_name(kept, gone, journal)
        if Relation.CUSTOMER in (kept.relation, gone.relation) or kept.relation == Relation.NONE:
            _take_relation(kept, gone, journal)
    elif isinstance(kept, Person) and isinstance(gone, Person):
        if gone.email and gone.email.lower() != kept.email.lower():
            journal.made(PersonEmail.objects.create(person=kept, email=gone.email))
        first = min((at for at in (kept.opted_out_at, gone.opted_out_at) if at), default=None)
        put(kept, "opted_out_at", first, journal)


def _take_name(kept: Account, gone: Account, journal: Journal) -> None:
    known = AccountName.objects.filter(account=kept, key=gone.key).exists()
    if gone.key != kept.key and not known:
        alias = {"account": kept, "kind": NameKind.ALIAS, "name": gone.name, "key": gone.key}
        journal.made(AccountName.objects.create(**alias))


def _take_relation(kept: Account, gone: Account, journal: Journal) -> None:
    """A customer stays one, since the earlier day; what we did not stand in takes over how the other stood."""
    same = [one for one in (kept, gone) if one.relation == Relation.CUSTOMER] or [gone]
    since = min((one.relation_since for one in same if one.relation_since), default=None)
    put(kept, "relation", same[0].relation, journal)
    put(kept, "relation_since", since, journal)


def _close_pairs(journal: Journal, now: datetime) -> None:
    """Doubts whether these two are one are answered."""
    answered = Doubt.objects.open().exclude(kind=DoubtKind.TOLD).annotate(left=Count("candidates")).filter(left__lt=2)
    for doubt in answered.order_by("pk"):
        Doubt.objects.filter(pk=doubt.pk).update(state=DoubtState.LINKED, decided_at=now)
        journal.note(Doubt, [doubt.pk], {"state": (DoubtState.OPEN, DoubtState.LINKED), "decided_at": (None, now)})


def _warnings(kept: Account, gone: Account) -> list[str]:
    """Who sees it, and who has it, where the two differ."""
    found = []
    if kept.partner_id != gone.partner_id:
        for one, other in ((gone, kept), (kept, gone)):
            if one.partner_id and one is gone:
                found.append(_("The partner %(partner)s sees %(name)s now and will not see it any more.")
                             % {"partner": one.partner, "name": one.name})  # fmt: skip
            elif one.partner_id:
                found.append(_("The partner %(partner)s will also see what is %(name)s’s now.")
                             % {"partner": one.partner, "name": other.name})  # fmt: skip
    for column, text in (("owner", _("Its owner will be %(kept)s, not %(gone)s.")),
                         ("team", _("Its team will be %(kept)s, not %(gone)s."))):  # fmt: skip
        ours, theirs = getattr(kept, column), getattr(gone, column)
        if ours and theirs and ours != theirs:
            found.append(text % {"kept": ours, "gone": theirs})
    return found


def _evidence(gone: Account | Person) -> list[str]:
    """By what the one that goes is told of: keys, ids, number; mail."""
    ids = ExternalId.objects.filter(Q(account=gone) if isinstance(gone, Account) else Q(person=gone))
    said = set(ids.values_list("external_id", flat=True))
    if isinstance(gone, Account):
        said |= {gone.key, gone.corporate_number or "", *gone.names.values_list("key", flat=True)}
    else:
        said |= {gone.email.lower(), *(one.email.lower() for one in gone.further_emails.all())}
    return sorted(said - {""})


def _persons_only_at(back: Account, kept: Account) -> list[int]:
    there = Affiliation.objects.filter(account=back).values("person")
    here = Affiliation.objects.filter(account=kept).values("person")
    return list(Person.objects.filter(pk__in=there).exclude(pk__in=here).values_list("pk", flat=True))


def _refuse_leaving(*persons: Person | None) -> None:
    if erased.is_asked_for(*persons):
        raise MergeRefused(_("This person is being erased."))


def _refuse_out_of_order(done: Merge) -> None:
    _refuse_leaving(done.person)
    if done.undone_at:
        raise MergeRefused(_("This merge has been taken back already."))
    later = Merge.objects.standing().filter(pk__gt=done.pk, account=done.account, person=done.person).first()
    if later:
        text = _("%(name)s was merged into %(kept)s later: take that back first.")
        raise MergeRefused(text % {"name": later.gone_name, "kept": later.account or later.person})


def _tell(verb: str, done: Merge, *, by: Actor, now: datetime) -> None:
    kept: Any = done.account or done.person
    kind = done.kind.lower()
    log.record(f"{kind}s.{verb}", kept, by=by, at=now, account_id=done.account_id,
               detail={"merge": str(done.public_id), "gone": str(done.gone_public_id)})  # fmt: skip
    if done.account_id:
        outbox.put(f"account.{verb}d", key=f"{verb}:{done.pk}", payload={"merge": done.pk}, now=now)


def heir_of(public_id: Any, kind: MergeKind = MergeKind.ACCOUNT) -> Account | Person | None:
    """Whom the company (person) with this id was merged into, however often; None where it was not."""
    done = Merge.objects.standing().filter(kind=kind, gone_public_id=public_id).select_related("account", "person")
    found = done.first()
    return (found.account or found.person) if found else None
