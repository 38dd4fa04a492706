"""Who could take a lead, and how much waits for each."""

from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from funnel.choosing import Candidate
from funnel.models import Handoff
from users import absences
from users.models import Absence, User
from users.roles import Role


def candidates(*, now: datetime) -> dict[int, Candidate]:
    """Everybody a lead can be handed to, by id, with the load of this moment."""
    mine = Handoff.objects.filter(assignee=OuterRef("pk"))
    waiting = mine.unanswered().order_by().values("assignee").annotate(n=Count("pk")).values("n")
    latest = mine.order_by("-due_at").values("sent_at")[:1]
    found = User.objects.deciders().annotate(open=Coalesce(Subquery(waiting), 0), last_at=Subquery(latest))
    away = {pk: deputy.pk if deputy else None for pk, deputy in who_is_away(now=now).items()}
    return {user.pk: _as_candidate(user, user.open, user.last_at, away) for user in found.order_by("pk")}


def who_is_away(*, now: datetime) -> dict[int, User | None]:
    """Whoever is away today, where they work, with the deputy who is there (or None), by user id."""
    around = timezone.localdate(now)
    days = [around - timedelta(days=1), around, around + timedelta(days=1)]
    absent = Absence.objects.kept().filter(first_on__lte=days[-1], last_on__gte=days[0])
    today = [one for one in absent.select_related("user__team__calendar") if _covers(one, now)]
    return {one.user_id: absences.deputy_of(one.user, now) for one in today}


def _covers(absence: Absence, now: datetime) -> bool:
    return absence.first_on <= now.astimezone(absences.zone_of(absence.user)).date() <= absence.last_on


def _as_candidate(user: User, waiting: int, last_at: datetime | None, away: dict[int, int | None]) -> Candidate:
    firm = user.team_id if user.role == Role.PARTNER else None
    return Candidate(
        user.pk, user.name, user.team_id, firm, waiting, last_at, is_away=user.pk in away, deputy=away.get(user.pk)
    )
