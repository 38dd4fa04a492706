"""Leads another system led, told as rows with one date per milestone; their moves are rebuilt and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, Department, Offering, Person, Source
from audit import log
from audit.effects import Effect, Told, refused
from funnel.enums import MoveName, Origin
from funnel.history import PastMove, Trip, import_many
from funnel.models import Deal, Lead, LeadMove, RejectReason
from funnel.refusals import MoveRefused
from users.models import User

FROM_MARKETING = ("mql_at", "handed_over_at", "rejected_at")
STEPS: tuple[tuple[str, MoveName], ...] = (
    ("mql_at", MoveName.QUALIFY),
    ("handed_over_at", MoveName.HAND_OVER),
    ("accepted_at", MoveName.ACCEPT),
    ("rejected_at", MoveName.REJECT),
    ("sql_at", MoveName.CONFIRM),
    ("pipeline_at", MoveName.REGISTER),
    ("won_at", MoveName.WIN),
    ("lost_at", MoveName.LOSE),
)
SALES_STEPS = ("accepted_at", "sql_at", "pipeline_at", "won_at", "lost_at")


@dataclass(frozen=True)
class LeadFacts:
    """What is told about one lead. `times`: mql_at, handed_over_at, due_at, … won_at, lost_at, as far as known."""

    external_id: str
    account: Account
    person: Person | None = None
    department: Department | None = None
    offering: Offering | None = None
    owner: User | None = None
    deal: Deal | None = None
    created_at: datetime | None = None
    times: Mapping[str, datetime] = field(default_factory=dict)
    reject_reason: str = ""


def is_self_sourced(told: Mapping[str, Any]) -> bool:
    """Whether sales had the lead without marketing: later steps are dated, marketing's are not."""
    return any(told.get(name) for name in SALES_STEPS) and not any(told.get(name) for name in FROM_MARKETING)


@transaction.atomic
def tell(facts: Sequence[LeadFacts], *, source: Source, by: User, now: datetime) -> list[Told[Lead]]:
    """Stores leads not known yet with their pasts. A known lead is unchanged, unless the file tells another past:
    that, and a past the waterfall does not allow, is refused for this lead alone."""
    reasons = {reason.code: reason for reason in RejectReason.objects.all()}
    known = _known(source, {one.external_id for one in facts})
    result: dict[int, Told[Lead]] = {}
    new: dict[str, int] = {}
    for place, one in enumerate(facts):
        if one.external_id in known:
            result[place] = _again(one, *known[one.external_id], by, now)
        elif one.external_id in new:
            result[place] = refused("external_id", _("An earlier row is about the same lead."))
        else:
            new[one.external_id] = place
    result |= dict(_stored(facts, list(new.values()), source, reasons, by, now))
    return [result[place] for place in range(len(facts))]


def deals_named(ids: set[str], source: Source) -> dict[str, Deal]:
    """The source's deals of these numbers."""
    return {deal.external_id: deal for deal in Deal.objects.filter(source=source, external_id__in=ids)}


def _known(source: Source, ids: set[str]) -> dict[str, tuple[Lead, set[tuple[str, datetime]]]]:
    leads = Lead.objects.filter(source=source, external_id__in=ids)
    moves: dict[int, set[tuple[str, datetime]]] = {lead.pk: set() for lead in leads}
    for lead_id, move, at in LeadMove.objects.filter(lead__in=moves).values_list("lead_id", "move", "at"):
        moves[lead_id].add((move, at))
    return {lead.external_id: (lead, moves[lead.pk]) for lead in leads}


def _linked(lead: Lead, deal: Deal | None, by: User, now: datetime) -> Effect:
    """A deal told of later is linked; one that is known stays."""
    if deal is None or lead.deal_id is not None or deal.account_id not in (None, lead.account_id):
        return Effect.UNCHANGED
    lead.deal = deal
    lead.save(update_fields=["deal"])
    log.record("leads.link_deal", lead, by=by, at=now, account_id=lead.account_id, detail={"deal": deal.external_id})
    return Effect.UPDATED


def _again(facts: LeadFacts, lead: Lead, happened: set[tuple[str, datetime]], by: User, now: datetime) -> Told[Lead]:
    told = {(move, facts.times[name]) for name, move in _steps(facts)}
    if told <= happened:
        return Told(_linked(lead, facts.deal, by, now), lead)
    return refused("external_id", _("This lead is here with another past, and a past is not rewritten."))


def _stored(
    facts: Sequence[LeadFacts],
    places: list[int],
    source: Source,
    reasons: Mapping[str, RejectReason],
    by: User,
    now: datetime,
) -> list[tuple[int, Told[Lead]]]:
    """All at once; when one is refused, by halves until it stands alone."""
    if not places:
        return []
    try:
        with transaction.atomic():
            trips = [_trip(facts[place], source, reasons, by, now) for place in places]
            leads = import_many(trips, by=by, now=now)
    except MoveRefused as refusal:
        if len(places) == 1:
            return [(places[0], refused("", str(refusal)))]
        half = len(places) // 2
        return [
            told for part in (places[:half], places[half:]) for told in _stored(facts, part, source, reasons, by, now)
        ]
    return [(place, Told(Effect.CREATED, lead)) for place, lead in zip(places, leads, strict=True)]


def _trip(facts: LeadFacts, source: Source, reasons: Mapping[str, RejectReason], by: User, now: datetime) -> Trip:
    moves = [_move(facts, name, move, reasons, by) for name, move in _steps(facts)]
    first = min((move.at for move in moves), default=now)
    lead = Lead(
        account=facts.account,
        department=facts.department,
        offering=facts.offering,
        source=source,
        external_id=facts.external_id,
        deal=facts.deal,
        origin=Origin.SALES if is_self_sourced(facts.times) else Origin.MARKETING,
        created_at=min(facts.created_at or first, first),
    )
    if is_self_sourced(facts.times):
        lead.assignee, lead.team = facts.owner, facts.owner.team if facts.owner else None
    return Trip(lead, moves, [facts.person] if facts.person else [])


def _steps(facts: LeadFacts) -> list[tuple[str, MoveName]]:
    """The milestones told, in the order of the waterfall; the first of sales' own opens a self-sourced lead."""
    steps = [(name, move) for name, move in STEPS if name in facts.times]
    if is_self_sourced(facts.times):
        first, move = steps[0]
        steps[0] = (first, MoveName.SELF_SOURCE)
        steps[1:1] = [(first, move)] if first != "accepted_at" else []
    return steps


def _move(facts: LeadFacts, name: str, move: MoveName, reasons: Mapping[str, RejectReason], by: User) -> PastMove:
    delivered = move is MoveName.HAND_OVER
    return PastMove(
        move=move,
        at=facts.times[name],
        by=by if delivered or move is MoveName.QUALIFY else facts.owner or by,
        assignee=facts.owner if delivered else None,
        due_at=facts.times.get("due_at") if delivered else None,
        reason=reasons.get(facts.reject_reason) if move is MoveName.REJECT else None,
    )
