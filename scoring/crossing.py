"""The gate: a demand that is warm enough, and wanted by a list in force, becomes a qualified lead."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Person, Source
from funnel import leads, returning
from funnel.enums import OPEN, MoveName, Stage
from funnel.models import Lead
from funnel.refusals import MoveRefused
from scoring import events, why
from scoring.models import Score, ScoringRule
from scoring.querysets import ScoreQuerySet
from scoring.why import Why
from targets.models import TargetEntry
from users.models import User

logger = logging.getLogger(__name__)
MOST_PERSONS = 20
ENDED_AT = ("recycled_at", "disqualified_at", "withdrawn_at", "lost_at", "won_at")


@transaction.atomic(savepoint=False)
def check(scores: ScoreQuerySet, rule: ScoringRule, *, now: datetime) -> int:
    """Notes and tells which of these scores stand over the threshold, and qualifies those the gate lets through;
    returns how many.

    Through the gate goes a demand covered by a list in force and without an open lead that may be the same demand
    (an unknown department or offering may be any). Others keep their score and wait.
    """
    scores = scores.at(now, rule)
    scores.under_the_line(rule).filter(crossed_at__isnull=False).update(crossed_at=None)
    hot = scores.over_the_line(rule)
    crossed = list(hot.filter(crossed_at=None).select_for_update(of=("self",)))
    Score.objects.filter(pk__in=[score.pk for score in crossed]).update(crossed_at=now)
    events.tell_crossed(crossed, rule, now=now)
    system = None
    qualified = 0
    for score in hot.filter(_wanted(), ~_under_way()).select_related("account", "department", "offering"):
        system = system or User.objects.system()
        qualified += _qualify(score, rule, system, now)
    return qualified


def _wanted() -> Exists:
    """As EntryQuerySet.covering: an entry without a department (an offering) wants them all."""
    entries = TargetEntry.objects.active().filter(account=OuterRef("account"))
    for field in ("department", "offering"):
        entries = entries.filter(Q(**{field: None}) | Q(**{field: OuterRef(field)}))
    return Exists(entries)


def _under_way() -> Exists:
    found = Lead.objects.filter(stage__in=OPEN - {Stage.NURTURE}, account=OuterRef("account"))
    for field in ("department", "offering"):
        found = found.filter(Q(**{field: None}) | Q(**{field: Coalesce(OuterRef(f"{field}_id"), F(f"{field}_id"))}))
    return Exists(found)


def _qualify(score: Score, rule: ScoringRule, system: User, now: datetime) -> bool:
    last = Lead.objects.filter(**_demand(score)).order_by("-id").first()
    waiting = last if last and last.stage == Stage.NURTURE else None
    if waiting and _was_taken_back(waiting):
        return False
    because = _evidence(score, rule, None if waiting else last, now)
    if because is None:
        return False
    try:
        with transaction.atomic():
            lead = waiting or _create(score, last, because, system, now)
            leads.qualify(
                lead, by=system, now=now, because=because.as_json(), rule_version=rule.version, score=because.value
            )
    except MoveRefused as refusal:  # someone was faster: the demand is under way after all
        logger.info("Score %s stays where it is: %s", score.pk, refusal)
        return False
    return True


def _demand(score: Score) -> dict[str, Any]:
    return {"account_id": score.account_id, "department_id": score.department_id, "offering_id": score.offering_id}


def _was_taken_back(lead: Lead) -> bool:
    """What marketing took back by hand is not pushed up again by the rule."""
    last_move = lead.moves.order_by("-seq").first()
    return last_move is not None and last_move.move == MoveName.UNQUALIFY


def _evidence(score: Score, rule: ScoringRule, last: Lead | None, now: datetime) -> Why | None:
    """Why the demand qualifies; None where it does not, because an earlier trip ended and forbids it.

    After a trip has ended the demand must earn its place anew, by touches since then: except that a recycled lead
    comes back with all it has, once its return date is there.
    """
    since, needed = None, rule.line
    if last is not None:
        if last.stage == Stage.DISQUALIFIED or _is_resting(last, now):
            return None
        since = None if last.return_on else _ended_at(last)
        needed = max(needed, _return_score(last))
    found = why.explain(**_demand(score), at=now, since=since, rule=rule)
    return found if found.value >= needed else None


def _is_resting(lead: Lead, now: datetime) -> bool:
    return lead.return_on is not None and timezone.localdate(now) < lead.return_on


def _ended_at(lead: Lead) -> datetime | None:
    return max((at for field in ENDED_AT if (at := getattr(lead, field))), default=None)


def _return_score(lead: Lead) -> float:
    move = lead.moves.filter(move__in=[MoveName.RECYCLE, MoveName.GIVE_UP]).order_by("-seq").first()
    condition = move.data.get("return_condition") if move else None
    return float(condition.get("score") or 0) if isinstance(condition, dict) else 0.0


def _create(score: Score, last: Lead | None, because: Why, system: User, now: datetime) -> Lead:
    """A new trip: its source is that of the strongest touch, its persons those who made the score."""
    strongest = [part.touch.person for part in because.parts if part.touch.person]
    source = Source.objects.get(touches=because.parts[0].touch.id)
    persons = Person.objects.filter(pk__in=list(dict.fromkeys(strongest))[:MOST_PERSONS])
    if last and last.stage == Stage.RECYCLED:
        return returning.start(last, by=system, now=now, source=source, persons=persons)
    return leads.create(
        account=score.account,
        department=score.department,
        offering=score.offering,
        source=source,
        persons=persons,
        by=system,
        now=now,
    )
