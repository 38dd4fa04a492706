"""kill -9 in the middle of scoring loses nothing and counts nothing twice.

A real process does the real act; we hold a row it needs, so that it stands in the middle of its transaction when it
is killed. Afterwards the act, done again, gives what an undisturbed one gives.
"""

import os
import signal
import subprocess
import sys
import time

import psycopg2
import pytest
from django.db import connection

from audit import outbox
from audit.models import OutboxMessage
from engagement import touches
from engagement.models import UncountedTouch
from scoring import recompute
from scoring.models import Score, ScoringRule
from tests import make
from tests.addresses import database_url
from tests.house.floors import ROOT
from tests.scoring.worlds import World, are_same, kept, naive

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW

RUN = "recompute.run(by=User.objects.system(), now=timezone.now())"
DELIVER = "outbox.deliver(now=timezone.now(), lane=outbox.SCORES)"
PROGRAM = """
import django
django.setup()
from django.utils import timezone
from audit import outbox
from scoring import recompute
from users.models import User
{act}
print("done")
"""


def start(act: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": database_url("killed"), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    program = [sys.executable, "-c", PROGRAM.format(act=act)]
    return subprocess.Popen(program, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)


def wait_until(question: str, seconds: float = 60) -> None:
    """Polls the database until the answer is true; the process needs a moment to start."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(question)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError(question)


STANDS = "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'killed' AND wait_event_type = 'Lock'"
GONE = "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'killed'"


def kill_in_the_middle(act: str, held: str) -> None:
    holder = psycopg2.connect(database_url("holder"))
    try:
        holder.cursor().execute(held)
        process = start(act)
        wait_until(STANDS)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    finally:
        holder.rollback()
        holder.close()
    wait_until(GONE)


@pytest.fixture
def half_counted() -> None:
    """Eighty touches counted, eighty more of the same persons and days waiting in the outbox."""
    world = World()
    draws = [(n % 4, n % 5, n % 3, n % 6, 7 * n % 200, n % 150, n % 9 > 0) for n in range(160)]
    made = [world.touch(draw) for draw in draws]
    touches.record(made[:80], by=make.system(), now=NOW)
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    touches.record(made[80:], by=make.system(), now=NOW)


def state() -> tuple[object, ...]:
    waiting = OutboxMessage.objects.filter(delivered_at=None, lane=outbox.SCORES).count()
    return list(Score.objects.order_by("pk").values()), UncountedTouch.objects.count(), waiting


A_WAITING_TOUCH = "SELECT FROM engagement_uncountedtouch ORDER BY touch_id DESC LIMIT 1 FOR UPDATE"
A_SCORE = "SELECT FROM scoring_score ORDER BY id DESC LIMIT 1 FOR UPDATE"


@pytest.mark.parametrize("held", [A_WAITING_TOUCH, A_SCORE])
@pytest.mark.usefixtures("half_counted")
def test_a_recompute_killed_in_the_middle_changes_nothing_and_the_next_one_is_right(held: str) -> None:
    Score.objects.filter(pk=Score.objects.earliest("pk").pk).update(web=1e60)
    before = state()
    kill_in_the_middle(RUN, held)
    assert state() == before
    recompute.run(by=make.system(), now=NOW)
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    rule = ScoringRule.objects.in_force()
    assert are_same(kept(NOW, rule), naive(NOW, rule))


@pytest.mark.usefixtures("half_counted")
def test_a_delivery_killed_in_the_middle_is_delivered_again_once() -> None:
    before = state()
    kill_in_the_middle(DELIVER, A_SCORE)
    assert state() == before
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    rule = ScoringRule.objects.in_force()
    assert are_same(kept(NOW, rule), naive(NOW, rule))


@pytest.mark.usefixtures("half_counted")
def test_the_same_program_left_alone_finishes() -> None:
    process = start(RUN)
    assert process.communicate(timeout=60)[0] == "done\n"
    rule = ScoringRule.objects.in_force()
    assert are_same(kept(NOW, rule), naive(NOW, rule))
