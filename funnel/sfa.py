"""Deals as the SFA tells of them, many at once. A won deal of a known account for a known offering is a contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import contracts, copying, provenance
from accounts.models import Contract, Source
from audit.effects import Effect, Told, overwrite
from audit.log import Actor
from funnel.enums import DealStatus
from funnel.models import Deal


@dataclass(frozen=True)
class DealFacts:
    """What is told about one deal; `details` are plain columns of Deal."""

    external_id: str
    details: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def tell(
    facts: Sequence[DealFacts], *, source: Source, reached: set[str], by: Actor, now: datetime
) -> list[Told[Deal]]:
    """Creates or changes each deal; `reached` are ids an earlier row of this telling wrote (later rows fill blanks)."""
    known = {
        deal.external_id: deal
        for deal in Deal.objects.select_for_update().filter(
            source=source, external_id__among={one.external_id for one in facts}
        )
    }
    new, changed = {}, {}
    told: list[Told[Deal]] = []
    for one in facts:
        deal = known.get(one.external_id)
        if deal is None:
            said = {"source_id": source.pk, "external_id": one.external_id, **one.details}
            deal = known[one.external_id] = copying.draft(Deal, **said)
            new[one.external_id] = deal
            told.append(Told(Effect.CREATED, deal))
        elif overwrite(deal, one.details, blanks_only=one.external_id in reached):
            changed[one.external_id] = deal
            told.append(Told(Effect.UPDATED, deal))
        else:
            told.append(Told(Effect.UNCHANGED, deal))
        reached.add(one.external_id)
    _write(new, {key: deal for key, deal in changed.items() if key not in new})
    provenance.confirmed(Deal, [one.subject.pk for one in told if one.subject and one.effect is not Effect.CREATED])
    _sign(list({**changed, **new}.values()), source, by=by, now=now)
    return told


def _write(new: Mapping[str, Deal], changed: Mapping[str, Deal]) -> None:
    copying.insert(list(new.values()))
    provenance.made(list(new.values()))
    columns = [f.name for f in Deal._meta.concrete_fields if f.name not in ("id", "public_id", "created_at")]
    copying.update(changed.values(), columns)
    provenance.changed(changed.values())


def _sign(deals: Sequence[Deal], source: Source, *, by: Actor, now: datetime) -> None:
    """The contracts that won deals stand for."""
    told = [contract for deal in deals if (contract := _contract(deal, source))]
    contracts.sign_many(told, by=by, now=now)


def _contract(deal: Deal, source: Source) -> Contract | None:
    """What a won deal bought, when account, offering, day and amount are known."""
    account, offering, day, amount = deal.account_id, deal.offering_id, deal.closed_on, deal.amount
    if deal.status != DealStatus.WON or not (account and offering and day) or amount is None or amount < 0:
        return None
    return Contract(
        account_id=account,
        department_id=deal.department_id,
        offering_id=offering,
        started_on=day,
        amount=amount,
        currency=deal.currency,
        source=source.code,
        external_id=deal.external_id,
    )
