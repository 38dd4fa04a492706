"""Was it followed up? The first human touch after an acceptance, and the ghosts: accepted, then nothing.

A flag, not a stage: the lead does not move. The first-touch due is stored with the acceptance.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from audit import log, outbox
from engagement.enums import Direction
from engagement.models import Touch
from funnel.enums import Stage
from funnel.models import Lead
from users.models import User

BATCH = 200


def watch(*, now: datetime, by: User) -> dict[str, int]:
    """Notes first touches, then flags the leads whose first touch did not come in time; returns counts."""
    return {"touched": note_first_touches(now=now), "ghosts": flag_ghosts(now=now, by=by)}


@transaction.atomic
def note_first_touches(*, now: datetime) -> int:
    """Sets first_touch_at of accepted leads that have been touched by one of us since."""
    first = _human_touches(now).order_by("occurred_at").values("occurred_at")[:1]
    waiting = Lead.objects.filter(accepted_at__isnull=False, first_touch_at=None, stage=Stage.SAL)
    found = waiting.annotate(found_at=Subquery(first)).filter(found_at__isnull=False)
    touched = list(found.select_for_update(of=("self",), skip_locked=True))
    for lead in touched:
        lead.first_touch_at = lead.found_at
    return Lead.objects.bulk_update(touched, ["first_touch_at"], batch_size=BATCH)


def _human_touches(now: datetime) -> QuerySet[Touch]:
    """Our people's touches of the lead's department (or of nobody in particular) since the acceptance: what they sent,
    or a talk whoever began it. What a machine sends in a user's place is none."""
    ours = Q(user__isnull=False, user__is_service=False) & (Q(direction=Direction.OUTBOUND) | Q(two_way=True))
    place = Q(department=OuterRef("department")) | Q(department=None)
    since = Q(occurred_at__gte=OuterRef("accepted_at"), occurred_at__lte=now)
    return Touch.objects.filter(ours, place, since, account=OuterRef("account"))


@transaction.atomic
def flag_ghosts(*, now: datetime, by: User) -> int:
    """Flags SALs whose first touch was due and did not come; dated when it was due. Once flagged, always counted."""
    untouched = Q(first_touch_at=None) | Q(first_touch_at__gt=F("first_touch_due_at"))
    late = Lead.objects.filter(untouched, stage=Stage.SAL, ghost_at=None, first_touch_due_at__lt=now)
    ghosts = list(late.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    for lead in ghosts:
        lead.ghost_at = lead.first_touch_due_at
        log.record("leads.flag_ghost", lead, by=by, at=now, account_id=lead.account_id)
        payload = {
            "lead": str(lead.public_id),
            "lead_id": lead.pk,
            "account_id": lead.account_id,
            "assignee_id": lead.assignee_id,
            "by_id": by.pk,
        }
        subject = f"lead:{lead.pk}"
        outbox.put("lead.ghosted", key=f"{subject}:ghost", payload=payload, now=now, subject=subject)
    Lead.objects.bulk_update(ghosts, ["ghost_at"], batch_size=BATCH)
    return len(ghosts)
