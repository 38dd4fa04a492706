"""What accounts have bought."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts import provenance
from accounts.enums import Relation
from accounts.models import Account, Contract, Department, Offering
from audit import log
from audit.effects import Effect, Told, overwrite
from audit.log import Actor
from audit.models import Entry

TOLD = ["account_id", "department_id", "offering_id", "started_on", "amount", "currency"]
"""What another system says about a contract."""


@transaction.atomic
def sign(
    account: Account,
    *,
    offering: Offering,
    amount: Decimal,
    currency: str,
    started_on: date,
    by: Actor,
    now: datetime,
    department: Department | None = None,
    source: str = "",
    external_id: str = "",
) -> Contract:
    """Records that `account` bought `offering`; the account becomes a customer from that day.

    (source, external_id) names the other system's record, where there is one; signing it again returns the
    contract it already made.
    """
    if external_id:
        known = Contract.objects.filter(source=source, external_id=external_id).first()
        if known:
            return known
    contract = Contract.objects.create(
        account=account,
        department=department,
        offering=offering,
        amount=amount,
        currency=currency,
        started_on=started_on,
        source=source,
        external_id=external_id,
    )
    _become_customer(account, started_on, now)
    log.record("contracts.sign", contract, by=by, at=now, account_id=account.pk)
    return contract


def _become_customer(account: Account, since: date, now: datetime) -> None:
    new = Account.objects.filter(pk=account.pk).exclude(relation=Relation.CUSTOMER)
    if new.update(relation=Relation.CUSTOMER, relation_since=since, updated_at=now):
        account.relation, account.relation_since = Relation.CUSTOMER, since


@transaction.atomic
def sign_many(signed: Sequence[Contract], *, by: Actor, now: datetime) -> list[Contract]:
    """Stores unsaved contracts another system tells of, each once per (source, external id); returns the new ones.

    A contract that is known already takes over what is told of it now. All their accounts become customers.
    """
    if not signed:
        return []
    keys = {(one.source, one.external_id) for one in signed}
    rows = Contract.objects.filter(source__in={s for s, _ in keys}, external_id__in={e for _, e in keys})
    known = {(row.source, row.external_id): row for row in rows}
    new = [one for one in signed if (one.source, one.external_id) not in known]
    Contract.objects.bulk_create(new)
    provenance.made(new)
    again = [(known[key], one) for one in signed if (key := (one.source, one.external_id)) in known]
    changed = [row for row, told in again if overwrite(row, {name: getattr(told, name) for name in TOLD})]
    Contract.objects.bulk_update(changed, [name.removesuffix("_id") for name in TOLD])
    provenance.changed(changed)
    provenance.confirmed(Contract, [row.pk for row, _told in again])
    _become_customers(signed, now)
    log_entries = [log.entry_for("contracts.sign", one, by=by, at=now, account_id=one.account_id) for one in new]
    Entry.objects.bulk_create(log_entries)
    return new


def _become_customers(signed: Sequence[Contract], now: datetime) -> None:
    since: dict[int, date] = {}
    for one in signed:
        since[one.account_id] = min(since.get(one.account_id, one.started_on), one.started_on)
    new = list(Account.objects.filter(pk__in=since).exclude(relation=Relation.CUSTOMER))
    for account in new:
        overwrite(account, {"relation": Relation.CUSTOMER, "relation_since": since[account.pk]})
        account.updated_at = now
    Account.objects.bulk_update(new, ["relation", "relation_since", "updated_at"])
    provenance.changed(new)


def tell(signed: Sequence[Contract], *, by: Actor, now: datetime) -> list[Told[Contract]]:
    """What became of each contract of a list; of several with one (source, external id), the first counts."""
    firsts = {(one.source, one.external_id): one for one in reversed(signed)}
    before = {key: _said(row) for key, row in _known(firsts).items()}
    new = {(one.source, one.external_id) for one in sign_many(list(firsts.values()), by=by, now=now)}
    _end(firsts.values())
    after = _known(firsts)
    told = []
    for one in signed:
        key = (one.source, one.external_id)
        first = firsts[key] is one
        changed = first and key in before and before[key] != _said(after[key])
        effect = Effect.CREATED if first and key in new else Effect.UPDATED if changed else Effect.UNCHANGED
        told.append(Told(effect, after[key]))
    return told


def _said(row: Contract) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in [*TOLD, "ended_on"])


def _known(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Contract]:
    wanted = set(keys)
    rows = Contract.objects.filter(source__in={s for s, _ in wanted}, external_id__in={e for _, e in wanted})
    return {key: row for row in rows if (key := (row.source, row.external_id)) in wanted}


def _end(signed: Iterable[Contract]) -> None:
    """Takes over when contracts ended, where that is told."""
    ends = {(one.source, one.external_id): one.ended_on for one in signed if one.ended_on}
    changed = [row for key, row in _known(ends).items() if overwrite(row, {"ended_on": ends[key]})]
    Contract.objects.bulk_update(changed, ["ended_on"])
    provenance.changed(changed)
