"""The golden cases: two samples whose figures are known exactly, apart from the company's own.

Each has 1,000 matured MQL in each of the two last *complete* fiscal years, at the same office days counted from the
year's start, and everything that counts happens before the year ends. So the comparison at equal maturity counts all
of them in both years, on whatever day the demo is built.

`golden-62-93`: 620 → 930 accepted in time, 400 → 650 in the pipeline within 30 days, at an unchanged mix: all of the
jump is behaviour. `golden-mix-only`: on-list share 34 % → 96 % at constant rates per segment (accepted 95 % / 45 %,
pipeline 65 % / 25 %, rejected 5 % / 15 %): the same jump of the SAL rate, and none of it is behaviour. (No whole
numbers give 400 → 650 at constant pipeline rates; it is 386 → 634 there.)
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from abm.demo import pace, staff
from abm.demo.lives import Life
from abm.demo.world import World, year_ends, year_starts
from accounts.enums import SourceKind
from accounts.models import Account, Source
from accounts.names import company_key
from funnel.enums import MoveName
from funnel.models import Lead
from targets.enums import Tier

M = MoveName
DAYS = 200
"""Hand-overs fall on the first 200 working days of a year: to about the end of January."""


class Segment(NamedTuple):
    """Whole numbers of leads of one segment and year: by first outcome, and in the pipeline within 30 days."""

    on_list: bool
    accepted: int
    rejected: int
    ignored: int
    pipeline: int


class Case(NamedTuple):
    """A sample: its source, and its segments in the earlier and the later year."""

    code: str
    name: str
    years: tuple[tuple[Segment, Segment], tuple[Segment, Segment]]


CASES = (
    Case(
        "golden-62-93",
        "見本：62→93",
        (
            (Segment(True, 350, 40, 110, 230), Segment(False, 270, 70, 160, 170)),
            (Segment(True, 485, 12, 3, 345), Segment(False, 445, 38, 17, 305)),
        ),
    ),
    Case(
        "golden-mix-only",
        "見本：構成だけの変化",
        (
            (Segment(True, 323, 17, 0, 221), Segment(False, 297, 99, 264, 165)),
            (Segment(True, 912, 48, 0, 624), Segment(False, 18, 6, 16, 10)),
        ),
    ),
)


def lives(world: World) -> list[Life]:
    """The leads of both cases in both years."""
    made: list[Life] = []
    for case in CASES:
        source = Source.objects.create(code=case.code, name=case.name, kind=SourceKind.OTHER, is_sample=True)
        account = Account.objects.create(name=case.name, key=company_key(case.name), industry="見本")
        world.samples.append(account)
        for year, segments in zip((world.fiscal_year - 2, world.fiscal_year - 1), case.years, strict=True):
            made += _year(world, year, segments, account, source)
    return made


def _year(world: World, year: int, segments: tuple[Segment, Segment], account: Account, source: Source) -> list[Life]:
    days = pace.working_days(year_starts(year), year_ends(year))[:DAYS]
    fates = [(segment, *fate) for segment in segments for fate in _fates(segment)]
    world.rng.shuffle(fates)
    made = []
    for place, (segment, outcome, in_pipeline) in enumerate(fates):
        day = days[place * len(days) // len(fates)]
        made.append(_life(world, day, segment, outcome, in_pipeline, account, source))
    return made


def _fates(segment: Segment) -> Iterator[tuple[MoveName, bool]]:
    yield from ((M.ACCEPT, n < segment.pipeline) for n in range(segment.accepted))
    yield from ((M.REJECT, False) for _ in range(segment.rejected))
    yield from ((M.IGNORE, False) for _ in range(segment.ignored))


def _life(
    world: World, day: date, segment: Segment, outcome: MoveName, in_pipeline: bool, account: Account, source: Source
) -> Life:
    reps = [name for names in staff.REPS.values() for name in names]
    assignee = world.users[world.rng.choice(reps)]
    at = pace.office_moment(day, world.rng)
    lead = Lead(
        account=account, source=source, on_list=segment.on_list, created_at=at,
        tier=Tier.ONE_TO_FEW if segment.on_list else "",
    )  # fmt: skip
    life = Life(lead, assignee, imported=True)
    qualify = M.QUALIFY if segment.on_list else M.QUALIFY_OFF_LIST
    life.add(qualify, at, world.users["onoda" if segment.on_list else "sasakura"], note="見本")
    sent = at + timedelta(minutes=10)
    due = pace.later(sent, 16)
    life.add(M.HAND_OVER, sent, world.users["onoda"], due_at=due, assignee=assignee)
    _ENDINGS[outcome](world, life, sent, due, in_pipeline)
    return life.unfold()


def _accepted(world: World, life: Life, sent: datetime, due: datetime, in_pipeline: bool) -> None:
    at = pace.later(sent, world.rng.uniform(0.5, 15))
    life.add(M.ACCEPT, at, life.assignee, data={"next_action": "見本", "next_action_on": due.date()})
    life.lead.first_touch_at, life.lead.first_touch_due_at = pace.later(at, 2), pace.later(at, 24)
    if in_pipeline:
        registered = sent + timedelta(days=world.rng.randrange(16, 29))
        told = {"deal_system": "sample", "deal_id": "-", "amount": 1, "close_on": due.date(), "offering": "-"}
        life.add(M.REGISTER, registered, life.assignee, data=told)
        life.add(M.LOSE, registered + timedelta(days=14), life.assignee, reason=world.reasons["NO_NEED"])
    else:
        _recycled(world, life, sent + timedelta(days=35))


def _rejected(world: World, life: Life, sent: datetime, due: datetime, in_pipeline: bool) -> None:
    reason = world.reasons["LOW_INTENT"]
    at = pace.later(sent, world.rng.uniform(0.5, 15))
    life.add(M.REJECT, at, life.assignee, reason=reason, columns={"reject_reason": reason})
    _recycled(world, life, pace.later(at, 4))


def _ignored(world: World, life: Life, sent: datetime, due: datetime, in_pipeline: bool) -> None:
    life.add(M.IGNORE, due, world.users["system"])
    life.add(M.GIVE_UP, due + timedelta(days=35), world.users["system"], data={"return_condition": {"score": 80}})


def _recycled(world: World, life: Life, at: datetime) -> None:
    told = {"return_condition": {"score": 80}}
    life.add(M.RECYCLE, at, world.users["onoda"], reason=world.reasons["LOW_INTENT"], data=told)


_ENDINGS = {M.ACCEPT: _accepted, M.REJECT: _rejected, M.IGNORE: _ignored}
