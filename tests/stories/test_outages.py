"""Killing workers and the broker, with -9 and in the middle of things, loses nothing and does nothing twice.

Real processes: gunicorn, `celery -A abm worker` and beat, a Valkey of their own, the test database.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from celery import Celery
from django.utils import timezone

from abm.celery import LONG, QUICK
from audit import outbox, runs
from audit.enums import RunState
from audit.models import OutboxMessage, TaskRun
from engagement import touches
from engagement.models import Touch, UncountedTouch
from funnel import invariants, leads
from funnel.enums import Stage
from funnel.models import Handoff, Lead
from scoring.models import Score, ScoringRule
from tests import make
from tests.addresses import database_url
from tests.scoring.worlds import World, are_same, kept, naive, naive_persons, persons
from tests.stories.outages import House, kill, sessions, wait_for
from tests.stories.test_fifty_accepts import bearer, post, until_ready
from users.models import Notification, User
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 30
NOT_HELD_UP = 5.0
"""Seconds an act may take on a busy machine; a broker waited for would take longer (tests/audit/test_broker_down)."""


@dataclass
class Company:
    """Leads ready to hand over, who hands them over, who answers."""

    marketer: User
    rep: User
    leads: list[Lead]


@pytest.fixture
def company(transactional_db: None) -> Company:
    now = timezone.now()
    chief, marketer = make.user(Role.MARKETING_LEAD), make.user(Role.MARKETER, is_service=True)
    make.source()
    made = [leads.create(account=make.account(), by=marketer, now=now) for _ in range(MANY)]
    for lead in made:
        leads.qualify_off_list(lead, by=chief, now=now, reason="Asked for it")
    return Company(marketer, make.user(Role.REP, is_service=True), made)


@pytest.fixture
def house(transactional_db: None, tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


Act = tuple[str, str, dict[str, Any]]


def hand_overs(company: Company, secret: str) -> list[Act]:
    body = {"assignee": str(company.rep.public_id)}
    return [(f"leads/{lead.public_id}/hand_over/", secret, body) for lead in company.leads]


def accepts(company: Company, secret: str) -> list[Act]:
    body = {"next_action": "Call", "next_action_on": "2026-12-01"}
    return [(f"leads/{lead.public_id}/accept/", secret, body) for lead in company.leads]


def new_touches(company: Company, secret: str) -> list[Act]:
    at = (timezone.now() - timedelta(minutes=1)).isoformat()
    body = {"kind": "DOWNLOAD", "occurred_at": at, "source": "ma"}
    return [
        ("touches/", secret, body | {"account": str(lead.account.public_id), "external_id": f"e{number}"})
        for number, lead in enumerate(company.leads)
    ]


def mixed(*kinds: list[Act]) -> list[Act]:
    return [act for acts in zip(*kinds, strict=True) for act in acts]


class Doing:
    """Acts over HTTP from six threads; `midway` happens once, when a third of them is done."""

    def __init__(self, address: str, midway: Any = None) -> None:
        self.address, self.midway = address, midway
        self.done = count(1)

    def all(self, acts: list[Act]) -> list[tuple[int, float]]:
        """Status and seconds of each."""
        self.turn = len(acts) // 3
        with ThreadPoolExecutor(6) as pool:
            return list(pool.map(self.one, acts))

    def one(self, act: Act) -> tuple[int, float]:
        path, secret, body = act
        started = time.monotonic()
        status, _ = post(f"{self.address}/api/v1/{path}", secret, body)
        seconds = time.monotonic() - started
        if next(self.done) == self.turn and self.midway:
            self.midway()
        return status, seconds


def nothing_waits() -> bool:
    return not OutboxMessage.objects.filter(delivered_at=None).exists() and not UncountedTouch.objects.exists()


def assert_each_message_was_delivered_once() -> None:
    assert set(OutboxMessage.objects.values_list("attempts", "failed_at", "error")) == {(1, None, "")}
    assert nothing_waits()


def assert_scores_are_right() -> None:
    """Equal to a full recompute: the formula, written a second time, over all touches."""
    rule, now = ScoringRule.objects.in_force(), timezone.now()
    assert are_same(kept(now, rule), naive(now, rule))
    assert persons() == naive_persons(rule)


def assert_nothing_lost(company: Company) -> None:
    assert_each_message_was_delivered_once()
    assert Notification.objects.filter(user=company.rep).count() == MANY  # handed over
    assert Notification.objects.filter(user=company.marketer).count() == MANY  # accepted
    assert Lead.objects.filter(stage=Stage.SAL).count() == Handoff.objects.count() == MANY
    assert Touch.objects.count() == MANY
    assert_scores_are_right()
    assert list(invariants.check(now=timezone.now())) == []


def test_the_broker_killed_under_acts_delays_no_act_and_loses_nothing(house: House, company: Company) -> None:
    house.worker()
    house.beat()
    address = until_ready(house.web())
    marketer, rep = bearer(company.marketer), bearer(company.rep)
    first = Doing(address).all(hand_overs(company, marketer))
    then = Doing(address, midway=house.kill_broker).all(mixed(accepts(company, rep), new_touches(company, marketer)))
    assert not house.broker.answers()
    answers = first + then
    assert {status for status, _ in answers} <= {200, 201}
    assert max(seconds for _, seconds in answers) < NOT_HELD_UP
    house.broker.start()
    wait_for(lambda: house.keep_alive() or nothing_waits())
    assert_nothing_lost(company)


def test_what_waits_is_delivered_although_the_broker_forgot_everything(house: House, company: Company) -> None:
    house.beat()
    address = until_ready(house.web())
    marketer, rep = bearer(company.marketer), bearer(company.rep)
    for acts in (hand_overs(company, marketer), mixed(accepts(company, rep), new_touches(company, marketer))):
        assert {status for status, _ in Doing(address).all(acts)} <= {200, 201}
    broker = house.asked()
    assert broker.llen("quick") >= len(company.leads)
    broker.flushall()
    house.worker()
    wait_for(nothing_waits)
    assert_nothing_lost(company)


A_SCORE = "SELECT FROM scoring_score ORDER BY id DESC LIMIT 1 FOR UPDATE"
THE_SECOND_NOTICE = """
INSERT INTO users_notification (user_id, key, text, params, link, created_at, kind, subject, for_digest)
SELECT %s, key, '', '{}', '', now(), '', '', false
FROM audit_outboxmessage WHERE topic = 'lead.handed_over' ORDER BY id OFFSET 1 LIMIT 1
"""


@pytest.fixture
def half_done(transactional_db: None) -> list[User]:
    """Eighty touches counted and eighty waiting; ten notices waiting for each of two reps, in turn."""
    world, now = World(), make.NOW
    draws = [(n % 4, n % 5, n % 3, n % 6, 7 * n % 200, n % 150, n % 9 > 0) for n in range(160)]
    made = [world.touch(draw) for draw in draws]
    touches.record(made[:80], by=make.system(), now=now)
    outbox.deliver(now=now, lane=outbox.SCORES)
    touches.record(made[80:], by=make.system(), now=now)
    chief, marketer = make.user(Role.MARKETING_LEAD), make.user(Role.MARKETER)
    reps = [make.user(Role.REP), make.user(Role.REP)]
    for number in range(20):
        lead = leads.create(account=make.account(), by=chief, now=now)
        leads.qualify_off_list(lead, by=chief, now=now, reason="Asked for it")
        leads.hand_over(lead, assignee=reps[number % 2], by=marketer, now=now)
    return reps


def send(house: House, task: str, queue: str) -> None:
    """As beat would."""
    with Celery(broker=house.broker.url, set_as_current=False) as asking:
        asking.send_task(task, queue=queue, exchange=queue, routing_key=queue)


def kill_in_the_middle(house: House, reps: list[User]) -> None:
    """Kills a worker that stands in the middle of a recompute and of a delivery: each waits for a row of ours."""
    holder = psycopg2.connect(database_url("holder"))
    try:
        cursor = holder.cursor()
        cursor.execute(A_SCORE)
        cursor.execute(THE_SECOND_NOTICE, [reps[1].pk])
        worker = house.worker()
        wait_for(lambda: sessions(held_up=True) == 2)
        kill(worker)
    finally:
        holder.rollback()
        holder.close()
    wait_for(lambda: sessions() == 0)


def test_a_worker_killed_in_the_middle_is_as_if_it_had_never_begun(house: House, half_done: list[User]) -> None:
    before = list(Score.objects.order_by("pk").values())
    send(house, "scoring.tasks.recompute_all", LONG)
    send(house, "audit.tasks.deliver_outbox", QUICK)
    kill_in_the_middle(house, half_done)
    assert list(Score.objects.order_by("pk").values()) == before
    assert UncountedTouch.objects.count() == 80
    assert OutboxMessage.objects.filter(lane=outbox.SCORES, delivered_at=None).count() == 1
    assert Notification.objects.count() == 1
    assert len(runs.are_lost(list(TaskRun.objects.all()))) == 2
    house.let_an_hour_pass()
    send(house, "scoring.tasks.score_new_touches", QUICK)
    house.worker()
    wait_for(lambda: TaskRun.objects.filter(task="scoring.recompute_all", state=RunState.DONE).exists())
    wait_for(nothing_waits)
    assert_each_message_was_delivered_once()
    assert [Notification.objects.filter(user=rep).count() for rep in half_done] == [10, 10]
    assert_scores_are_right()
    lost = TaskRun.objects.filter(error=runs.LOST).values_list("task", "state")
    assert sorted(lost) == [("audit.deliver_outbox", "FAILED"), ("scoring.recompute_all", "FAILED")]
