"""The SFA's side of a lead: register, win, lose. As in `funnel.leads`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import contracts
from accounts.models import Offering, Source
from audit import log
from funnel.cases import Case, one_open_lead, take_up
from funnel.enums import DealStatus, MoveName
from funnel.models import Deal, Lead, LeadMove, RejectReason
from funnel.refusals import MoveRefused
from users.models import User


@transaction.atomic
def register(
    lead: Lead,
    *,
    by: User,
    now: datetime,
    source: Source | None,
    deal_id: str,
    amount: Decimal | None,
    close_on: date | None,
    offering: Offering | None = None,
    currency: str = "",
) -> LeadMove:
    """SAL or SQL → PIPELINE: the SFA (`source`) knows the opportunity as `deal_id`. Its Deal is made, or linked.

    The lead's own offering counts where none is given; several leads may feed one deal.
    """
    case = take_up(lead, now=now)
    offering = offering or lead.offering
    told: dict[str, Any] = {
        "deal_system": source.code if source else "",
        "deal_id": deal_id,
        "amount": amount,
        "close_on": close_on,
        "offering": offering.code if offering else "",
    }
    move = case.require(MoveName.REGISTER, by=by, data=told)
    deal = _deal(case, by=by, source=source, deal_id=deal_id, offering=offering, currency=currency)
    change(deal, case, by=by, amount=amount, expected_on=close_on)
    with one_open_lead():
        return case.write(move, by=by, data=told, columns={"deal": deal, "offering": offering})


def _deal(
    case: Case, *, by: User, source: Source | None, deal_id: str, offering: Offering | None, currency: str
) -> Deal:
    """The SFA's record, known or new, as one of this lead's account."""
    lead = case.lead
    fresh = {
        "account": lead.account,
        "department": lead.department,
        "offering": offering,
        "owner": lead.assignee or by,
        "currency": currency or settings.DEFAULT_CURRENCY,
        "opened_on": timezone.localdate(case.now),
    }
    deal, _ = Deal.objects.select_for_update().get_or_create(source=source, external_id=deal_id, defaults=fresh)
    if deal.account_id not in (None, lead.account_id):
        raise MoveRefused("deal_elsewhere")
    deal.account_id, deal.offering_id = lead.account_id, deal.offering_id or (offering.pk if offering else None)
    return deal


def change(deal: Deal, case: Case, *, by: User, **values: Any) -> None:
    """Overwrites what is told of a deal, for the lead in hand."""
    for name, value in values.items():
        setattr(deal, name, value)
    deal.save()
    log.record("deals.change", deal, by=by, at=case.now, account_id=deal.account_id, detail={"status": deal.status})


@transaction.atomic
def win(lead: Lead, *, by: User, now: datetime, amount: Decimal | None, closed_on: date | None) -> LeadMove:
    """PIPELINE → WON: the deal is closed, the contract signed, the account a customer."""
    case = take_up(lead, now=now)
    told = {"amount": amount, "closed_on": closed_on}
    move = case.require(MoveName.WIN, by=by, data=told)
    deal = locked_deal(lead)
    change(deal, case, by=by, status=DealStatus.WON, **told)
    written = case.write(move, by=by, data=told)
    if deal.offering and amount is not None and closed_on is not None:
        contracts.sign(
            lead.account,
            offering=deal.offering,
            amount=amount,
            currency=deal.currency,
            started_on=closed_on,
            by=by,
            now=now,
            department=lead.department,
            source=deal.source.code,
            external_id=deal.external_id,
        )
    return written


@transaction.atomic
def lose(
    lead: Lead,
    *,
    by: User,
    now: datetime,
    reason: str,
    competitor: str = "",
    revisit_on: date | None = None,
    note: str = "",
) -> LeadMove:
    """PIPELINE → LOST with the code of a reason in use; timing and budget say when to come back."""
    case = take_up(lead, now=now)
    told = {"reason": reason, "competitor": competitor, "revisit_on": revisit_on}
    move = case.require(MoveName.LOSE, by=by, data=told)
    row = RejectReason.objects.filter(code=reason, is_active=True).first()
    if row is None:
        raise MoveRefused("unknown_reason", missing=["reason"])
    change(locked_deal(lead), case, by=by, status=DealStatus.LOST, closed_on=timezone.localdate(now))
    return case.write(move, by=by, reason=row, note=note, data=told, columns={"return_on": revisit_on})


def locked_deal(lead: Lead) -> Deal:
    """The lead's deal, locked. Raises MoveRefused where it has none."""
    deal = Deal.objects.select_for_update(of=("self",)).select_related("offering", "source").filter(leads=lead).first()
    if deal is None:
        raise MoveRefused("no_deal", missing=["deal_id"])
    return deal
