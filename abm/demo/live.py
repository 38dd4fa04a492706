"""The live inbox: leads that wait right now, with clocks running from the moment the demo is built.

Most dues follow the business calendar. The few that are due within the hour do not: they are set by the wall clock, so
that the demo is alive at night and on Sundays too.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from abm.demo import pace, staff, story
from abm.demo.demands import Demands
from abm.demo.lives import Life
from abm.demo.world import World
from accounts.models import Account
from funnel.enums import MoveName
from users.models import User

HOT = (timedelta(minutes=10), timedelta(minutes=80))
HOURS_LEFT = (2.5, 4.5, 6, 7.5, 9, 10.5, 12, 13, 14.5, 15.2, 15.8)
HOURS_LATE = (1, 5, 14)
OTHERS = {"isurugi": (3, 9, 13), "iwase": (1.5, 6, 11, 15), "fujishiro": (2, 8, 14), "manabe": (5, 12),
          "matsunaga": (2, 5, 9, 13), "okabe": (4, 11)}  # fmt: skip
OTHERS_LATE = {"iwase": (3, 9), "okabe": (6,), "manabe": (2,)}
TO_ROUTE = (0.3, 0.6, 1.0, 1.4, 1.9, 2.5, 3.2, 3.8, 5.0)
REJECTED = ("TIMING", "WRONG_DEPARTMENT", "TOO_LITTLE_INFO", "LOW_INTENT", "ALREADY_IN_DEAL", "OTHER", "WRONG_OWNER")
SAL_HOURS = {staff.MAIN_REP: (2, 6, 11, 20), "isurugi": (4, 15), "fujishiro": (8,), "matsunaga": (5,), "iwase": (26,)}
DUE_BACK_DAYS = (0, 1, 2, 4)
COMING_DAYS = (3, 6, 12, 20, 33)
ASKED = {
    "isurugi": (2, "先方の窓口はどなたですか。名刺の方は異動されたと聞きました。"),
    "fujishiro": (5.5, "既存の保守契約との関係を教えてください。"),
    "matsunaga": (1, "見積もりは当社からでよいでしょうか。"),
}
APPEALS = {"hayase": "先週、先方から予算が付いたと連絡がありました。", "iwase": "資料請求は部長ご本人からでした。"}
NURTURE = 30
LONG_AGO = 40
REST_HOURS = 400


def lives(world: World, demands: Demands) -> list[Life]:
    """What waits for reps and partners, for routing, for marketing; and what only begins to be warm."""
    made = [*_waiting(world, demands), *_late(world, demands), *_just_accepted(world, demands)]
    made += [_qualified(world, demands, pace.earlier(world.now, hours)) for hours in TO_ROUTE]
    made += _rejected(world, demands)
    made += [_due_back(world, demands, days) for days in DUE_BACK_DAYS]
    made += [_nurtured(world, demands) for _ in range(world.sized(NURTURE, 5))]
    made += [_resting(world, demands, days) for days in COMING_DAYS]
    made += [*_asked(world, demands), *_appealed(world, demands)]
    return made


def _asked(world: World, demands: Demands) -> Iterator[Life]:
    """Sales and a partner want to know something first: the clock stands until marketing answers."""
    for name, (hours, words) in ASKED.items():
        asked = pace.earlier(world.now, hours)
        life = _delivered(world, demands, world.users[name], pace.later(asked, 10))
        life.add(MoveName.ASK, asked, world.users[name], note=words)
        yield _keep(world, demands, life)


def _appealed(world: World, demands: Demands) -> Iterator[Life]:
    """Rejected, and marketing does not agree: waits for the sales manager's verdict."""
    for place, (name, words) in enumerate(APPEALS.items()):
        at = pace.earlier(world.now, 4 + place)
        life = _delivered(world, demands, world.users[name], pace.later(at, 4))
        story.rejected(world, life, at, "NO_NEED")
        life.steps = life.steps[: 1 + life.steps.index(life.last(MoveName.REJECT))]
        life.add(MoveName.APPEAL, pace.later(at, 1), world.users["onoda"], note=words)
        yield _keep(world, demands, life)


def _care_of(world: World, user: User) -> list[Account]:
    """Listed accounts this user is in charge of."""
    mine = [account for account in world.wanted if account.owner_id == user.pk and not account.partner_id]
    partners = [account for account in world.wanted if account.partner_id and account.partner_id == user.team_id]
    return partners or mine or world.wanted


def _qualified(world: World, demands: Demands, at: datetime, assignee: User | None = None) -> Life:
    life = demands.begin(at, on_list=True, accounts=_care_of(world, assignee) if assignee else world.wanted)
    life.assignee = assignee or life.assignee
    story.qualify(world, life, at)
    return _keep(world, demands, life)


def _keep(world: World, demands: Demands, life: Life) -> Life:
    life.cut(world.now).unfold()
    demands.keep(life)
    return life


def _delivered(world: World, demands: Demands, user: User, due: datetime) -> Life:
    """A lead handed over sixteen business hours before its due."""
    sent = min(pace.earlier(due, story.ANSWER_HOURS), world.now - timedelta(minutes=5))
    life = _began(world, demands, sent, user)
    story.hand_over(world, life, sent, due)
    return life


def _began(world: World, demands: Demands, sent: datetime, user: User) -> Life:
    at = pace.earlier(sent, world.rng.uniform(0.5, 3))
    life = demands.begin(at, on_list=True, accounts=_care_of(world, user))
    life.assignee = user
    story.qualify(world, life, at)
    return life


def _waiting(world: World, demands: Demands) -> Iterator[Life]:
    main = world.users[staff.MAIN_REP]
    for left in HOT:
        yield _keep(world, demands, _delivered(world, demands, main, world.now + left))
    for name, all_left in {staff.MAIN_REP: HOURS_LEFT, **OTHERS}.items():
        for hours in all_left:
            sent = pace.earlier(world.now, story.ANSWER_HOURS - hours)
            due = pace.later(sent, story.ANSWER_HOURS)
            yield _keep(world, demands, _delivered(world, demands, world.users[name], due))


def _late(world: World, demands: Demands) -> Iterator[Life]:
    for name, all_late in {staff.MAIN_REP: HOURS_LATE, **OTHERS_LATE}.items():
        for hours in all_late:
            due = pace.earlier(world.now, hours)
            life = _delivered(world, demands, world.users[name], due)
            life.add(MoveName.IGNORE, due, world.users["system"])
            yield _keep(world, demands, life)


def _just_accepted(world: World, demands: Demands) -> Iterator[Life]:
    """SAL, the first call still to be made."""
    for name, all_hours in SAL_HOURS.items():
        for hours in all_hours:
            at = pace.earlier(world.now, hours)
            life = _delivered(world, demands, world.users[name], pace.later(at, 5))
            story.accepted(world, life, at, story.Odds(1, 0, 0, 0, 1))
            yield _keep(world, demands, life)


def _rejected(world: World, demands: Demands) -> Iterator[Life]:
    """Rejected in the last hours, waiting for what marketing makes of it."""
    for place, code in enumerate(REJECTED):
        at = pace.earlier(world.now, 0.5 + place)
        rep = world.users[staff.REPS[staff.EAST][place % 3]]
        life = _delivered(world, demands, rep, pace.later(at, 4))
        story.rejected(world, life, at, code)
        life.steps = life.steps[: 1 + life.steps.index(life.last(MoveName.REJECT))]
        yield _keep(world, demands, life)


def _due_back(world: World, demands: Demands, days: int) -> Life:
    """Sent back weeks ago until a day that has come."""
    at = pace.earlier(world.now, REST_HOURS + days)
    life = _began(world, demands, at, world.users[staff.MAIN_REP])
    due = story.hand_over(world, life, at)
    life.add(MoveName.REJECT, due, life.assignee, reason=world.reasons["TIMING"],
             columns={"reject_reason": world.reasons["TIMING"]})  # fmt: skip
    back = world.today - timedelta(days=days)
    story.sent_back(world, life, pace.later(due, 4), "TIMING", world.users["onoda"], back)
    return _keep(world, demands, life)


def _resting(world: World, demands: Demands, days: int) -> Life:
    """Taken, found too early and sent back until a day that is still to come."""
    sent = pace.earlier(world.now, REST_HOURS + days)
    life = _began(world, demands, sent, world.users[staff.MAIN_REP])
    story.hand_over(world, life, sent)
    taken = pace.later(sent, 4)
    story.accept(world, life, taken)
    story.call(world, life, pace.later(taken, 6))
    back = world.today + timedelta(days=days)
    story.sent_back(world, life, pace.later(taken, 20), "TIMING", world.users[staff.MAIN_REP], back)
    return _keep(world, demands, life)


def _nurtured(world: World, demands: Demands) -> Life:
    """Warm, but below the threshold: one more visit to a seminar, and the rule qualifies it."""
    at = world.now - timedelta(hours=world.rng.randrange(24, 24 * LONG_AGO))
    life = demands.begin(at, on_list=True)
    story.warm_up(world, life, world.now, world.rng.uniform(20, 45))
    return _keep(world, demands, life)
