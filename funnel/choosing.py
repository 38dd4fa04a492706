"""Who gets a lead, and why: ordered rules over a demand and the people there are. Pure.

The first rule that fits and finds somebody decides. Built in, and not to be switched off: an account in a partner's
care goes to that partner's people only; after all rules the entry's owner, the account's owner, the partner's people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from funnel.enums import Target

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Demand:
    """What rules ask about a lead. `partner`: the firm that cares for the account; owners are user ids."""

    prefecture: str = ""
    industry: str = ""
    tier: str = ""
    category: str = ""
    existing: bool = False
    source: int | None = None
    partner: int | None = None
    entry_owner: int | None = None
    account_owner: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody known. `firm`: the partner firm of a partner's person, None for one of ours. `open`: handoffs waiting
    for the answer; `last_at`: when the latest came. `is_away` today: `deputy` (a user id) stands in."""

    id: int
    name: str
    team: int | None = None
    firm: int | None = None
    open: int = 0
    last_at: datetime | None = None
    can_receive: bool = True
    is_away: bool = False
    deputy: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions (empty: any) and a target; `number` is its place in the order, 0 for those built in."""

    target: Target
    number: int = 0
    name: str = ""
    prefectures: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    existing: bool | None = None
    partner_account: bool | None = None
    source: int | None = None
    user: int | None = None
    team: int | None = None

    def fits(self, demand: Demand) -> bool:
        """Whether every condition holds."""
        among = (
            (self.prefectures, demand.prefecture),
            (self.industries, demand.industry),
            (self.tiers, demand.tier),
            (self.categories, demand.category),
        )
        equal = (
            (self.existing, demand.existing),
            (self.partner_account, demand.partner is not None),
            (self.source, demand.source),
        )
        return all(not wanted or is_ in wanted for wanted, is_ in among) and all(
            wanted is None or wanted == is_ for wanted, is_ in equal
        )

    def because(self, demand: Demand) -> tuple[str, ...]:
        """The demand's words that the conditions asked for."""
        among = (
            (self.prefectures, demand.prefecture),
            (self.industries, demand.industry),
            (self.tiers, demand.tier),
            (self.categories, demand.category),
        )
        return tuple(is_ for wanted, is_ in among if wanted)


@dataclass(frozen=True, slots=True)
class Step:
    """One thought on the way to the choice: a code and its parameters, worded by `funnel.routing`."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom the rules name (a user id, None where nobody), the rule that did, and how they got there."""

    person: int | None
    steps: tuple[Step, ...]
    rule: Rule | None = None


People = Mapping[int, Candidate]
LAST = (Rule(Target.ENTRY_OWNER), Rule(Target.ACCOUNT_OWNER), Rule(Target.PARTNER))


def choose(demand: Demand, rules: Iterable[Rule], people: People) -> Choice:
    """The person, and the steps that led there. The same input gives the same choice."""
    steps = [] if demand.partner is None else [Step("protected")]
    for rule in (*rules, *LAST):
        pool = _named(rule, demand, people) if rule.fits(demand) else []
        if not pool and not (rule.number and rule.fits(demand)):
            continue
        steps.append(_opening(rule, demand))
        able = _able(pool, demand, people, steps)
        if able:
            chosen = _least_loaded(able, steps)
            return Choice(chosen.id, tuple(steps), rule)
        if not pool:
            steps.append(Step("empty"))
    return Choice(None, (*steps, Step("nobody")))


def _opening(rule: Rule, demand: Demand) -> Step:
    if not rule.number:
        return Step(f"last_{rule.target.lower()}")
    told = {"number": rule.number, "name": rule.name, "because": rule.because(demand)}
    return Step("rule", told)


def _named(rule: Rule, demand: Demand, people: People) -> list[Candidate]:
    """Whom the rule's target names, whether they can take a lead or not."""
    if rule.target is Target.TEAM:
        return [one for one in people.values() if one.team == rule.team and one.can_receive]
    if rule.target is Target.PARTNER:
        return [one for one in people.values() if one.firm and one.firm == demand.partner and one.can_receive]
    owners = {Target.ENTRY_OWNER: demand.entry_owner, Target.ACCOUNT_OWNER: demand.account_owner}
    known = people.get(owners.get(rule.target, rule.user) or 0)
    return [known] if known else []


def _able(pool: list[Candidate], demand: Demand, people: People, steps: list[Step]) -> list[Candidate]:
    """Those who can take this lead today, or their deputies; each one passed over is told."""
    able: dict[int, Candidate] = {}
    for one in pool:
        stand_in = people.get(one.deputy or 0) if one.is_away else one
        obstacle = _obstacle(one, stand_in, demand)
        if obstacle:
            steps.append(Step(obstacle, {"name": one.name}))
        elif stand_in:
            if stand_in is not one:
                steps.append(Step("deputy", {"name": one.name, "deputy": stand_in.name}))
            able[stand_in.id] = stand_in
    return list(able.values())


def _obstacle(one: Candidate, stand_in: Candidate | None, demand: Demand) -> str:
    """Why somebody is passed over; empty where nothing stands in the way."""
    if not one.can_receive:
        return "cannot"
    if stand_in is None or stand_in.is_away or not stand_in.can_receive:
        return "away"
    if demand.partner is not None and stand_in.firm != demand.partner:
        return "other_side"
    return ""


def _least_loaded(able: list[Candidate], steps: list[Step]) -> Candidate:
    """The one with the fewest open handoffs; of equals, who has waited longest for a new one; then the first known."""
    chosen = min(able, key=lambda one: (one.open, one.last_at or NEVER, one.id))
    if len(able) > 1:
        equals = sum(one.open == chosen.open for one in able)
        told = {"name": chosen.name, "open": chosen.open, "n": len(able), "equals": equals}
        steps.append(Step("load" if equals == 1 else "turn", told))
    else:
        steps.append(Step("only", {"name": chosen.name}))
    return chosen
