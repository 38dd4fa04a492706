"""The acts of the usual way of one lead. Beside it: `funnel.questions`, `funnel.rerouting`, `funnel.dispositions`,
`funnel.corrections`; with the SFA: `funnel.deals`; the clock's: `funnel.overdue`.

Every act is one transaction: lock, settle the clock, ask the table, write lead, move, handoff, audit and event. It
returns the LeadMove and raises MoveRefused, whose text is fit for the user, having changed nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.enums import Relation
from accounts.models import Account, Department, Offering, Person, Source
from audit import log, outbox
from funnel import facts, rules
from funnel.cases import one_open_lead, record_ignore, take_up
from funnel.delivery import send
from funnel.enums import MoveName, Origin, Stage
from funnel.guards import Facts
from funnel.models import Lead, LeadMove, RejectReason
from funnel.policies import Promises
from funnel.refusals import MoveRefused, refuse
from funnel.waterfall import Refusal, decide
from users.models import User
from users.roles import Role


@transaction.atomic
def create(
    *,
    account: Account,
    by: User,
    now: datetime,
    department: Department | None = None,
    offering: Offering | None = None,
    source: Source | None = None,
    origin: Origin = Origin.MARKETING,
    persons: Iterable[Person] = (),
    previous: Lead | None = None,
    external_id: str = "",
) -> Lead:
    """Opens a lead in NURTURE. At most one may be open per known department and offering.

    `previous`: the trip it continues; where none is told, the recycled one of the same demand.
    """
    if not rules.may_create(by):
        raise MoveRefused("may_not_create")
    lead = _demand(account, department, offering, source, now)
    lead.origin, lead.external_id = origin, external_id
    lead.previous = previous or lead.previous
    _insert(lead, persons, by=by, now=now)
    return lead


def _insert(lead: Lead, persons: Iterable[Person], *, by: User, now: datetime) -> None:
    """Stores a new lead; of two for the same demand the database takes the first. Tells of it."""
    with one_open_lead():
        lead.save(force_insert=True)
    lead.refresh_from_db(fields=["public_id"])
    lead.persons.set(persons)
    log.record("leads.create", lead, by=by, at=now, account_id=lead.account_id)
    payload = {"lead": str(lead.public_id), "lead_id": lead.pk, "account_id": lead.account_id, "by_id": by.pk}
    subject = f"lead:{lead.pk}"
    outbox.put("lead.created", key=f"{subject}:0", payload=payload, now=now, subject=subject)


def _last_trip(department: Department | None, offering: Offering | None) -> Lead | None:
    """The recycled lead of the same known demand that has no next trip yet."""
    if department is None or offering is None:
        return None
    recycled = Lead.objects.filter(department=department, offering=offering, stage=Stage.RECYCLED, next_trips=None)
    return recycled.order_by("-recycled_at", "-id").first()


@transaction.atomic
def self_source(
    *,
    account: Account,
    by: User,
    now: datetime,
    first_touch: datetime | None,
    department: Department | None = None,
    offering: Offering | None = None,
    source: Source | None = None,
    persons: Iterable[Person] = (),
    note: str = "",
) -> Lead:
    """Opens a lead at SAL that sales or a partner found itself: outside the SAL rate. `first_touch`: when they met."""
    verdict = decide(MoveName.SELF_SOURCE, Facts(None, now), Role(by.role), {"first_touch": first_touch})
    if isinstance(verdict, Refusal):
        raise refuse(verdict)
    if first_touch is None or first_touch > now:
        raise MoveRefused("first_touch_ahead", missing=["first_touch"])
    lead = _demand(account, department, offering, source, now)
    lead.origin = Origin.PARTNER if by.role == Role.PARTNER else Origin.SALES
    lead.assignee, lead.team, lead.first_touch_at = by, by.team, first_touch
    _insert(lead, persons, by=by, now=now)
    case = take_up(lead, now=now)
    case.write(verdict, by=by, note=note, data={"first_touch": first_touch}, columns=_standing(lead))
    return lead


def _demand(
    account: Account, department: Department | None, offering: Offering | None, source: Source | None, now: datetime
) -> Lead:
    if department and department.account_id != account.pk:
        raise MoveRefused("department_elsewhere")
    return Lead(
        account=account,
        department=department,
        offering=offering,
        source=source,
        previous=_last_trip(department, offering),
        existing=account.relation == Relation.CUSTOMER,
        created_at=now,
    )


@transaction.atomic
def qualify(
    lead: Lead,
    *,
    by: User,
    now: datetime,
    because: Mapping[str, Any] | None = None,
    rule_version: int | None = None,
    score: float | None = None,
    note: str = "",
) -> LeadMove:
    """NURTURE → MQL. The rule (SYSTEM) brings its version and the values it judged by, a marketer a note.

    The lead keeps the list entry it qualified under, as it is today.
    """
    case = take_up(lead, now=now)
    data = {"snapshot": because, "rule_version": rule_version, "note": note}
    move = case.require(MoveName.QUALIFY, by=by, data=data)
    known = {"because": because or lead.because, "score": lead.score if score is None else score}
    columns = known | _standing(lead)
    return case.write(move, by=by, note=note, rule_version=rule_version, data={"because": because}, columns=columns)


@transaction.atomic
def qualify_off_list(lead: Lead, *, by: User, now: datetime, reason: str) -> LeadMove:
    """NURTURE → MQL for a company on no list in force: the marketing lead's own decision, reported apart."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.QUALIFY_OFF_LIST, by=by, data={"reason": reason})
    columns = {"existing": lead.account.relation == Relation.CUSTOMER, "on_list": False}
    return case.write(move, by=by, note=reason, columns=columns)


def _standing(lead: Lead) -> dict[str, Any]:
    """How the lead stands to the lists and to us on the day it qualifies."""
    standing: dict[str, Any] = {"existing": lead.account.relation == Relation.CUSTOMER}
    entry = facts.covering_entry(lead)
    if entry:
        standing |= {
            "entry": entry,
            "list_version": entry.version,
            "on_list": True,
            "tier": entry.tier,
            "wanted_rank": entry.wanted_rank,
        }
    return standing


@transaction.atomic
def hand_over(lead: Lead, *, assignee: User, by: User, now: datetime, note: str = "") -> LeadMove:
    """Delivers an MQL to one decider and starts the answer clock: business hours of the assignee's team.

    Against a partner conflict only the marketing lead may, with a `note`.
    """
    case = take_up(lead, now=now)
    move = case.require(MoveName.HAND_OVER, by=by, data={"assignee": assignee, "note": note})
    return send(case, move, assignee=assignee, by=by, note=note)


@transaction.atomic
def accept(lead: Lead, *, by: User, now: datetime, next_action: str, next_action_on: date | None) -> LeadMove:
    """Sales takes the lead: MQL or (late) IGNORED → SAL. Starts the first-touch clock.

    A late acceptance first records the ignore at its due: that stays for ever. Raises AlreadyAnswered for the
    slower of two deciders.
    """
    case = take_up(lead, now=now)
    promise = {"next_action": next_action, "next_action_on": next_action_on}
    move = case.require(MoveName.ACCEPT, by=by, data=promise)
    columns = promise | {"first_touch_due_at": Promises.load().first_touch_due(lead, lead.assignee or by, now)}
    return case.write(move, by=by, due_at=case.resumed_due(), data=promise, columns=columns)


@transaction.atomic
def reject(lead: Lead, *, by: User, now: datetime, reason: str, note: str = "") -> LeadMove:
    """Sales says no, with the code of a reason in use; OTHER needs words in `note`. Raises AlreadyAnswered."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.REJECT, by=by, data={"reason": reason, "note": note})
    row = RejectReason.objects.filter(code=reason, is_active=True).first()
    if row is None:
        raise MoveRefused("unknown_reason", missing=["reason"])
    columns = {"reject_reason": row}
    return case.write(move, by=by, due_at=case.resumed_due(), reason=row, note=note, columns=columns)


@transaction.atomic
def ignore(lead: Lead, *, by: User, now: datetime) -> LeadMove:
    """The clock's verdict on an answer that did not come; dated when it was due."""
    return record_ignore(take_up(lead, now=now, settle=False), by)


@transaction.atomic
def recycle(
    lead: Lead,
    *,
    by: User,
    now: datetime,
    reason: str,
    return_on: date | None = None,
    return_score: float | None = None,
    return_event: str = "",
    note: str = "",
) -> LeadMove:
    """Ends this trip; the next one starts on its return condition: a date, a score or an event."""
    case = take_up(lead, now=now)
    wanted = {"return_on": return_on, "score": return_score, "event": return_event}
    condition = {key: value for key, value in wanted.items() if value not in (None, "")}
    move = case.require(MoveName.RECYCLE, by=by, data={"reason": reason, "return_condition": condition})
    code = RejectReason.objects.filter(code=reason).first()
    data = {"return_condition": condition} | ({} if code else {"reason": reason})
    return case.write(move, by=by, reason=code, note=note, data=data, columns={"return_on": return_on})


@transaction.atomic
def confirm(lead: Lead, *, by: User, now: datetime, bant: Iterable[str], note: str = "") -> LeadMove:
    """SAL → SQL after a two-way talk; `bant`: at least two of budget, authority, need, timing."""
    case = take_up(lead, now=now)
    known = sorted(bant)
    move = case.require(MoveName.CONFIRM, by=by, data={"bant": known})
    return case.write(move, by=by, note=note, data={"bant": known})
