"""Sales asks, marketing answers: meanwhile sales' clock stands still and marketing's runs. As in `funnel.leads`."""

from datetime import datetime

from django.db import transaction

from funnel.cases import take_up
from funnel.enums import MoveName
from funnel.models import Lead, LeadMove
from users.models import User


@transaction.atomic
def ask(lead: Lead, *, by: User, now: datetime, question: str) -> LeadMove:
    """Asks marketing about a lead that waits for an answer, and pauses its clock."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.ASK, by=by, data={"question": question})
    return case.write(move, by=by, note=question)


@transaction.atomic
def answer(lead: Lead, *, by: User, now: datetime, answer: str) -> LeadMove:
    """Answers the open question; the business time that was left when it came is left again."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.ANSWER, by=by, data={"answer": answer})
    return case.write(move, by=by, due_at=case.resumed_due(), note=answer)
