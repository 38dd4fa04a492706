"""Doubts: who could be meant, and what a person decided. When in doubt nothing is linked; it waits here.

The same doubt is asked once: a decision holds whenever the same is told again by the same source.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import merging
from accounts.enums import DoubtKind, DoubtState
from accounts.identity import Doubt, DoubtCandidate
from accounts.matching import Verdict
from accounts.models import Account, Merge, Person, Source
from accounts.registering import AccountFacts, AccountRegistrar, account_of, doubt_key, lock_identities
from audit import log
from audit.log import Actor


class DoubtRefused(Exception):
    """This doubt cannot be decided so; the text says why."""


Origin = tuple[UUID | None, int | None]
"""The import's public id and the row's number, where it came by a file."""
NOWHERE: Origin = (None, None)


@transaction.atomic
def raise_doubt(
    facts: AccountFacts, verdict: Verdict, *, source: Source, by: Actor, now: datetime, origin: Origin = NOWHERE
) -> Doubt:
    """Puts what was told in the queue, with those it could mean; the same again only names the latest file."""
    import_id, row = origin
    told = _told(facts, verdict) | {"source": source, "raised_by_id": by.pk, "raised_at": now}
    doubt, is_new = Doubt.objects.get_or_create(
        key=doubt_key(source, facts), defaults=told | {"import_id": import_id, "row": row}
    )
    if is_new:
        _propose(doubt, [account_of(known) for known in verdict.candidates])
    elif import_id and doubt.state == DoubtState.OPEN:
        doubt.import_id, doubt.row = import_id, row
        doubt.save(update_fields=["import_id", "row"])
    return doubt


def _told(facts: AccountFacts, verdict: Verdict) -> dict[str, Any]:
    return {"kind": DoubtKind.TOLD, "rule": verdict.rule or "", "score": verdict.score, "facts": as_json(facts)}


@transaction.atomic
def raise_all(
    asked: Sequence[tuple[AccountFacts, Verdict]], *, source: Source, by: Actor, now: datetime
) -> list[Doubt]:
    """Puts each in the queue, in a few statements however many; what was asked before is that doubt."""
    lock_identities()
    keyed = {doubt_key(source, facts): (facts, verdict) for facts, verdict in asked}
    known = _by_key(keyed)
    new = {
        key: Doubt(key=key, **_told(facts, verdict), source=source, raised_by_id=by.pk, raised_at=now)
        for key, (facts, verdict) in keyed.items()
        if key not in known
    }
    known |= {doubt.key: doubt for doubt in Doubt.objects.bulk_create(new.values())}
    DoubtCandidate.objects.bulk_create(
        DoubtCandidate(doubt=doubt, position=number, account=account_of(one))
        for key, doubt in new.items()
        for number, one in enumerate(keyed[key][1].candidates, start=1)
    )
    return [known[doubt_key(source, facts)] for facts, _verdict in asked]


def left_out(source: Source, told: Sequence[AccountFacts]) -> set[str]:
    """The keys of those doubts about what this source tells that somebody decided to leave out."""
    keys = [doubt_key(source, facts) for facts in told]
    return {key for key, doubt in _by_key(keys).items() if doubt.state == DoubtState.DISMISSED}


def _by_key(keys: Collection[str]) -> dict[str, Doubt]:
    return {doubt.key: doubt for doubt in Doubt.objects.filter(key__in=list(keys))} if keys else {}


@transaction.atomic
def raise_pair(one: Any, other: Any, *, rule: str, score: float, by: Actor, now: datetime) -> Doubt | None:
    """Asks whether two companies (persons) are one; None when that was asked before."""
    pair = sorted((one, other), key=lambda row: row.pk)
    kind = DoubtKind.ACCOUNTS if isinstance(one, Account) else DoubtKind.PERSONS
    doubt, is_new = Doubt.objects.get_or_create(
        key=f"{kind}:{pair[0].pk}:{pair[1].pk}",
        defaults={"kind": kind, "rule": rule, "score": score, "raised_by_id": by.pk, "raised_at": now},
    )
    if not is_new:
        return None
    _propose(doubt, pair)
    return doubt


def _propose(doubt: Doubt, rows: Sequence[Account | Person]) -> None:
    column = "person" if doubt.kind == DoubtKind.PERSONS else "account"
    DoubtCandidate.objects.bulk_create(
        DoubtCandidate(doubt=doubt, position=number, **{column: row}) for number, row in enumerate(rows, start=1)
    )


@transaction.atomic
def link(doubt: Doubt, account: Account, *, by: Actor, now: datetime) -> Account:
    """What was told is this company: it takes it over, and the name as an alias. Raises DoubtRefused."""
    _take_up(doubt, DoubtKind.TOLD)
    registrar = AccountRegistrar(_source_of(doubt), now=now)
    told = registrar.link(_facts(doubt), account)
    if told.field_refusals:
        raise DoubtRefused(told.field_refusals[0][1])
    _settle(doubt, DoubtState.LINKED, account=account, by=by, now=now)
    return account


@transaction.atomic
def register_new(doubt: Doubt, *, by: Actor, now: datetime) -> Account:
    """What was told is a company we do not know yet. Raises DoubtRefused."""
    _take_up(doubt, DoubtKind.TOLD)
    told = AccountRegistrar(_source_of(doubt), now=now).add(_facts(doubt))
    account = told.subject
    if account is None:
        raise DoubtRefused(told.reason)
    _settle(doubt, DoubtState.NEW, account=account, by=by, now=now)
    return account


@transaction.atomic
def dismiss(doubt: Doubt, *, by: Actor, now: datetime) -> Doubt:
    """Not the same, or of no use: what was told is left out, the two stay two. Raises DoubtRefused."""
    _take_up(doubt)
    return _settle(doubt, DoubtState.DISMISSED, account=None, by=by, now=now)


@transaction.atomic
def merge_pair(doubt: Doubt, kept: Account | Person, *, by: Actor, now: datetime) -> Merge:
    """The two are one: the other becomes part of `kept`. Raises DoubtRefused, MergeRefused."""
    _take_up(doubt, DoubtKind.ACCOUNTS, DoubtKind.PERSONS)
    pair = [one.account or one.person for one in doubt.candidates.select_related("account", "person")]
    if kept not in pair:
        raise DoubtRefused(_("%(name)s is none of the two.") % {"name": kept})
    gone: Any = next(one for one in pair if one != kept)
    done = merging.merge(kept, gone, by=by, now=now)
    doubt.refresh_from_db()
    Doubt.objects.filter(pk=doubt.pk).update(decided_by=by.pk)
    return done


def _take_up(doubt: Doubt, *kinds: DoubtKind) -> None:
    """Locks the doubt. Raises DoubtRefused when somebody was faster, or it is another kind of doubt."""
    doubt.refresh_from_db(from_queryset=Doubt.objects.select_for_update(of=("self",)))
    if doubt.state != DoubtState.OPEN:
        raise DoubtRefused(_("%(who)s has decided this already.") % {"who": doubt.decided_by or _("Somebody")})
    if kinds and doubt.kind not in kinds:
        raise DoubtRefused(_("This doubt cannot be decided so."))


def _settle(doubt: Doubt, state: DoubtState, *, account: Account | None, by: Actor, now: datetime) -> Doubt:
    doubt.state, doubt.account, doubt.decided_by_id, doubt.decided_at = state, account, by.pk, now
    doubt.save(update_fields=["state", "account", "decided_by", "decided_at"])
    log.record(
        "doubts.decide", doubt, by=by, at=now, account_id=account.pk if account else None, detail={"state": state}
    )
    return doubt


def _source_of(doubt: Doubt) -> Source:
    if doubt.source is None:
        raise DoubtRefused(_("This doubt cannot be decided so."))
    return doubt.source


def as_json(facts: AccountFacts) -> dict[str, Any]:
    """What was told, as it is kept."""
    own = {"name": facts.name, "external_id": facts.external_id, "corporate_number": facts.corporate_number,
           "domain": facts.domain}  # fmt: skip
    return {name: value for name, value in own.items() if value} | {"details": dict(facts.details)}


def _facts(doubt: Doubt) -> AccountFacts:
    kept: Mapping[str, Any] = doubt.facts
    columns: dict[str, Any] = {name: Account._meta.get_field(name) for name in kept["details"]}
    details = {name: column.to_python(kept["details"][name]) for name, column in columns.items()}
    return AccountFacts(**{name: value for name, value in kept.items() if name != "details"}, details=details)
