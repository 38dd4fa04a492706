"""How a lead fares after it qualified: the chances of each year, and the steps they lead to."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from abm.demo import pace, phrases, staff
from abm.demo.lives import Life
from abm.demo.offerings import BY_CODE
from abm.demo.touches import evidence, sales
from abm.demo.world import World
from accounts.enums import Relation
from accounts.models import Account, Contract
from engagement.enums import TouchKind
from funnel.enums import DealStatus, Disposition, MoveName, Origin
from funnel.models import Deal, RejectReason
from users.models import User
from users.roles import Role

M = MoveName
ANSWER_HOURS, TOUCH_HOURS, DISPOSITION_HOURS, GIVE_UP_DAYS = 16, 24, 8, 20
PIPELINE_DAYS = 28


class Odds(NamedTuple):
    """Chances of a lead's fate; the rest is ignored. `late`: of the ignored; `pipeline`, `ghost`: of the accepted."""

    accept: float
    reject: float
    late: float
    pipeline: float
    ghost: float
    won: float = 0.38


ODDS = {
    ("before", True): Odds(0.88, 0.06, 0.20, 0.77, 0.04),
    ("before", False): Odds(0.45, 0.14, 0.10, 0.73, 0.10),
    ("after", True): Odds(0.96, 0.028, 0.40, 0.77, 0.01),
    ("after", False): Odds(0.62, 0.22, 0.15, 0.66, 0.03),
}
RECALLED, MERGED, BY_HAND, BY_PARTNER = 0.012, 0.008, 0.15, 0.75
THRESHOLD = 60
BY_DATE = 0.3


def warm_up(world: World, life: Life, until: datetime, points: float) -> None:
    """Touches worth about so many points by then."""
    lead = life.lead
    source = lead.source.code if lead.source else "ma"
    life.evidence = evidence(world, lead, life.persons, until, source, points)
    life.touches += life.evidence


def qualify(world: World, life: Life, at: datetime) -> None:
    """NURTURE → MQL on its evidence: by the rule, by hand, or off the list."""
    warm_up(world, life, at, THRESHOLD + world.rng.expovariate(1 / 15))
    if not life.lead.on_list:
        note = world.rng.choice(phrases.OFF_LIST_NOTES)
        life.add(M.QUALIFY_OFF_LIST, at, world.users["sasakura"], note=note)
    elif world.rng.random() < BY_HAND:
        life.add(M.QUALIFY, at, world.users["onoda"], note=world.rng.choice(phrases.QUALIFY_NOTES))
    else:
        life.add(M.QUALIFY, at, world.users["system"])


def hand_over(world: World, life: Life, at: datetime, due: datetime | None = None) -> datetime:
    """MQL with an assignee and a clock; returns when the answer is due."""
    due = due or pace.later(at, ANSWER_HOURS)
    by = world.users[world.rng.choice(("system", "onoda", "takanashi"))]
    life.add(M.HAND_OVER, at, by, due_at=due, assignee=life.assignee)
    return due


def tell(world: World, life: Life, at: datetime, odds: Odds) -> None:
    """Everything after the qualification at `at`, whenever that may be."""
    sent = pace.later(at, world.rng.uniform(0.3, 4))
    due = hand_over(world, life, sent)
    answered = pace.later(sent, ANSWER_HOURS * world.rng.betavariate(1.6, 2.2))
    chance = world.rng.random()
    if chance < RECALLED:
        life.add(M.RECALL, answered, world.users["onoda"], data={"cause": world.rng.choice(phrases.RECALL_CAUSES)})
    elif chance < RECALLED + MERGED:
        life.add(M.MERGE_DUPLICATE, answered, world.users["onoda"], data={"duplicate_of": "同じ部署の案件"})
    else:
        _answered(world, life, sent, min(answered, due - timedelta(seconds=30)), odds)


def _answered(world: World, life: Life, sent: datetime, at: datetime, odds: Odds) -> None:
    fate = world.even("fate", odds)
    if fate < odds.accept:
        accepted(world, life, at, odds)
    elif fate < odds.accept + odds.reject:
        rejected(world, life, at)
    else:
        ignored(world, life, odds)


def self_sourced(world: World, life: Life, at: datetime, odds: Odds) -> None:
    """Sales' or a partner's own demand: straight to SAL, outside the SAL rate."""
    lead, assignee = life.lead, life.assignee
    lead.origin = Origin.PARTNER if assignee.role == Role.PARTNER else Origin.SALES
    _sales_touch(world, life, TouchKind.CALL, pace.earlier(at, 1))
    columns = {"assignee": assignee, "team_id": assignee.team_id, "first_touch_at": at}
    life.add(
        M.SELF_SOURCE, at, assignee, data={"first_touch": world.rng.choice(phrases.FIRST_TOUCHES)}, columns=columns
    )
    if world.even("pipeline", odds) < odds.pipeline:
        _into_pipeline(world, life, at, odds)
    else:
        _gone_quiet(world, life, at)


def accepted(world: World, life: Life, at: datetime, odds: Odds) -> None:
    """SAL with a promise; then a first touch or a ghost; then on, or back."""
    rng, lead = world.rng, life.lead
    touch_due = accept(world, life, at)
    if rng.random() < odds.ghost:
        lead.ghost_at = touch_due if touch_due <= world.now else None
        sent_back(world, life, pace.days_later(at, rng.uniform(15, 40), rng))
        return
    called = pace.later(at, rng.uniform(1, TOUCH_HOURS - 2))
    call(world, life, called)
    if world.even("pipeline", odds) < odds.pipeline:
        _into_pipeline(world, life, called, odds)
    else:
        _gone_quiet(world, life, called)


def accept(world: World, life: Life, at: datetime) -> datetime:
    """SAL with a next action; returns when its first touch is due."""
    touch_due = pace.later(at, TOUCH_HOURS)
    action_on = timezone.localtime(touch_due).date()
    promise = {"next_action": world.rng.choice(phrases.NEXT_ACTIONS), "next_action_on": action_on}
    life.add(M.ACCEPT, at, life.assignee, data=promise, columns=promise | {"first_touch_due_at": touch_due})
    return touch_due


def call(world: World, life: Life, at: datetime) -> None:
    """The first touch after an acceptance."""
    _sales_touch(world, life, TouchKind.CALL, at)
    life.lead.first_touch_at = at if at <= world.now else None


def _gone_quiet(world: World, life: Life, called: datetime) -> None:
    """Accepted, but no deal: still talking, out for good, or (mostly) back to marketing."""
    rng = world.rng
    chance = rng.random()
    if chance < 0.12:
        _talked(world, life, pace.days_later(called, rng.uniform(4, 20), rng))
        return
    at = pace.days_later(called, rng.uniform(10, 45), rng)
    if chance < 0.27:
        _sign_out(world, life, at, world.reasons["NO_NEED"])
    else:
        sent_back(world, life, at)


def _sales_touch(world: World, life: Life, kind: TouchKind, at: datetime) -> None:
    person = life.persons[0] if life.persons else None
    two_way = kind != TouchKind.CALL or world.rng.random() < 0.7
    life.touches.append(sales(world, life.lead, kind, at, by=life.assignee, person=person, two_way=two_way))


def _talked(world: World, life: Life, at: datetime) -> None:
    """A two-way meeting, and the need confirmed after it."""
    _sales_touch(world, life, world.rng.choice((TouchKind.MEETING, TouchKind.VISIT)), at)
    life.add(M.CONFIRM, pace.later(at, 1.5), life.assignee, data={"bant": sorted(world.rng.choice(phrases.BANT))})


def _into_pipeline(world: World, life: Life, called: datetime, odds: Odds) -> None:
    rng = world.rng
    left = PIPELINE_DAYS - (called - life.begun).total_seconds() / 86_400
    at = called
    if rng.random() < 0.7:
        at = pace.days_later(called, rng.uniform(0.2, 0.45) * left, rng)
        _talked(world, life, at)
        at = pace.later(at, 2)
    registered = max(pace.days_later(at, rng.uniform(0.1, 0.5) * left, rng), pace.later(at, 1))
    _register(world, life, registered)
    _sales_touch(world, life, TouchKind.MEETING, pace.days_later(registered, rng.uniform(3, 15), rng))
    closed = pace.days_later(registered, rng.uniform(25, 130), rng)
    (_win if rng.random() < odds.won else _lose)(world, life, closed)


def _register(world: World, life: Life, at: datetime) -> None:
    rng, lead = world.rng, life.lead
    offering = lead.offering or rng.choice(list(world.offerings.values()))
    amount = Decimal(round(BY_CODE[offering.code].price * rng.lognormvariate(0, 0.45) / 100_000) * 100_000)
    close_on = timezone.localtime(at).date() + timedelta(days=rng.randrange(40, 120))
    world.deals += 1
    life.deal = Deal(
        source=world.sources["sfa"],
        external_id=f"OPP-{world.deals:05}",
        account=lead.account,
        department=lead.department,
        offering=offering,
        owner=life.assignee,
        name=f"{lead.account} {offering}",
        stage_name="受注",
        amount=amount,
        currency="JPY",
        opened_on=timezone.localtime(at).date(),
        expected_on=close_on,
    )
    told = {"deal_system": "sfa", "deal_id": life.deal.external_id, "amount": amount, "close_on": close_on,
            "offering": offering.code}  # fmt: skip
    life.add(M.REGISTER, at, life.assignee, data=told, columns={"offering": offering})


def _closed(life: Life, at: datetime, status: DealStatus, stage_name: str) -> Deal:
    deal = life.deal
    if deal is None:
        raise ValueError("only a registered lead is won or lost")
    deal.status, deal.closed_on, deal.stage_name = status, timezone.localtime(at).date(), stage_name
    return deal


def _win(world: World, life: Life, at: datetime) -> None:
    deal = _closed(life, at, DealStatus.WON, "受注")
    life.add(M.WIN, at, life.assignee, data={"amount": deal.amount, "closed_on": deal.closed_on})
    day, amount = timezone.localtime(at).date(), deal.amount or Decimal(0)
    life.contract = Contract(
        account=life.lead.account,
        department=life.lead.department,
        offering=deal.offering,
        started_on=day,
        ended_on=day + timedelta(days=364),
        amount=amount,
        currency="JPY",
        margin=(amount * 35 / 100).quantize(Decimal(1)),
        source="sfa",
        external_id=deal.external_id,
    )
    if at <= world.now and life.lead.account.relation != Relation.CUSTOMER:
        life.lead.account.relation, life.lead.account.relation_since = Relation.CUSTOMER, day


def _lose(world: World, life: Life, at: datetime) -> None:
    _closed(life, at, DealStatus.LOST, "失注")
    code = world.weighted(phrases.LOST_REASONS)
    told: dict[str, Any] = {"reason": code}
    columns: dict[str, Any] = {}
    if code == "COMPETITOR_LOCKED":
        told["competitor"] = world.rng.choice(phrases.COMPETITORS)
    if code in ("TIMING", "NO_BUDGET"):
        told["revisit_on"] = timezone.localtime(at).date() + timedelta(days=180)
        columns["return_on"] = told["revisit_on"]
    life.add(M.LOSE, at, life.assignee, reason=world.reasons[code], data=told, columns=columns)


def sent_back(
    world: World, life: Life, at: datetime, code: str = "", by: User | None = None, back: date | None = None
) -> None:
    """RECYCLED: this trip ends; a third come back on a date, the others on a score."""
    code = code or world.weighted(phrases.RECYCLE_REASONS)
    if world.rng.random() < BY_DATE:
        back = back or timezone.localtime(at).date() + timedelta(days=world.rng.choice((60, 90, 120)))
    condition = {"return_on": back} if back else {"score": 80}
    columns = {"return_on": back} if back else {}
    life.add(
        M.RECYCLE, at, by or life.assignee, reason=world.reasons[code], data={"return_condition": condition},
        columns=columns,
    )  # fmt: skip


def rejected(world: World, life: Life, at: datetime, code: str = "") -> None:
    """REJECTED with a reason; then marketing does what the reason asks for."""
    reason = world.reasons[code or world.weighted(phrases.REASONS)]
    note = phrases.REJECT_NOTES.get(reason.code, "")
    life.add(M.REJECT, at, life.assignee, reason=reason, note=note, columns={"reject_reason": reason})
    disposed = pace.later(at, world.rng.uniform(1, DISPOSITION_HOURS))
    DISPOSALS.get(Disposition(reason.disposition), _recycle_rejected)(world, life, disposed)


def _recycle_rejected(world: World, life: Life, at: datetime) -> None:
    sent_back(world, life, at, "LOW_INTENT", world.users["onoda"])


def _disqualify(world: World, life: Life, at: datetime) -> None:
    _sign_out(world, life, at, life.last(M.REJECT).reason)


def _sign_out(world: World, life: Life, at: datetime, reason: RejectReason | None) -> None:
    """DISQUALIFIED by two persons."""
    second = world.users["kurokawa"].pk
    life.add(M.DISQUALIFY, at, world.users["onoda"], reason=reason, data={"second_person": second})


def _repair(world: World, life: Life, at: datetime) -> None:
    life.add(M.REPAIR, at, world.users["onoda"], data={"fixed": "担当部署と連絡先を確認して直した"})


def _merge(world: World, life: Life, at: datetime) -> None:
    life.add(M.MERGE_DUPLICATE, at, world.users["onoda"], data={"duplicate_of": "進行中の商談"})


DISPOSALS: dict[Disposition, Callable[[World, Life, datetime], None]] = {
    Disposition.DISQUALIFY: _disqualify,
    Disposition.REPAIR: _repair,
    Disposition.MERGE_DUPLICATE: _merge,
}


def ignored(world: World, life: Life, odds: Odds) -> None:
    """IGNORED at the due; some answer late, the others are given up after twenty business days."""
    rng, due = world.rng, life.last(M.HAND_OVER).due_at
    if due is None:
        raise ValueError("a handed-over lead has a due")
    life.add(M.IGNORE, due, world.users["system"])
    if rng.random() < odds.late:
        accepted(world, life, pace.later(due, rng.uniform(1, 60)), odds)
    elif rng.random() < 0.06:
        rejected(world, life, pace.later(due, rng.uniform(1, 40)))
    else:
        condition = {"event": "次の資料請求または問い合わせ"}
        at = pace.later(due, GIVE_UP_DAYS * 8 + 0.5)
        life.add(M.GIVE_UP, at, world.users["system"], data={"return_condition": condition})


def assignee_of(world: World, account: Account) -> User:
    """The partner's person where a partner is in charge, else the account's owner."""
    if account.partner_id and world.rng.random() < BY_PARTNER:
        partner = next(team for team in world.teams.values() if team.pk == account.partner_id)
        return world.users[staff.PARTNERS[partner.name]]
    return world.users[account.owner.username] if account.owner else world.users[staff.MAIN_REP]
