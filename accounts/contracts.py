"""What accounts have bought."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.enums import Relation
from accounts.models import Account, Contract, Department, Offering
from audit import log
from audit.log import Actor


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
