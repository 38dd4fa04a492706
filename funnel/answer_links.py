"""Answering out of a mail without signing in, by a link that its receiver was given.

A link is bound to one handoff (or one request for feedback), one user and one moment of expiry, and works once. The
secret is in the mail only: 192 random bits, sealed with the server's key over what the link is bound to, so that
neither a stolen database nor a row forged in it makes a link. Nothing has to revoke links: whether one still works is
asked of what it answers. Looking at one changes nothing; mail scanners look at everything.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_noop

from audit import doors, log
from audit.enums import Door
from funnel.enums import LinkState, MoveName, Outcome
from funnel.models import AnswerLink, Feedback, Handoff, Lead
from users import letters
from users.letters import Answer
from users.models import Notification, User

LASTS = timedelta(days=7)
"""How long after the due of an answer its links work: a late answer still helps."""
SECRET_BYTES = 24
ANSWERED = frozenset({Outcome.ACCEPTED, Outcome.REJECTED})
BUTTONS = (
    (MoveName.ACCEPT, gettext_noop("Accept")),
    (MoveName.REJECT, gettext_noop("Reject…")),
    (MoveName.ASK, gettext_noop("Ask…")),
)
FEEDBACK_BUTTON = gettext_noop("Give feedback")
LEAD_KINDS = ("lead.handed_over", "lead.answered", "lead.ignored")

Done = TypeVar("Done")


class LinkRefused(Exception):
    """The link no longer answers anything; `state` says why."""

    def __init__(self, state: LinkState) -> None:
        self.state = state
        super().__init__(str(state))


def register() -> None:
    """Offers answers in the mails about a lead that waits for one, and about feedback that is due."""
    for kind in LEAD_KINDS:
        letters.offer(kind, lead_answers)
    letters.offer("feedback.due", feedback_answers)


def lead_answers(notification: Notification, now: datetime) -> list[Answer]:
    """Accept, reject, ask: for the assignee, while the handoff waits for an answer."""
    handoff = _found(Handoff, notification.subject, "assignee", "lead")
    if handoff is None or handoff.assignee_id != notification.user_id or not _waits(handoff):
        return []
    token = issue(handoff.assignee, handoff=handoff, expires_at=max(handoff.due_at, now) + LASTS, now=now)
    return [Answer(label, f"/answer/{token}/{move}/") for move, label in BUTTONS]


def feedback_answers(notification: Notification, now: datetime) -> list[Answer]:
    """One button to the three fields, for whom the feedback is asked of, while it is still to be given."""
    feedback = _found(Feedback, notification.subject, "user")
    if feedback is None or feedback.user_id != notification.user_id or _closed(feedback, now):
        return []
    token = issue(feedback.user, feedback=feedback, expires_at=feedback.closes_at, now=now)
    return [Answer(FEEDBACK_BUTTON, f"/answer/{token}/feedback/")]


def _found(model: Any, public_id: str, *beside: str) -> Any:
    try:
        return model.objects.select_related(*beside).filter(public_id=UUID(public_id)).first()
    except ValueError:
        return None


@transaction.atomic
def issue(
    user: User,
    *,
    expires_at: datetime,
    now: datetime,
    handoff: Handoff | None = None,
    feedback: Feedback | None = None,
) -> str:
    """A new link by which `user` answers the handoff or the feedback; returns its token, which is kept nowhere."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = AnswerLink(
        digest=_digest(secret), user=user, handoff=handoff, feedback=feedback, created_at=now, expires_at=expires_at
    )
    link.save(force_insert=True)
    log.record("answer_links.issue", link, by=User.objects.system(), at=now, account_id=_about(link).account_id)
    return f"{secret}.{_signer().signature(_bound(secret, link))}"


def find(token: str) -> AnswerLink | None:
    """The link of this token; None where none was given out, or where token or row were tampered with."""
    secret, _, seal = token.rpartition(".")
    link = _with_all().filter(digest=_digest(secret)).first()
    if link is None:
        return None
    try:
        _signer().unsign(f"{_bound(secret, link)}:{seal}")
    except signing.BadSignature:
        return None
    return link


def _with_all() -> Any:
    """The links with what they are about."""
    beside = ("user", "handoff__lead__account", "handoff__lead__department", "handoff__decided_by")
    return AnswerLink.objects.select_related(*beside, "feedback__lead__account", "feedback__lead__department")


def _signer() -> signing.Signer:
    return signing.Signer(salt="funnel.answer_links")


def _bound(secret: str, link: AnswerLink) -> str:
    """Everything the seal vouches for."""
    parts = (secret, link.handoff_id, link.feedback_id, link.user_id, link.expires_at.timestamp())
    return "/".join(map(str, parts))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _about(link: AnswerLink) -> Any:
    """The handoff or the feedback."""
    return link.handoff or link.feedback


def state(link: AnswerLink, *, now: datetime) -> LinkState:
    """Whether the link still works, and if not, why."""
    if not link.user.is_active:
        return LinkState.REVOKED
    if link.used_at or _is_answered(link):
        return LinkState.ANSWERED
    if link.handoff and not _waits(link.handoff):
        return LinkState.REVOKED
    return LinkState.OPEN if now < link.expires_at else LinkState.EXPIRED


def _is_answered(link: AnswerLink) -> bool:
    if link.handoff:
        return link.handoff.outcome in ANSWERED
    return bool(link.feedback and link.feedback.answered_at)


def _waits(handoff: Handoff) -> bool:
    """Whether this delivery is the lead's latest and still without an answer, in time or ignored."""
    latest = Handoff.objects.filter(lead=handoff.lead_id).order_by("-number")[:1]
    return Handoff.objects.unanswered().filter(pk__in=latest.values("pk")).filter(pk=handoff.pk).exists()


def _closed(feedback: Feedback, now: datetime) -> bool:
    return feedback.answered_at is not None or now >= feedback.closes_at


@transaction.atomic
def use(link: AnswerLink, act: Callable[..., Done], *, now: datetime, **told: Any) -> Done:
    """Does `act` to what the link is about, in its user's name and through the MAIL door, and spends the link.

    Returns what the act returns. Raises LinkRefused where it has been answered, or is no longer this user's to answer,
    and whatever the act refuses with; the link is then not spent.
    """
    if link.handoff:
        Lead.objects.select_for_update().get(pk=link.handoff.lead_id)
    AnswerLink.objects.select_for_update().get(pk=link.pk)
    held = _with_all().get(pk=link.pk)
    if (found := state(held, now=now)) is not LinkState.OPEN:
        raise LinkRefused(found)
    with doors.through(Door.MAIL):
        done = act(held.handoff.lead if held.handoff else held.feedback, by=held.user, now=now, **told)
        held.used_at = now
        held.save(update_fields=["used_at"])
        log.record("answer_links.use", held, by=held.user, at=now, account_id=_about(held).account_id)
    return done
