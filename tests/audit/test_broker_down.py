"""A broker that is down neither breaks nor delays an act: measured in a process of its own, against real sockets."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from abm.celery import BROKER_PATIENCE
from abm.local.valkey import Valkey
from tests.house.floors import ROOT

ASK = """
import json, sys, time
import django
django.setup()
from abm.celery import app
import imports.tasks
from audit import tasks
app.send_task("warm.up", retry=False) if sys.argv[1] == "up" else None
print("ready", flush=True)
sys.stdin.readline()
started = time.monotonic()
try:
    tasks.wake() if sys.argv[2] == "outbox" else imports.tasks.wake(1)
    outcome = "sent"
except Exception as error:
    outcome = type(error).__name__
print(json.dumps([outcome, time.monotonic() - started]), flush=True)
"""
MOST_SECONDS = 1.0


def asking(redis_url: str, state: str, what: str = "outbox") -> subprocess.Popen[str]:
    environment = os.environ | {"REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", ASK, state, what],
        cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def outcome_of(process: subprocess.Popen[str]) -> tuple[str, float]:
    said, _ = process.communicate("go\n", timeout=60)
    outcome, seconds = json.loads(said)
    return outcome, seconds


def test_a_broker_that_was_never_there_is_noticed_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        outcome, seconds = outcome_of(asking(f"redis://127.0.0.1:{taken.getsockname()[1]}/0", "down"))
    assert outcome == "OperationalError"
    assert seconds < MOST_SECONDS


def test_a_broker_that_has_gone_away_is_noticed_at_once(tmp_path: Path) -> None:
    broker = Valkey(tmp_path)
    broker.start()
    process = asking(broker.url, "up")
    broker.stop()
    outcome, seconds = outcome_of(process)
    assert outcome == "OperationalError"
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("state", ["up", "down"])
@pytest.mark.parametrize("what", ["outbox", "import"])
def test_a_broker_that_hangs_is_given_up_soon(tmp_path: Path, what: str, state: str) -> None:
    """It takes connections and says nothing: one try to find that out, one more to connect anew."""
    broker = Valkey(tmp_path)
    broker.start()
    process = asking(broker.url, state, what)
    number = int((broker.folder / "valkey.pid").read_text())
    os.kill(number, signal.SIGSTOP)
    try:
        outcome, seconds = outcome_of(process)
    finally:
        os.kill(number, signal.SIGCONT)
        broker.stop()
    assert outcome == "OperationalError"
    assert seconds < 2 * BROKER_PATIENCE + MOST_SECONDS
