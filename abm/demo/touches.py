"""Touches: the evidence before a lead, sales' work after it, and what people read in between."""

from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from abm.demo import pace
from abm.demo.copying import copy
from abm.demo.offerings import BY_CODE
from abm.demo.phrases import EVIDENCE, MINUTES, SOURCE_OF, TITLES
from abm.demo.world import World, year_starts
from accounts.models import Account, Department, Offering, Person
from engagement.enums import Direction, TouchKind
from engagement.models import Touch
from funnel.models import Lead
from users.models import User

OURS = frozenset({TouchKind.CALL, TouchKind.MEETING, TouchKind.VISIT, TouchKind.MAIL_SENT})
BACKGROUND, RECENT = 6_000, 2_500
RECENT_DAYS = 28
QUIET = ((TouchKind.PAGE_VIEW, 8), (TouchKind.MAIL_OPEN, 7), (TouchKind.MAIL_CLICK, 2), (TouchKind.DOWNLOAD, 1))


def touch(
    world: World,
    kind: TouchKind,
    at: datetime,
    *,
    account: Account,
    department: Department | None = None,
    person: Person | None = None,
    offering: Offering | None = None,
    user: User | None = None,
    two_way: bool = False,
) -> Touch:
    """One touch, with its title, minutes and source; `world` numbers it."""
    world.touched += 1
    product = BY_CODE[offering.code] if offering else world.rng.choice(tuple(BY_CODE.values()))
    low, high = MINUTES.get(kind, (0, 0))
    return Touch(
        account=account,
        department=department,
        person=person,
        offering=offering,
        user=user,
        kind=kind,
        direction=Direction.OUTBOUND if kind in OURS else Direction.INBOUND,
        two_way=two_way,
        minutes=Decimal(world.rng.randint(low, high)),
        occurred_at=at,
        title=TITLES[kind].format(name=product.name, theme=product.theme),
        source=world.sources[SOURCE_OF.get(kind, "ma")],
        external_id=f"demo-{world.touched:06}",
    )


def evidence(
    world: World, lead: Lead, persons: list[Person], until: datetime, source: str, points: float
) -> list[Touch]:
    """What people did in the three weeks before `until`: as much as is worth so many points by then."""
    made: list[Touch] = []
    total = 0.0
    while total < points or not made:
        at = until - timedelta(minutes=world.rng.randrange(30, 21 * 24 * 60))
        one = _of_lead(
            world, lead, world.weighted(EVIDENCE[source]), at, world.rng.choice(persons) if persons else None
        )
        total += world.worth(one, until)
        made.append(one)
    return made


def sales(
    world: World, lead: Lead, kind: TouchKind, at: datetime, *, by: User, person: Person | None, two_way: bool
) -> Touch:
    """A call, meeting or visit of ours about a lead."""
    made = _of_lead(world, lead, kind, at, person)
    made.user, made.two_way = by, two_way
    return made


def _of_lead(world: World, lead: Lead, kind: TouchKind, at: datetime, person: Person | None) -> Touch:
    return touch(
        world, kind, at, account=lead.account, department=lead.department, person=person, offering=lead.offering
    )


def background(world: World) -> list[Touch]:
    """Two years of reading without a lead, densest in the last weeks at the wanted companies."""
    first = year_starts(world.fiscal_year - 1)
    recent = world.today - timedelta(days=RECENT_DAYS)
    places = [(account, d) for account in world.accounts for d in world.departments[account.pk]]
    warm = [(account, d) for account in world.wanted for d in world.departments[account.pk]]
    quiet = pace.moments(first, world.today, world.sized(BACKGROUND), world.rng)
    busy = pace.moments(recent, world.today, world.sized(RECENT), world.rng)
    made = [_reading(world, *world.rng.choice(places), at, QUIET) for at in quiet if at <= world.now]
    return made + [_reading(world, *world.rng.choice(warm), at, EVIDENCE["ma"]) for at in busy if at <= world.now]


def _reading(
    world: World, account: Account, department: Department, at: datetime, kinds: tuple[tuple[TouchKind, int], ...]
) -> Touch:
    fitting = [world.offerings[p.code] for p in BY_CODE.values() if department.function in p.functions]
    persons = world.persons.get(department.pk)
    return touch(
        world, world.weighted(kinds), at, account=account, department=department,
        person=world.rng.choice(persons) if persons else None,
        offering=world.rng.choice(fitting) if fitting and world.rng.random() < 0.6 else None,
    )  # fmt: skip


def write(made: list[Touch], *, now: datetime) -> None:
    """Stores them in order of time."""
    copy(sorted(made, key=attrgetter("occurred_at")), now=now)
