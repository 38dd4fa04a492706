"""Marketing's and sales' acts on one lead; those with the SFA are in `funnel.deals`, the clock's in `funnel.overdue`.

Every act is one transaction: lock, settle the clock, ask the table, write lead, move, handoff, audit and event. It
returns the LeadMove and raises MoveRefused, whose text is fit for the user, having changed nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.enums import Relation
from accounts.models import Account, Department, Offering, Person, Source
from audit import log, outbox
from funnel import facts, rules
from funnel.cases import Case, record_ignore, take_up
from funnel.enums import MoveName, Origin
from funnel.models import Handoff, Lead, LeadMove, Policy, RejectReason
from funnel.policies import Promises
from funnel.refusals import MoveRefused
from users.models import User


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
    """Opens a lead in NURTURE. At most one may be open per known department and offering."""
    if not rules.may_create(by):
        raise MoveRefused("may_not_create")
    if department and department.account_id != account.pk:
        raise MoveRefused("department_elsewhere")
    lead = Lead(
        account=account,
        department=department,
        offering=offering,
        source=source,
        origin=origin,
        previous=previous,
        external_id=external_id,
        existing=account.relation == Relation.CUSTOMER,
        created_at=now,
    )
    _insert(lead)
    lead.persons.set(persons)
    log.record("leads.create", lead, by=by, at=now, account_id=account.pk)
    payload = {"lead": str(lead.public_id), "lead_id": lead.pk, "account_id": account.pk, "by_id": by.pk}
    outbox.put("lead.created", key=f"lead:{lead.pk}:0", payload=payload, now=now)
    return lead


def _insert(lead: Lead) -> None:
    """The database's constraint decides who was first; the loser hears it in words."""
    try:
        with transaction.atomic():
            lead.save(force_insert=True)
    except IntegrityError as error:
        if "lead_one_open" in str(error):
            raise MoveRefused("open_lead_exists") from error
        raise
    lead.refresh_from_db(fields=["public_id"])


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
def hand_over(lead: Lead, *, assignee: User, by: User, now: datetime) -> LeadMove:
    """Delivers an MQL to one decider and starts the answer clock: business hours of the assignee's team."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.HAND_OVER, by=by, data={"assignee": assignee})
    if not rules.may_receive(assignee):
        raise MoveRefused("cannot_receive", name=assignee)
    promises = Promises.load()
    due = promises.answer_due(lead, assignee, now)
    first = {} if lead.handed_over_at else {"first_assignee": assignee, "first_team": assignee.team}
    columns = {"assignee": assignee, "team": assignee.team} | first
    written = case.write(move, by=by, due_at=due, data={"assignee": assignee.pk}, columns=columns)
    _deliver(case, assignee, promises.policy(lead, assignee.team_id, now), by, due)
    return written


def _deliver(case: Case, assignee: User, policy: Policy, by: User, due: datetime) -> None:
    Handoff.objects.create(
        lead=case.lead,
        account_id=case.lead.account_id,
        number=case.handoff.number + 1 if case.handoff else 1,
        assignee=assignee,
        team=assignee.team,
        policy=policy if policy.pk else None,
        sent_by=by,
        sent_at=case.now,
        due_at=due,
    )


@transaction.atomic
def accept(lead: Lead, *, by: User, now: datetime, next_action: str, next_action_on: date | None) -> LeadMove:
    """Sales takes the lead: MQL or (late) IGNORED → SAL. Starts the first-touch clock.

    A late acceptance first records the ignore at its due: that stays for ever. Raises AlreadyAnswered for the
    slower of two deciders.
    """
    case = take_up(lead, now=now)
    promise = {"next_action": next_action, "next_action_on": next_action_on}
    move = case.require(MoveName.ACCEPT, by=by, data=promise)
    promises = Promises.load()
    columns = promise | {"first_touch_due_at": promises.first_touch_due(lead, lead.assignee or by, now)}
    due = promises.resumed_due(lead, case.state, now)
    return case.write(move, by=by, due_at=due, data=promise, columns=columns)


@transaction.atomic
def reject(lead: Lead, *, by: User, now: datetime, reason: str, note: str = "") -> LeadMove:
    """Sales says no, with the code of a reason in use; OTHER needs words in `note`. Raises AlreadyAnswered."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.REJECT, by=by, data={"reason": reason, "note": note})
    row = RejectReason.objects.filter(code=reason, is_active=True).first()
    if row is None:
        raise MoveRefused("unknown_reason", missing=["reason"])
    due = Promises.load().resumed_due(lead, case.state, now)
    return case.write(move, by=by, due_at=due, reason=row, note=note, columns={"reject_reason": row})


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
