"""Taking a step back: unqualify, unregister, reopen. Nothing is deleted; a move is added. As in `funnel.leads`."""

from datetime import datetime

from django.db import transaction

from funnel import deals
from funnel.cases import one_open_lead, take_up
from funnel.enums import DealStatus, MoveName, Stage
from funnel.models import Lead, LeadMove
from users.models import User


@transaction.atomic
def unqualify(lead: Lead, *, by: User, now: datetime, cause: str) -> LeadMove:
    """MQL → NURTURE, before anybody was asked to answer: it stands in no denominator."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.UNQUALIFY, by=by, data={"cause": cause})
    return case.write(move, by=by, note=cause)


@transaction.atomic
def unregister(lead: Lead, *, by: User, now: datetime, reason: str) -> LeadMove:
    """PIPELINE → SQL: it was no deal. The SFA's record stays and is no longer this lead's."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.UNREGISTER, by=by, data={"reason": reason})
    return case.write(move, by=by, note=reason, data={"deal": lead.deal_id}, columns={"deal": None})


@transaction.atomic
def reopen(lead: Lead, *, by: User, now: datetime, reason: str, second_person: User | None = None) -> LeadMove:
    """WON or LOST → PIPELINE within 30 days; DISQUALIFIED → NURTURE by the leaders of both sides together.

    The deal is open again; a contract that was signed is not taken back.
    """
    case = take_up(lead, now=now)
    data = {"reason": reason, "second_person": second_person}
    move = case.require(MoveName.REOPEN, by=by, data=data, second=second_person)
    told = {"second_person": second_person.pk} if move.together and second_person else {}
    with one_open_lead():
        written = case.write(move, by=by, note=reason, data=told)
    if move.to_stage is Stage.PIPELINE and lead.deal_id:
        deal = deals.locked_deal(lead)
        deals.change(deal, case, by=by, status=DealStatus.OPEN, closed_on=None)
    return written
