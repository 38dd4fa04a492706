"""The brief of one lead: why this one, why now, the ways in, what came of it before, and what may happen next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from abm.web import standing
from abm.web.moves import DOABLE, Doable
from accounts.models import Affiliation, Person
from engagement.models import Touch
from funnel import facts, flags, refusals, story
from funnel.enums import MoveName
from funnel.models import Feedback, Lead
from users.models import User

RECENT = timedelta(days=14)
BESIDE_THE_POINT = {"question_open", "appeal_open", "disposition_repair", "disposition_requeue", "rejected_as_other"}
"""What stops a move that nobody looks for on this lead: its button is left out."""
MOST = 12


@dataclass(frozen=True)
class Option:
    """A move as a button; disabled with the reason where something stops it."""

    verb: str
    doable: Doable
    obstacle: str


@dataclass
class Seen:
    """What one person did on one day, however often."""

    at: datetime
    kind: str
    title: str
    person: Person | None
    place: Affiliation | None = None
    times: int = 0
    minutes: Decimal = Decimal(0)


def of(lead: Lead, *, by: User, now: datetime) -> dict[str, Any]:
    """Everything a lead's page or the inbox panel shows about it."""
    evidence = Touch.objects.about(
        account_id=lead.account_id, department_id=lead.department_id, offering_id=lead.offering_id
    ).before(now)
    handoff = lead.handoffs.select_related("assignee", "sent_by", "team__calendar").order_by("-number").first()
    return {
        "lead": lead,
        "handoff": handoff,
        "flags": flags.of(lead, story.state_of(lead), handoff, now=now),
        "question": _question(lead),
        "recent": _recent(evidence, now),
        "evidence": _seen(lead, evidence),
        "open_cells": standing.open_cells(lead, now=now),
        "persons": _persons(lead, by),
        "paths": _paths(lead, by),
        **_before(lead, by),
        "feedback": _feedback(lead, by),
        "options": _options(lead, by, now),
        "moves": lead.moves.select_related("by", "reason").order_by("-seq"),
    }


def _question(lead: Lead) -> str:
    """The words of the open question."""
    asked = lead.moves.filter(move=MoveName.ASK).order_by("-seq").first() if lead.question_at else None
    return asked.note if asked else ""


def _recent(evidence: Any, now: datetime) -> dict[str, Any]:
    """How many persons, touches and minutes in the last two weeks, and how many times the minutes of the two before."""
    inbound = evidence.filter(direction="INBOUND")
    last = Q(occurred_at__gt=now - RECENT, occurred_at__lte=now)
    before = Q(occurred_at__gt=now - 2 * RECENT, occurred_at__lte=now - RECENT)
    found: dict[str, Any] = inbound.filter(occurred_at__gt=now - 2 * RECENT).aggregate(
        persons=Count("person", filter=last, distinct=True),
        touches=Count("pk", filter=last),
        minutes_now=Sum("minutes", filter=last, default=0),
        minutes_before=Sum("minutes", filter=before, default=0),
    )
    then = found["minutes_before"]
    return found | {"times": float(found["minutes_now"] / then) if then else None}


def _seen(lead: Lead, evidence: Any) -> list[Seen]:
    """The latest evidence, day by day, newest first: who did what, how often and for how long."""
    touches = evidence.filter(direction="INBOUND").select_related("person")[:MOST]
    found: dict[tuple[Any, ...], Seen] = {}
    for touch in touches:
        key = (timezone.localdate(touch.occurred_at), touch.kind, touch.title, touch.person_id)
        seen = found.setdefault(key, Seen(touch.occurred_at, touch.kind, touch.title, touch.person))
        seen.times, seen.minutes = seen.times + 1, seen.minutes + touch.minutes
    places = _places(lead, [seen.person for seen in found.values() if seen.person])
    for seen in found.values():
        seen.place = places.get(seen.person.pk) if seen.person else None
    return list(found.values())


def _places(lead: Lead, persons: list[Person]) -> dict[int, Affiliation]:
    """Where these persons stand at the lead's account now."""
    now_there = Affiliation.objects.filter(account=lead.account_id, person__in=persons, ended_on=None)
    return {place.person_id: place for place in now_there.order_by("-id")}


def _persons(lead: Lead, by: User) -> list[Person]:
    """The lead's persons, to those who may see persons; the assignee of a partner sees those of its own lead."""
    return list(lead.persons.all()) if by.sees_persons else []


def _paths(lead: Lead, by: User) -> Any:
    """Who of us has been in touch with this account, how often and when last: the ways in."""
    ours = Touch.objects.visible_to(by).filter(account=lead.account_id).by_us()
    return ours.values("user__name").annotate(times=Count("pk"), last=Max("occurred_at")).order_by("-last")[:3]


def _before(lead: Lead, by: User) -> dict[str, Any]:
    """The last earlier lead of the same department (or account) that sales answered, and sales' words about it."""
    earlier = Lead.objects.visible_to(by).filter(account=lead.account_id).exclude(pk=lead.pk).exclude(first_outcome="")
    if lead.department_id:
        earlier = earlier.filter(department=lead.department_id)
    before = earlier.select_related("reject_reason", "assignee").order_by("-first_outcome_at").first()
    said = before.moves.filter(move=MoveName.REJECT).order_by("-seq").first() if before and by.sees_persons else None
    return {"before": before, "before_said": said.note if said else ""}


def _feedback(lead: Lead, by: User) -> list[Feedback]:
    """What was asked about it after its acceptance, the newest first; told or not."""
    asked = Feedback.objects.visible_to(by).filter(lead=lead).select_related("user")
    return list(asked.order_by("-step"))


def _options(lead: Lead, by: User, now: datetime) -> list[Option]:
    """The moves of this stage and role that a page offers, each once; answering comes before asking."""
    found: dict[str, Option] = {}
    for move, code in facts.options_for(lead, by=by, now=now):
        doable = DOABLE.get(move.name)
        if doable and code not in BESIDE_THE_POINT and (move.name not in found or not code):
            obstacle = str(refusals.TEXTS[code]) if code else ""
            found[move.name] = Option(move.name, doable, obstacle)
    return [found[name] for name in DOABLE if name in found]
