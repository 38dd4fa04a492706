"""The brief of one lead: why this one, why now, the ways in, what came of it before, and what may happen next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from abm.web.moves import DOABLE, Doable
from accounts.models import Person
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
        "evidence": evidence.filter(direction="INBOUND").select_related("person", "offering")[:MOST],
        "persons": _persons(lead, by),
        "paths": _paths(lead, by),
        "before": _before(lead, by),
        "feedback": _feedback(lead, by),
        "options": _options(lead, by, now),
        "moves": lead.moves.select_related("by", "reason").order_by("-seq"),
    }


def _question(lead: Lead) -> str:
    """The words of the open question."""
    asked = lead.moves.filter(move=MoveName.ASK).order_by("-seq").first() if lead.question_at else None
    return asked.note if asked else ""


def _recent(evidence: Any, now: datetime) -> dict[str, Any]:
    """How many persons, touches and minutes in the last two weeks, and against the two weeks before."""
    inbound = evidence.filter(direction="INBOUND")
    last = Q(occurred_at__gt=now - RECENT, occurred_at__lte=now)
    before = Q(occurred_at__gt=now - 2 * RECENT, occurred_at__lte=now - RECENT)
    return inbound.filter(occurred_at__gt=now - 2 * RECENT).aggregate(
        persons=Count("person", filter=last, distinct=True),
        touches=Count("pk", filter=last),
        touches_before=Count("pk", filter=before),
    )


def _persons(lead: Lead, by: User) -> list[Person]:
    """The lead's persons, to those who may see persons; the assignee of a partner sees those of its own lead."""
    return list(lead.persons.all()) if by.sees_persons else []


def _paths(lead: Lead, by: User) -> Any:
    """Who of us has been in touch with this account, how often and when last: the ways in."""
    ours = Touch.objects.visible_to(by).filter(account=lead.account_id).by_us()
    return ours.values("user__name").annotate(times=Count("pk"), last=Max("occurred_at")).order_by("-last")[:3]


def _before(lead: Lead, by: User) -> Lead | None:
    """The last earlier lead of the same department (or account) that sales answered: its feedback."""
    earlier = Lead.objects.visible_to(by).filter(account=lead.account_id).exclude(pk=lead.pk).exclude(first_outcome="")
    if lead.department_id:
        earlier = earlier.filter(department=lead.department_id)
    return earlier.select_related("reject_reason", "assignee").order_by("-first_outcome_at").first()


def _feedback(lead: Lead, by: User) -> list[Feedback]:
    """What was asked about it after its acceptance, the newest first; told or not."""
    asked = Feedback.objects.visible_to(by).filter(lead=lead).select_related("user")
    return list(asked.order_by("-step"))


def _options(lead: Lead, by: User, now: datetime) -> list[Option]:
    """The moves of this stage and role that a page offers, in the table's order, each once."""
    found: dict[str, Option] = {}
    for move, code in facts.options_for(lead, by=by, now=now):
        doable = DOABLE.get(move.name)
        if doable and code not in BESIDE_THE_POINT and (move.name not in found or not code):
            obstacle = str(refusals.TEXTS[code]) if code else ""
            found[move.name] = Option(move.name, doable, obstacle)
    return list(found.values())
