"""What waits for a user right now, for the digest: answers and feedback of sales, questions and rejections."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from funnel.models import Feedback, Handoff, Lead
from users.letters import Line, Part, url
from users.models import User
from users.roles import DECIDERS, MARKETING

MOST = 20
"""So many lines per part; the rest is a number."""


def waiting(user: User, now: datetime) -> list[Part]:
    """The user's piles, least time left first; empty ones are left out by the letter."""
    if user.role in DECIDERS:
        return [_answers(user, now), _feedback(user, now)]
    return _of_marketing(user) if user.role in MARKETING else []


def _answers(user: User, now: datetime) -> Part:
    rows = Handoff.objects.unanswered().of(user).for_rows().in_answering_order()

    def line(handoff: Handoff) -> Line:
        due = timezone.localtime(handoff.due_at)
        late = handoff.due_at < now
        said = _("%(lead)s: was due %(due)s") if late else _("%(lead)s: until %(due)s, then it counts as ignored")
        return Line(said % {"lead": handoff.lead, "due": f"{due:%Y-%m-%d %H:%M}"}, _to(handoff.lead))

    return _part(_("Waiting for your answer"), rows, line)


def _feedback(user: User, now: datetime) -> Part:
    rows = Feedback.objects.of(user).to_answer(now).select_related("lead__account", "lead__department")

    def line(asked: Feedback) -> Line:
        told = {"lead": asked.lead, "day": f"{timezone.localtime(asked.closes_at):%Y-%m-%d}"}
        return Line(
            _("%(lead)s: until %(day)s, then it counts as no feedback") % told, url(f"feedback/{asked.public_id}/")
        )

    return _part(_("Feedback on leads you took"), rows.order_by("closes_at", "pk"), line)


def _of_marketing(user: User) -> list[Part]:
    mine = Lead.objects.visible_to(user).without_samples().for_rows().filter(handoffs__sent_by=user).distinct()

    def line(lead: Lead) -> Line:
        return Line(str(lead), _to(lead))

    asked = _part(_("Questions of sales; their clock stands still"), mine.asked().order_by("question_at"), line)
    rejected = mine.rejected_waiting().order_by("rejected_at")
    return [asked, _part(_("Rejected, waiting for what you do next"), rejected, line)]


def _part(title: str, rows: QuerySet[Any], line: Callable[[Any], Line]) -> Part:
    lines = [line(row) for row in rows[:MOST]]
    return Part(title, lines, rows.count() - MOST if len(lines) == MOST else 0)


def _to(lead: Lead) -> str:
    return url(f"leads/{lead.public_id}/")
