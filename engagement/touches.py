"""Recording touches."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import copying, provenance
from accounts.models import Affiliation
from audit import outbox
from audit.log import Actor
from engagement.models import Touch, UncountedTouch

AT_ONCE = 10_000
TOLD_AT_ONCE = 1000
"""So many touches the scores hear of in one message."""
MAY_BE_AHEAD = timedelta(minutes=5)
"""How far another system's clock may run before ours."""


class TouchRefused(Exception):
    """A touch that cannot be recorded; the text says why."""


@transaction.atomic
def record(touches: Sequence[Touch], *, by: Actor, now: datetime) -> list[Touch]:
    """Stores the touches not yet known by (source, external id), and lets the scores hear of them.

    Returns the new ones. The same event twice is one touch, so recording again changes nothing. Where the department
    is not given, it is the person's own on that day, if there was exactly one. Raises TouchRefused, with nothing
    recorded, when a touch lies in the future.
    """
    if any(is_ahead(touch, now) for touch in touches):
        raise TouchRefused(_("A touch cannot lie in the future. Please check its date."))
    new: list[Touch] = []
    for start in range(0, len(touches), AT_ONCE):
        new += _record_some(touches[start : start + AT_ONCE])
    for start in range(0, len(new), TOLD_AT_ONCE):
        ids = [touch.pk for touch in new[start : start + TOLD_AT_ONCE]]
        outbox.put("touches.recorded", key=f"touches:{ids[0]}", payload={"ids": ids}, now=now, lane=outbox.SCORES)
    return new


def is_ahead(touch: Touch, now: datetime) -> bool:
    """Whether the touch claims to happen later than clocks may differ."""
    return touch.occurred_at > now + MAY_BE_AHEAD


def _record_some(touches: Sequence[Touch]) -> list[Touch]:
    _fill_departments([touch for touch in touches if touch.person_id and not touch.department_id])
    once = {(t.source_id, t.external_id): t for t in touches}
    new = [touch for touch in copying.insert_new(list(once.values())) if isinstance(touch, Touch)]
    fresh = {touch.pk for touch in new}
    again = [external_id for (_source, external_id), touch in once.items() if touch.pk not in fresh]
    provenance.confirmed(Touch, _known({source for source, _ in once}, again) if again else [])
    ids = [touch.pk for touch in new]
    provenance.made_ids(Touch, ids)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO engagement_uncountedtouch (touch_id) SELECT unnest(%s::bigint[])", [ids])
    return new


def _known(sources: Collection[int], external_ids: Collection[str]) -> Iterable[int]:
    known = Touch.objects.filter(source__in=sources, external_id__among=external_ids)
    return known.values_list("pk", flat=True)


def _fill_departments(touches: Sequence[Touch]) -> None:
    people = {touch.person_id for touch in touches if touch.person_id}
    if not people:
        return
    places: dict[tuple[int | None, int], list[_Place]] = {}
    for place in map(_Place._make, Affiliation.objects.filter(person__among=people).values_list(*_Place._fields)):
        if place.department_id:
            places.setdefault((place.person_id, place.account_id), []).append(place)
    for touch in touches:
        there = places.get((touch.person_id, touch.account_id), [])
        departments = {place.department_id for place in there if place.holds_on(_day(touch.occurred_at))}
        touch.department_id = departments.pop() if len(departments) == 1 else None


class _Place(NamedTuple):
    """Where somebody works or worked."""

    person_id: int
    account_id: int
    department_id: int | None
    started_on: date | None
    ended_on: date | None

    def holds_on(self, day: date) -> bool:
        return (self.started_on or day) <= day <= (self.ended_on or day)


@lru_cache(maxsize=1000)
def _day(moment: datetime) -> date:
    """Many touches share a moment: a seminar's, or noon of a card's day."""
    return timezone.localtime(moment).date()


def take_uncounted(touch_ids: Iterable[int]) -> list[int]:
    """Takes these touches off the list of uncounted ones; returns those that stood on it.

    Who takes them counts them, in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM engagement_uncountedtouch WHERE touch_id = ANY(%s) RETURNING touch_id", [list(touch_ids)]
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def take_all_uncounted() -> int:
    """Takes every touch off the list; returns how many stood on it."""
    return UncountedTouch.objects.all().delete()[0]


def counted_at(account_ids: Collection[int]) -> list[int]:
    """The touches of these accounts that the scores have counted."""
    return list(
        Touch.objects.filter(account__in=account_ids, uncounted=None).order_by("pk").values_list("pk", flat=True)
    )
