"""The daily digest: one letter with what waits and what happened, at the hour each user chose, on working days."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from users import letters, posting
from users.models import Letter, User

OLDEST = timedelta(days=7)
"""What happened before that is no news, whatever kept it from being told."""
FAR_APART = timedelta(hours=12)
"""Two digests of one user are never nearer than this, even when the hour is changed or the user travels."""


def gather(*, now: datetime) -> dict[str, int]:
    """Writes the digests that are due; may run twice, and at any pace. Returns the count."""
    rested = Q(digested_at=None) | Q(digested_at__lte=now - FAR_APART)
    hoped = User.objects.people().filter(rested, digest_hour__isnull=False).select_related("team__calendar")
    due = [user.pk for user in hoped if is_due(user, now)]
    return {"digests": sum(_gather_for(pk, now) for pk in due)}


def is_due(user: User, now: datetime) -> bool:
    """Whether today's digest hour has come on the user's clock, and today is a working day of the user's team."""
    local = now.astimezone(user.zone)
    works = user.team.rule().is_open_on(local.date()) if user.team else local.weekday() < 5
    done = user.digested_at is not None and user.digested_at.astimezone(user.zone).date() >= local.date()
    return works and not done and user.digest_hour is not None and local.hour >= user.digest_hour


@transaction.atomic
def _gather_for(pk: int, now: datetime) -> int:
    """One user's; 0 where there is nothing to say, nobody to say it to, or another worker was quicker."""
    user = User.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if user is None or not is_due(user, now):
        return 0
    user.digested_at = now
    user.save(update_fields=["digested_at"])
    return int(_write(user, now) is not None)


def _write(user: User, now: datetime) -> Letter | None:
    news = user.notifications.filter(for_digest=True, digest=None, read_at=None, created_at__gt=now - OLDEST)
    if not news.exists() and not letters.waiting(user, now):
        return None
    letter = posting.digest(user, key=f"digest:{user.pk}:{now.astimezone(user.zone):%Y-%m-%d}", now=now)
    if letter:
        news.update(digest=letter)
    return letter
