"""Small worlds of touches, and the formula written a second time, as naively as it can be."""

import math
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import Account, Affiliation, Department, Offering, Person
from engagement.models import Touch
from scoring.models import Score, ScoringRule
from tests import make

Key = tuple[int, int | None, int | None]
Draw = tuple[int, int, int, int, int, int, bool]
KINDS = ["PAGE_VIEW", "MAIL_CLICK", "FORM", "SEMINAR_ATTENDED", "MEETING", "MAIL_SENT"]


class World:
    """Two accounts, three departments, four persons (one of them promoted, one with two posts), two offerings."""

    def __init__(self) -> None:
        self.accounts = [make.account(), make.account()]
        first, second = self.accounts
        self.departments = [make.department(first), make.department(first, "購買部"), make.department(second)]
        self.offerings = [make.offering(), make.offering(), None]
        self.persons = [make.person(first, in_department=place) for place in self.departments[:2]]
        self.persons += [make.person(first), make.person(second)]
        self._promote(self.persons[0], first)
        Affiliation.objects.filter(person=self.persons[1]).update(rank="STAFF")
        Affiliation.objects.create(person=self.persons[1], account=first, rank="DIRECTOR")

    def _promote(self, person: Person, at: Account) -> None:
        day = (make.NOW - timedelta(days=3)).date()
        Affiliation.objects.filter(person=person).update(rank="STAFF", ended_on=day)
        Affiliation.objects.create(person=person, account=at, rank="MANAGER", started_on=day + timedelta(days=1))

    def touch(self, draw: Draw) -> Touch:
        """A touch, unsaved, from numbers: place, person, offering, kind, minutes, hours ago, direction."""
        place, who, what, kind, minutes, hours, inbound = draw
        department: Department | None = (*self.departments, None)[place]
        account = department.account if department else self.accounts[0]
        person = (*self.persons, None)[who]
        offering: Offering | None = self.offerings[what]
        return make.touch(
            account,
            department=department,
            person=person if person is None or (account == self.accounts[1]) == (who == 3) else None,
            offering=offering,
            kind=KINDS[kind],
            minutes=minutes,
            direction="INBOUND" if inbound else "OUTBOUND",
            at=make.NOW - timedelta(hours=hours),
            recorded=False,
        )


def naive(at: datetime, rule: ScoringRule) -> dict[Key, float]:
    """Engagement per (account, department, offering), from all touches, straight from the definition."""
    zone = ZoneInfo(settings.TIME_ZONE)
    days = defaultdict(list)
    for touch in Touch.objects.filter(direction="INBOUND", kind__in=rule.weights["kinds"]):
        day = touch.occurred_at.astimezone(zone).date()
        who = touch.person_id or f"nobody of {touch.department_id}"
        days[touch.account_id, who, day].append((touch, _points(touch, day, rule)))
    scores: dict[Key, float] = defaultdict(float)
    for touches in days.values():
        raw = math.fsum(points for _, points in touches)
        for touch, points in touches:
            half_life = rule.weights["half_lives"][rule.weights["kinds"][touch.kind]["decay"]]
            age = (at - touch.occurred_at) / timedelta(days=1)
            share = points * min(raw, rule.cap) / raw
            scores[touch.account_id, touch.department_id, touch.offering_id] += share * 0.5 ** (age / half_life)
    return dict(scores)


def _points(touch: Touch, day: object, rule: ScoringRule) -> float:
    kind = rule.weights["kinds"][touch.kind]
    posts = list(Affiliation.objects.filter(person=touch.person_id, account=touch.account_id))
    then = [p for p in posts if (not p.started_on or p.started_on <= day) and (not p.ended_on or p.ended_on >= day)]
    rank = max((rule.weights["ranks"][post.rank] for post in then or posts), default=1)
    return (float(touch.minutes) or kind["minutes"]) * kind["per_minute"] * rank


def kept(at: datetime, rule: ScoringRule) -> dict[Key, float]:
    """What the scores say."""
    return {(s.account_id, s.department_id, s.offering_id): s.engagement for s in Score.objects.at(at, rule)}


def persons() -> dict[Key, int]:
    """Distinct persons per score, as kept."""
    return {(s.account_id, s.department_id, s.offering_id): s.persons for s in Score.objects.all()}


def naive_persons(rule: ScoringRule) -> dict[Key, int]:
    """Distinct persons per score, from all touches."""
    found = defaultdict(set)
    for touch in Touch.objects.filter(direction="INBOUND", kind__in=rule.weights["kinds"]):
        found[touch.account_id, touch.department_id, touch.offering_id].add(touch.person_id)
    return {key: len(who - {None}) for key, who in found.items()}


def are_same(one: dict[Key, float], other: dict[Key, float]) -> bool:
    """Equal to 1e-9, key by key."""
    return one.keys() == other.keys() and all(
        math.isclose(one[key], other[key], rel_tol=1e-9, abs_tol=1e-9) for key in one
    )
