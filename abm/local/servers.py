"""Embedded PostgreSQL and Valkey, shared by every process of a checkout: the first starts them, the last stops them."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from abm.local.refusals import ServersRefused

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def default_var_dir() -> Path:
    """Where this checkout keeps what it makes: ABM_VAR, or var/ beside manage.py."""
    return Path(os.environ.get("ABM_VAR") or BASE_DIR / "var").absolute()


@contextlib.contextmanager
def running(var_dir: Path | None = None, *, throwaway: bool = False) -> Iterator["Servers | None"]:
    """DATABASE_URL and REDIS_URL lead to running servers inside the block; those already set are left alone.

    Raises `ServersRefused` with what to do where the servers cannot run here.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield None
        return
    before = {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")}
    with Servers(var_dir or default_var_dir(), throwaway=throwaway) as servers:
        os.environ.update(servers.urls())
        try:
            yield servers
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


class Servers:
    """The servers under `var_dir` that the environment does not already name.

    Two locks, which the kernel lets go of however a process ends: `starting` is held by whoever starts or stops,
    `using` is shared by all users. Who leaves and can have `using` alone is the last, and stops the servers.
    """

    def __init__(self, var_dir: Path, *, throwaway: bool = False) -> None:
        self.var_dir = var_dir
        self.throwaway = throwaway

    def __enter__(self) -> Self:
        _make_folder(self.var_dir)
        self._using = self._open("using.lock")
        with self._starting():
            fcntl.flock(self._using, fcntl.LOCK_SH)
            self.build()
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._starting(), self._using, contextlib.suppress(BlockingIOError):
            fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.stop()

    def urls(self) -> dict[str, str]:
        return {name: server.url for name, server in self._servers.items()}

    def heal(self) -> bool:
        """Start again what has died; True where something had."""
        if all(server.answers() for server in self._servers.values()):
            return False
        with self._starting():
            self._start()
        return True

    def build(self) -> None:
        from abm.local.postgres import Postgres
        from abm.local.valkey import Valkey

        self._servers: dict[str, Postgres | Valkey] = {}
        if not os.environ.get("DATABASE_URL"):
            self._servers["DATABASE_URL"] = Postgres(self.var_dir, throwaway=self.throwaway)
        if not os.environ.get("REDIS_URL"):
            self._servers["REDIS_URL"] = Valkey(self.var_dir)

    def _start(self) -> None:
        for server in self._servers.values():
            server.start()

    def stop(self) -> None:
        for server in self._servers.values():
            server.stop()

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        with self._open("starting.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _open(self, name: str) -> IO[str]:
        try:
            return open(self.var_dir / name, "a", encoding="utf-8")
        except PermissionError as error:
            raise _not_ours(self.var_dir) from error


def stop_abandoned(var_dir: Path) -> bool:
    """True where nobody uses the servers under `var_dir`; those that killed processes left running are stopped."""
    if not (var_dir / "using.lock").exists():
        return False
    with open(var_dir / "using.lock", "a", encoding="utf-8") as using:
        try:
            fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        servers = Servers(var_dir)
        servers.build()
        servers.stop()
    return True


def _make_folder(var_dir: Path) -> None:
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise _not_ours(var_dir) from error


def _not_ours(var_dir: Path) -> ServersRefused:
    return ServersRefused(
        f"You may not write in {var_dir}. Set ABM_VAR to a folder of your own, e.g. ABM_VAR=~/abm-var."
    )
