"""Recording touches."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from audit import outbox
from audit.log import Actor
from engagement.models import Touch

CHUNK = 1000


@transaction.atomic
def record(touches: Sequence[Touch], *, by: Actor, now: datetime) -> list[Touch]:
    """Stores the touches not yet known by (source, external id), and lets the scores hear of them.

    Returns the new ones. The same event twice is one touch, so recording again changes nothing.
    """
    new: list[Touch] = []
    for start in range(0, len(touches), CHUNK):
        new += _record_chunk(touches[start : start + CHUNK], now)
    return new


def _record_chunk(touches: Sequence[Touch], now: datetime) -> list[Touch]:
    once = {(t.source_id, t.external_id): t for t in touches}
    Touch.objects.bulk_create(once.values(), ignore_conflicts=True)
    known = {
        (t.source_id, t.external_id): t
        for t in Touch.objects.filter(
            source__in={source for source, _ in once}, external_id__in={external for _, external in once}
        )
    }
    # INSERT … DO NOTHING does not say which rows it made: ours carry our own recording time.
    new = [known[key] for key, touch in once.items() if known[key].recorded_at == touch.recorded_at]
    if new:
        ids = [touch.pk for touch in new]
        outbox.put("touches.recorded", key=f"touches:{ids[0]}", payload={"ids": ids}, now=now, lane=outbox.SCORES)
    return new
