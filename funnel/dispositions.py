"""What becomes of a lead sales did not take or keep; as in `funnel.leads`."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from audit import outbox
from funnel.cases import Case, take_up
from funnel.enums import MoveName
from funnel.models import Lead, LeadMove, RejectReason
from funnel.refusals import MoveRefused
from users.models import User


@transaction.atomic
def repair(lead: Lead, *, by: User, now: datetime, fixed: str) -> LeadMove:
    """REJECTED → NURTURE: marketing says what it put right; the lead may qualify again."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.REPAIR, by=by, data={"fixed": fixed})
    return case.write(move, by=by, note=fixed)


@transaction.atomic
def appeal(lead: Lead, *, by: User, now: datetime, argument: str = "", verdict: str = "", note: str = "") -> LeadMove:
    """Marketing asks with an `argument`, once per lead; the sales manager decides with a `verdict`.

    UPHELD: back to MQL, to be routed anew. DENIED: stays rejected. The first outcome stays in either case.
    """
    case = take_up(lead, now=now)
    told = {"argument": argument, "verdict": verdict}
    move = case.require(MoveName.APPEAL, by=by, data=told)
    asks = "argument" in move.needs
    return case.write(move, by=by, note=argument if asks else note, data={} if asks else {"verdict": verdict})


@transaction.atomic
def disqualify(
    lead: Lead, *, by: User, now: datetime, reason: str, second_person: User | None, note: str = ""
) -> LeadMove:
    """Never again, decided by a marketer and a sales manager together; proposes the list entry's removal.

    `reason`: the code of a reason, or words.
    """
    case = take_up(lead, now=now)
    told = {"reason": reason, "second_person": second_person}
    move = case.require(MoveName.DISQUALIFY, by=by, data=told, second=second_person)
    code = RejectReason.objects.filter(code=reason).first()
    data: dict[str, Any] = {"second_person": second_person.pk if second_person else None}
    written = case.write(move, by=by, reason=code, note=note, data=data if code else data | {"reason": reason})
    _propose_removal(case, by)
    return written


def _propose_removal(case: Case, by: User) -> None:
    lead = case.lead
    if lead.entry_id is None:
        return
    payload = {"lead": str(lead.public_id), "lead_id": lead.pk, "entry_id": lead.entry_id, "by_id": by.pk}
    key = f"lead:{lead.pk}:{case.state.seq}:entry"
    outbox.put("entry.removal_proposed", key=key, payload=payload, now=case.now)


@transaction.atomic
def merge_duplicate(lead: Lead, *, by: User, now: datetime, duplicate_of: Lead | None, note: str = "") -> LeadMove:
    """Any open lead → WITHDRAWN, linked to the lead it repeats. Its first outcome stays counted."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.MERGE_DUPLICATE, by=by, data={"duplicate_of": duplicate_of})
    if duplicate_of == lead:
        raise MoveRefused("duplicate_itself")
    if duplicate_of is None or duplicate_of.account_id != lead.account_id:
        raise MoveRefused("duplicate_elsewhere")
    return case.write(
        move,
        by=by,
        due_at=case.resumed_due(),
        note=note,
        data={"duplicate_of": duplicate_of.pk},
        columns={"duplicate_of": duplicate_of},
    )


@transaction.atomic
def give_up(lead: Lead, *, by: User, now: datetime, return_on: date | None, note: str = "") -> LeadMove:
    """IGNORED → RECYCLED: never answered; a marketer says when it comes back."""
    return record_give_up(take_up(lead, now=now), by=by, return_on=return_on, note=note)


def record_give_up(
    case: Case, *, by: User, return_on: date | None, at: datetime | None = None, note: str = ""
) -> LeadMove:
    """The move itself, of a lead taken up; `at`: when the clock's time was over. Raises MoveRefused."""
    condition = {"return_on": return_on} if return_on else {}
    move = case.require(MoveName.GIVE_UP, by=by, data={"return_condition": condition})
    data, columns = {"return_condition": condition}, {"return_on": return_on}
    return case.write(move, by=by, at=at, note=note, data=data, columns=columns)
