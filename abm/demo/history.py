"""Two fiscal years of leads up to a few days ago: before the list was signed, and after."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count

from django.utils import timezone

from abm.demo import pace, story
from abm.demo.demands import Demands, is_over
from abm.demo.lives import Life
from abm.demo.world import World, year_ends, year_starts

BEFORE, AFTER = 900, 1300
ON_LIST = {"before": 0.34, "after": 0.96}
SELF_SOURCED = 0.04
LIVE_DAYS = 6
STILL_WAITING = 7


def lives(world: World, demands: Demands) -> list[Life]:
    """All leads of the two years, told in order of time, so that a demand never has two at once."""
    order, made = count(), []
    agenda: list[tuple[datetime, int, Life | None]] = [(at, next(order), None) for at in _moments(world)]
    while agenda:
        at, _, earlier = heappop(agenda)
        life = _trip(world, demands, at, earlier)
        if life is None:
            continue
        made.append(life)
        if is_over(life) and (back := _returns(world, life)):
            heappush(agenda, (back, next(order), life))
    return made


def last_day(world: World) -> date:
    """History ends here; what comes after is the live inbox."""
    return world.today - timedelta(days=LIVE_DAYS)


def _moments(world: World) -> Iterator[datetime]:
    this = world.fiscal_year
    yield from pace.moments(year_starts(this - 1), year_ends(this - 1), world.sized(BEFORE), world.rng)
    first, last = year_starts(this), last_day(world)
    share = max(0, (last - first).days) / 365
    yield from pace.moments(first, last, round(world.sized(AFTER) * share), world.rng)


def _trip(world: World, demands: Demands, at: datetime, earlier: Life | None) -> Life | None:
    era = "after" if at >= _this_year(world) else "before"
    if earlier is None:
        life = demands.begin(at, on_list=world.even("on list", era) < ON_LIST[era])
    elif demands.is_free(earlier.lead, at):
        life = demands.next_trip(earlier, at)
        life.previous = earlier
    else:
        return None
    odds = story.ODDS[era, life.lead.on_list]
    if earlier is None and world.rng.random() < SELF_SOURCED:
        story.self_sourced(world, life, at, odds)
    else:
        story.qualify(world, life, at)
        story.tell(world, life, at, odds)
    life.cut(world.now).unfold()
    demands.keep(life)
    return life


def _this_year(world: World) -> datetime:
    return timezone.make_aware(datetime.combine(year_starts(world.fiscal_year), time.min))


def _returns(world: World, life: Life) -> datetime | None:
    """When the next trip qualifies; None for those whose date is still to come, or came only just now."""
    back = life.lead.return_on
    if back is None or back > world.today - timedelta(days=STILL_WAITING + LIVE_DAYS):
        return None
    at = timezone.make_aware(datetime.combine(back, time(9))) + timedelta(days=world.rng.randrange(0, 4))
    return pace.days_later(at, 0, world.rng)
