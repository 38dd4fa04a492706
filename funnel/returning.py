"""Next trips: a recycled lead whose condition has come true starts anew, linked, in nurture. One way for all causes.

A date comes true by the daily walk, a score by its crossing (`scoring.crossing`), an event when somebody says so. The
new trip becomes an MQL by the ordinary rule, like any lead.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Person, Source
from audit import outbox
from funnel import leads
from funnel.enums import OPEN, Stage
from funnel.models import Lead
from funnel.refusals import MoveRefused
from users.models import User

BATCH = 500


@transaction.atomic
def start(
    lead: Lead,
    *,
    by: User,
    now: datetime,
    source: Source | None = None,
    persons: Iterable[Person] | None = None,
) -> Lead:
    """The next trip of a recycled lead, in NURTURE. Source and persons are the last trip's unless told.

    Raises MoveRefused where it is not recycled, has its next trip already, or the demand has another open lead.
    """
    last = Lead.objects.select_for_update().get(pk=lead.pk)
    if last.stage != Stage.RECYCLED:
        raise MoveRefused("not_recycled")
    if last.next_trips.exists():
        raise MoveRefused("trip_started")
    if _is_under_way(last):
        raise MoveRefused("open_lead_exists")
    made = leads.create(
        account=last.account,
        department=last.department,
        offering=last.offering,
        source=source or last.source,
        persons=last.persons.all() if persons is None else persons,
        previous=last,
        by=by,
        now=now,
    )
    _tell(last, made, by, now)
    return made


def _is_under_way(last: Lead) -> bool:
    """Whether the same demand has an open lead; the database knows that only where both its sides are known."""
    same = Lead.objects.filter(account=last.account_id, department=last.department_id, offering=last.offering_id)
    return same.filter(stage__in=OPEN).exists()


def _tell(last: Lead, made: Lead, by: User, now: datetime) -> None:
    payload = {
        "lead": str(made.public_id),
        "lead_id": made.pk,
        "account_id": made.account_id,
        "previous_id": last.pk,
        "by_id": by.pk,
    }
    outbox.put("lead.returned", key=f"lead:{last.pk}:return", payload=payload, now=now)


def start_due(*, now: datetime, by: User) -> dict[str, int]:
    """Starts the next trip of each lead whose day has come; one whose demand is under way waits for that to end."""
    counts = {"returned": 0, "left": 0}
    due = Lead.objects.without_samples().due_back(timezone.localdate(now)).order_by("return_on", "pk")
    for lead in due[:BATCH]:
        try:
            start(lead, by=by, now=now)
        except MoveRefused:
            counts["left"] += 1
        else:
            counts["returned"] += 1
    return counts
