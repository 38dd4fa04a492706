"""`make demo`: prepare everything in one process, then keep web, worker and beat alive until Ctrl-C."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from abm.local.servers import BASE_DIR, Servers

PROGRAMS: dict[str, list[str]] = {
    "web": ["gunicorn", "abm.wsgi"],
    "worker": ["celery", "-A", "abm", "worker"],
    "beat": ["celery", "-A", "abm", "beat", "--pidfile="],
}
"""The commands of production (docker-compose.yml) too; their settings are in gunicorn.conf.py and abm/celery.py."""

LOOK_EVERY = 0.5
HEAL_EVERY = 2.0
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
STOP_WITHIN = 12.0
PR_SET_PDEATHSIG = 1


class Program:
    """One supervised program: started again when it dies, after a pause that doubles while it keeps dying."""

    def __init__(self, name: str, command: list[str], log_dir: Path) -> None:
        self.name = name
        self.command = [str(Path(sys.executable).parent / command[0]), *command[1:]]
        self.log = log_dir / f"{name}.log"
        self.pause = 1.0
        self.process: subprocess.Popen[bytes] | None = None
        self.not_before = 0.0
        self.started_at = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def keep_alive(self, now: float) -> None:
        """`now` is on the monotonic clock, in seconds."""
        if self.process and self.process.poll() is not None:
            self._say_died(self.process.returncode)
            self._clear()
            self.pause = 1.0 if now - self.started_at > STEADY_AFTER else min(2 * self.pause, LONGEST_PAUSE)
            self.not_before = now + self.pause
        if not self.process and now >= self.not_before:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process:
            self.process.terminate()

    def stop(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic) for a good end, then end the whole process group."""
        if self.process:
            try:
                self.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._signal_group(signal.SIGKILL)
                self.process.wait()
            self._clear()

    def _clear(self) -> None:
        self._signal_group(signal.SIGKILL)
        self.process = None

    def _signal_group(self, number: int) -> None:
        """Also reaches what the program had started and left (pool workers of a killed Celery)."""
        if self.process:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def _say_died(self, code: int) -> None:
        print(f"{self.name} ended with {code}; starting it again (see {self.log})", flush=True)


class Supervisor:
    """Keeps `PROGRAMS` and the embedded servers alive until a signal asks it to stop."""

    def __init__(self, servers: Servers | None, log_dir: Path, programs: Mapping[str, list[str]] | None = None) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self.servers = servers
        self.programs = [Program(name, command, log_dir) for name, command in (programs or PROGRAMS).items()]
        self.stopping = False

    def _start(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        for program in self.programs:
            program.start()

    def run(self, port: int, welcome: Callable[[], None]) -> None:
        """Calls `welcome` once the web server is healthy on `port`; returns after a signal, when all has ended."""
        healed_at = time.monotonic()
        welcomed = False
        try:
            self._start()
            while not self.stopping:
                now = time.monotonic()
                if now - healed_at > HEAL_EVERY:
                    self._heal_servers()
                    healed_at = now
                for program in self.programs:
                    program.keep_alive(now)
                if not welcomed and is_healthy(port):
                    welcomed = True
                    welcome()
                time.sleep(LOOK_EVERY if welcomed else LOOK_EVERY / 5)
        finally:
            self.stop()

    def stop(self) -> None:
        deadline = time.monotonic() + STOP_WITHIN
        for program in self.programs:
            program.ask_to_stop()
        for program in self.programs:
            program.stop(deadline)

    def _heal_servers(self) -> None:
        if not self.servers or not self.servers.heal():
            return
        print("A server had died and runs again.", flush=True)
        if any(os.environ[name] != url for name, url in self.servers.urls().items()):
            os.environ.update(self.servers.urls())
            for program in self.programs:
                program.ask_to_stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True


def is_healthy(port: int) -> bool:
    """Whether the web server on the loopback `port` answers and finds its database and its broker."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _die_with_parent() -> None:
    """Linux: a supervisor killed with -9 takes its programs along."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
