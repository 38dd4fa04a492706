"""Who could take a lead, and how much waits for each."""

from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from funnel.choosing import Candidate
from funnel.models import Handoff
from users.models import User
from users.roles import Role


def candidates(*, now: datetime) -> dict[int, Candidate]:
    """Everybody a lead can be handed to, by id, with the load of this moment."""
    mine = Handoff.objects.filter(assignee=OuterRef("pk"))
    waiting = mine.unanswered().order_by().values("assignee").annotate(n=Count("pk")).values("n")
    latest = mine.order_by("-due_at").values("sent_at")[:1]
    found = User.objects.deciders().annotate(open=Coalesce(Subquery(waiting), 0), last_at=Subquery(latest))
    return {user.pk: _as_candidate(user, user.open, user.last_at) for user in found.order_by("pk")}


def _as_candidate(user: User, waiting: int, last_at: datetime | None) -> Candidate:
    firm = user.team_id if user.role == Role.PARTNER else None
    return Candidate(user.pk, user.name, user.team_id, firm, waiting, last_at)
