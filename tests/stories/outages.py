"""The product's real processes, on the test database and a broker of their own, to be killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from abm.local.valkey import Valkey
from tests.abm.local.processes import until
from tests.addresses import database_url

NAMED = "outage"
"""The application name under which PostgreSQL knows our processes."""
AN_HOUR = 3600


class House:
    """Web, worker and beat as in production; what is started here is gone after `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broker = Valkey(folder)
        self.broker.start()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {
            "DATABASE_URL": database_url(NAMED),
            "REDIS_URL": self.broker.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "ABM_VAR": str(folder),
            "WEB_WORKERS": "1",
        }

    def web(self) -> str:
        """Its address; it may still be starting."""
        port = free_port()
        self.start("gunicorn", "abm.wsgi", "--bind", f"127.0.0.1:{port}", "--backlog", "128")
        return f"http://127.0.0.1:{port}"

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start("celery", "-A", "abm", "worker")

    def beat(self) -> subprocess.Popen[bytes]:
        return self.start("celery", "-A", "abm", "beat", "--pidfile=")

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        self.processes.append(self.launch(list(command)))
        return self.processes[-1]

    def launch(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def keep_alive(self) -> None:
        """Starts again what has ended, as the supervisor does: a Celery worker that loses its broker may give up."""
        for number, process in enumerate(self.processes):
            if process.poll() is not None:
                kill(process)
                self.processes[number] = self.launch(process.args[2:])

    @contextlib.contextmanager
    def asleep(self) -> Iterator[None]:
        """None of its processes runs meanwhile."""
        for process in self.processes:
            kill(process)
        yield
        self.keep_alive()

    def kill_broker(self) -> None:
        """With -9, as everything here."""
        os.kill(int((self.broker.folder / "valkey.pid").read_text()), signal.SIGKILL)

    def asked(self) -> "redis.Redis":
        """The broker's own contents."""
        return redis.Redis.from_url(self.broker.url)

    def let_an_hour_pass(self) -> None:
        """For the broker: what a worker took and never finished is handed out again."""
        broker = self.asked()
        for tag, at in broker.zrange("unacked_index", 0, -1, withscores=True):
            broker.zadd("unacked_index", {tag: at - AN_HOUR})

    def close(self) -> None:
        """Nobody is left who could hold the tables that Django is about to empty."""
        for process in self.processes:
            kill(process)
        self.broker.stop()
        wait_for(lambda: sessions() == 0)


def kill(process: subprocess.Popen[bytes]) -> None:
    """With all it has started, as the supervisor (or the end of a container) does."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"


def sessions(*, held_up: bool = False) -> int:
    """How many database sessions our processes have; or only those that wait for somebody's lock."""
    question = SESSIONS + " AND wait_event_type = 'Lock'" if held_up else SESSIONS
    with connection.cursor() as cursor:
        cursor.execute(question, [NAMED])
        return int(cursor.fetchone()[0])


def wait_for(holds: Callable[[], bool], *, seconds: float = 90) -> None:
    """Polls; fails when it takes longer."""
    started = time.monotonic()
    assert until(holds, seconds=seconds), f"not after {time.monotonic() - started:.0f} s"
