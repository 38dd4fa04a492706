"""Rejected as OTHER: marketing names the true reason, by a move of its own; the rejection stays as it was told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from funnel.cases import take_up
from funnel.enums import Disposition, MoveName
from funnel.models import Lead, LeadMove, RejectReason
from funnel.refusals import MoveRefused
from users import notices
from users.models import User
from users.roles import Role

PERIOD = timedelta(days=28)
MOST = 0.10
"""A larger share of OTHER says that the reasons do not fit."""

ALERT = gettext_noop(
    "%(others)s of the last four weeks’ %(rejections)s rejections name no reason. Please name them, "
    "or what comes of these leads stays open."
)


@transaction.atomic
def recode(lead: Lead, *, by: User, now: datetime, reason: str, note: str = "") -> LeadMove:
    """Names the true reason of a rejection as OTHER: the lead's reason and disposition follow. Raises MoveRefused."""
    case = take_up(lead, now=now)
    move = case.require(MoveName.RECODE, by=by, data={"reason": reason})
    true = RejectReason.objects.filter(code=reason, is_active=True).exclude(disposition=Disposition.RECODE).first()
    if true is None:
        raise MoveRefused("unknown_reason", missing=["reason"])
    return case.write(move, by=by, reason=true, note=note, columns={"reject_reason": true})


@dataclass(frozen=True)
class Share:
    """How many rejections of the last four weeks name no reason still."""

    others: int
    rejections: int

    @property
    def rate(self) -> float | None:
        """None where nothing was rejected."""
        return self.others / self.rejections if self.rejections else None

    @property
    def is_too_large(self) -> bool:
        """Whether it is worth an alert."""
        return (self.rate or 0) > MOST


def share(*, now: datetime) -> Share:
    """Of the last four weeks, by the reasons as they are named now."""
    rejected = Lead.objects.without_samples().filter(rejected_at__gt=now - PERIOD, rejected_at__lte=now)
    return Share(rejected.filter(reject_reason__disposition=Disposition.RECODE).count(), rejected.count())


def remind(*, now: datetime) -> dict[str, int]:
    """Tells the marketing leads, once a week, while the share is too large."""
    found = share(now=now)
    if not found.is_too_large:
        return {"told": 0}
    year, week, _ = timezone.localdate(now).isocalendar()
    leads = User.objects.active().filter(role=Role.MARKETING_LEAD)
    for user in leads:
        words = {"others": found.others, "rejections": found.rejections}
        key = f"recoding:{year}-{week:02}"
        notices.tell(user.pk, key=key, text=ALERT, params=words, link="desk/recoding/", now=now, kind="recoding.due")
    return {"told": len(leads)}
