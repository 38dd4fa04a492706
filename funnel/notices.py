"""What people are told when a lead moves: the assignee, the manager, who handed it over. Outbox handlers."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from audit import outbox
from audit.models import OutboxMessage
from funnel.enums import MoveName, Outcome
from funnel.models import Handoff, Lead, LeadMove, RejectReason
from users import kinds, letters, notices
from users.models import User
from users.roles import DECIDERS, MARKETING, Role

HANDED_OVER = gettext_noop("%(lead)s waits for your answer until %(due)s. Without one it counts as ignored.")
IGNORED = gettext_noop("%(lead)s was not answered in time and counts as ignored. An answer still helps.")
ACCEPTED = gettext_noop("%(lead)s was accepted by %(name)s.")
REASSIGNED = gettext_noop("%(lead)s no longer waits for your answer: it went to %(name)s.")
ASKED = gettext_noop("%(name)s has a question about %(lead)s. Until you answer, the clock of sales stands still.")
ANSWERED = gettext_noop("Your question about %(lead)s is answered. The clock runs again until %(due)s.")
LIMIT = gettext_noop("Nobody answered your question about %(lead)s in time. The clock runs again until %(due)s.")
APPEALED = gettext_noop("Marketing appeals against the rejection of %(lead)s. Please decide.")
UPHELD = gettext_noop("Your appeal for %(lead)s was upheld. It waits to be handed over again.")
DENIED = gettext_noop("Your appeal for %(lead)s was denied.")
SIGNED = gettext_noop("%(name)s disqualified %(lead)s and named you as the second person.")
ESCALATED = gettext_noop(
    "%(lead)s is still unanswered. Please answer it or give it to somebody else; on %(day)s it is given up."
)
REJECTED = gettext_noop("%(lead)s was rejected: %(reason)s. It waits for what you do next.")
RETURNED = gettext_noop(
    "%(lead)s is back in nurture, as agreed. Once warm enough it becomes an MQL by itself; until then it waits there."
)
GHOSTED = gettext_noop("%(lead)s was accepted by %(name)s, but no contact followed in time. It counts as a ghost.")
GIVEN_UP = gettext_noop("Nobody answered %(lead)s. It was given up and returns on %(day)s.")
AT_RISK = gettext_noop("Little time is left for %(lead)s. Without your answer until %(due)s it counts as ignored.")

LEADERS = frozenset({Role.SALES_MANAGER})
SENDERS = MARKETING | LEADERS
"""Who hands over, and hears what became of it."""
NOTHING = gettext_noop("There is nothing you need to do.")


def announce() -> None:
    """The kinds of event people make choices about, most urgent first; and who words what notices hold as codes."""
    kinds.announce(
        "lead.handed_over", gettext_noop("A lead waits for my answer"), at_once=DECIDERS, roles=DECIDERS, for_team=True
    )
    kinds.announce(
        "lead.at_risk", gettext_noop("My time to answer runs out"), at_once=DECIDERS, roles=DECIDERS, for_team=True
    )
    kinds.announce(
        "lead.ignored",
        gettext_noop("A lead was not answered in time"),
        otherwise=gettext_noop("If nobody answers, it is offered to the manager and later given up."),
        at_once=DECIDERS,
        roles=DECIDERS,
        for_team=True,
    )
    kinds.announce(
        "lead.escalated", gettext_noop("A lead is still unanswered"), at_once=LEADERS, roles=LEADERS, for_team=True
    )
    kinds.announce("lead.asked", gettext_noop("Sales has a question"), at_once=MARKETING, roles=SENDERS)
    kinds.announce(
        "lead.answered",
        gettext_noop("My question was answered"),
        otherwise=gettext_noop("Without an answer by then the lead counts as ignored."),
        at_once=DECIDERS,
        roles=DECIDERS,
    )
    kinds.announce("lead.accepted", gettext_noop("A lead was accepted"), otherwise=NOTHING, roles=SENDERS)
    kinds.announce(
        "lead.rejected",
        gettext_noop("A lead was rejected"),
        otherwise=gettext_noop("If nothing is done, it stays rejected and the promised time of marketing runs out."),
        at_once=MARKETING,
        roles=SENDERS,
    )
    kinds.announce(
        "lead.ghosted",
        gettext_noop("No contact followed an acceptance"),
        otherwise=gettext_noop("If nothing is done, the manager may take the lead back. A contact still helps."),
        roles=DECIDERS,
    )
    kinds.announce(
        "lead.returned", gettext_noop("A lead is back for its next trip"), otherwise=NOTHING, roles=MARKETING
    )
    kinds.announce("lead.given_up", gettext_noop("A lead was given up"), otherwise=NOTHING, roles=MARKETING | DECIDERS)
    kinds.announce(
        "lead.appealed",
        gettext_noop("An appeal, or its verdict"),
        otherwise=gettext_noop("Until somebody decides otherwise, the lead stays as it is."),
        roles=SENDERS,
    )
    kinds.announce(
        "lead.disqualified",
        gettext_noop("I was named as the second person"),
        otherwise=NOTHING,
        roles=MARKETING | DECIDERS,
    )
    letters.worded_by("reason", reason_words)


def reason_words(codes: set[str]) -> dict[str, str]:
    """Reject reasons in the current language."""
    return {reason.code: str(reason) for reason in RejectReason.objects.filter(code__in=codes)}


def register() -> None:
    """Listens to the moves people want to hear of."""
    outbox.on("lead.ghosted", ghosted)
    outbox.on("lead.given_up", given_up)
    outbox.on("lead.at_risk", at_risk)
    outbox.on("lead.handed_over", handed_over)
    outbox.on("lead.ignored", ignored)
    outbox.on("lead.asked", asked)
    outbox.on("lead.answered", answered)
    outbox.on("lead.appealed", appealed)
    outbox.on("lead.disqualified", disqualified)
    outbox.on("lead.escalated", escalated)
    outbox.on("lead.accepted", accepted)
    outbox.on("lead.rejected", rejected)
    outbox.on("lead.returned", returned)


def handed_over(message: OutboxMessage, now: datetime) -> None:
    """The assignee hears of the lead, its due, and what happens without an answer."""
    handoff = _handoff(message)
    due = timezone.localtime(handoff.due_at)
    _tell(handoff.assignee_id, message, handoff.lead, HANDED_OVER, now, due=f"{due:%Y-%m-%d %H:%M}")
    before = handoff.lead.handoffs.filter(number=handoff.number - 1, outcome=Outcome.REASSIGNED).first()
    if before:
        _tell(before.assignee_id, message, handoff.lead, REASSIGNED, now, name=str(handoff.assignee))


def ignored(message: OutboxMessage, now: datetime) -> None:
    """The assignee and the assignee's manager hear that the time has passed."""
    handoff = _handoff(message)
    _tell(handoff.assignee_id, message, handoff.lead, IGNORED, now)
    if handoff.assignee.manager_id:
        _tell(handoff.assignee.manager_id, message, handoff.lead, IGNORED, now)


def accepted(message: OutboxMessage, now: datetime) -> None:
    """Who handed it over hears that it was taken."""
    handoff = _handoff(message)
    _tell(handoff.sent_by_id, message, handoff.lead, ACCEPTED, now, name=str(handoff.decided_by))


def rejected(message: OutboxMessage, now: datetime) -> None:
    """Who handed it over hears why it was not taken."""
    handoff = _handoff(message)
    reason = handoff.lead.reject_reason
    _tell(handoff.sent_by_id, message, handoff.lead, REJECTED, now, reason=reason.code if reason else "–")


def asked(message: OutboxMessage, now: datetime) -> None:
    """Who handed it over hears that sales wants to know something."""
    handoff = _handoff(message)
    _tell(handoff.sent_by_id, message, handoff.lead, ASKED, now, name=str(_move(message).by))


def answered(message: OutboxMessage, now: datetime) -> None:
    """The assignee hears that the clock runs again."""
    handoff, move = _handoff(message), _move(message)
    due = timezone.localtime(handoff.due_at)
    text = LIMIT if move.data.get("breach") else ANSWERED
    _tell(handoff.assignee_id, message, handoff.lead, text, now, due=f"{due:%Y-%m-%d %H:%M}")


def appealed(message: OutboxMessage, now: datetime) -> None:
    """The assignee's manager hears of an appeal; who appealed, of the verdict."""
    handoff, verdict = _handoff(message), _move(message).data.get("verdict")
    if verdict:
        asker = handoff.lead.moves.filter(move=MoveName.APPEAL).order_by("seq").values_list("by", flat=True)[0]
        _tell(asker, message, handoff.lead, UPHELD if verdict == "UPHELD" else DENIED, now)
    elif handoff.assignee.manager_id:
        _tell(handoff.assignee.manager_id, message, handoff.lead, APPEALED, now)


def disqualified(message: OutboxMessage, now: datetime) -> None:
    """The second person hears in whose company the lead was ended."""
    move = _move(message)
    if second := move.data.get("second_person"):
        _tell(second, message, move.lead, SIGNED, now, name=str(move.by))


def escalated(message: OutboxMessage, now: datetime) -> None:
    """The assignee's manager is offered what is still unanswered."""
    handoff = _handoff(message)
    day = timezone.localtime(datetime.fromisoformat(message.payload["gives_up_at"]))
    if handoff.assignee.manager_id:
        _tell(handoff.assignee.manager_id, message, handoff.lead, ESCALATED, now, day=f"{day:%Y-%m-%d}")


def ghosted(message: OutboxMessage, now: datetime) -> None:
    """Who took the lead, and the manager, hear that no contact followed."""
    handoff = _handoff(message)
    for user_id in filter(None, (handoff.assignee_id, handoff.assignee.manager_id)):
        _tell(user_id, message, handoff.lead, GHOSTED, now, name=str(handoff.assignee))


def at_risk(message: OutboxMessage, now: datetime) -> None:
    """The assignee hears that little time is left, unless the answer was quicker than the news."""
    handoff = _handoff(message)
    due = timezone.localtime(handoff.due_at)
    if not handoff.outcome:
        _tell(handoff.assignee_id, message, handoff.lead, AT_RISK, now, due=f"{due:%Y-%m-%d %H:%M}")


def given_up(message: OutboxMessage, now: datetime) -> None:
    """All three of a delivery hear that nobody answered it."""
    handoff = _handoff(message)
    for user_id in filter(None, {handoff.assignee_id, handoff.assignee.manager_id, handoff.sent_by_id}):
        _tell(user_id, message, handoff.lead, GIVEN_UP, now, day=f"{handoff.lead.return_on:%Y-%m-%d}")


def _move(message: OutboxMessage) -> LeadMove:
    """The move the message tells of."""
    found = LeadMove.objects.select_related("by", "lead__account", "lead__department")
    return found.get(lead=message.payload["lead_id"], seq=message.payload["seq"])


def _handoff(message: OutboxMessage) -> Handoff:
    """The latest delivery to who was the assignee at that moment."""
    found = Handoff.objects.select_related(
        "lead__account", "lead__department", "lead__reject_reason", "assignee", "decided_by"
    )
    payload = message.payload
    return found.filter(lead=payload["lead_id"], assignee=payload["assignee_id"]).latest("number")


def _tell(user_id: int, message: OutboxMessage, lead: Lead, text: str, now: datetime, **params: Any) -> None:
    notices.tell(
        user_id,
        key=message.key,
        text=text,
        params={"lead": str(lead), **params},
        link=f"leads/{lead.public_id}/",
        now=now,
        kind=message.topic,
        subject=_subject(message, lead),
    )


def _subject(message: OutboxMessage, lead: Lead) -> str:
    """The delivery the message tells of; the lead itself where it was delivered to nobody."""
    handoffs = lead.handoffs.filter(assignee=message.payload.get("assignee_id")).order_by("-number")
    return str(handoffs.values_list("public_id", flat=True).first() or lead.public_id)


def returned(message: OutboxMessage, now: datetime) -> None:
    """Who handed the last trip over hears of the next one; where that was nobody of marketing, its leads do."""
    payload = message.payload
    lead = Lead.objects.select_related("account", "department").get(pk=payload["lead_id"])
    sent_by = Handoff.objects.filter(lead=payload["previous_id"]).order_by("-number").values("sent_by")[:1]
    marketing = User.objects.active().filter(role__in=MARKETING)
    told = marketing.filter(pk__in=sent_by) or marketing.filter(role=Role.MARKETING_LEAD)
    for user in told.exclude(pk=payload["by_id"]):
        _tell(user.pk, message, lead, RETURNED, now)
