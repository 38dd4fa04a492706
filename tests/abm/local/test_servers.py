"""The embedded servers: shared, kept, healed, stopped by the last who leaves."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from abm.local.postgres import Postgres
from abm.local.refusals import ServersRefused
from abm.local.servers import BASE_DIR, Servers, running, stop_abandoned
from abm.local.valkey import Valkey
from tests.abm.local.processes import gone, is_alive, until

USE_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from abm.local.servers import running
with running(Path(sys.argv[1]), throwaway=True):
    print("using", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that PostgreSQL's OS user may enter; pytest's own is neither."""
    with tempfile.TemporaryDirectory(prefix="abm-servers-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        stop_abandoned(Path(name))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """The files of a new cluster, made once: making them takes longer than most tests here."""
    with tempfile.TemporaryDirectory(prefix="abm-cluster-") as name:
        Path(name).chmod(0o755)
        postgres = Postgres(Path(name), throwaway=True)
        postgres._make()
        yield postgres.data


@pytest.fixture(autouse=True)
def _copied(cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copy(postgres: Postgres) -> None:
        subprocess.run(["cp", "-a", cluster, postgres.data], check=True)

    monkeypatch.setattr(Postgres, "_make", copy)


def another_user(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", USE_UNTIL_KILLED, str(folder)]
    user = subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
    assert user.stdout
    with user.stdout as said:
        assert said.readline() == "using\n"
    return user


def postmaster(folder: Path) -> int:
    return int((folder / "postgres/data/postmaster.pid").read_text().splitlines()[0])


def valkey(folder: Path) -> int:
    return int((folder / "valkey/valkey.pid").read_text())


def run_sql(statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def test_inside_the_block_both_servers_answer_and_outside_nothing_is_left(folder: Path) -> None:
    with running(folder, throwaway=True):
        assert run_sql("SELECT current_database(), split_part(version(), '.', 1)") == [("abm", "PostgreSQL 18")]
        assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
        pids = postmaster(folder), valkey(folder)
    assert "DATABASE_URL" not in os.environ
    assert "REDIS_URL" not in os.environ
    assert all(gone(pid) for pid in pids)


def test_japanese_names_have_trigrams(folder: Path) -> None:
    with running(folder, throwaway=True):
        run_sql("CREATE EXTENSION pg_trgm")
        assert run_sql("SELECT cardinality(show_trgm('株式会社'))") == [(5,)]


def test_what_was_kept_is_there_at_the_next_start(folder: Path) -> None:
    with running(folder):
        run_sql("CREATE TABLE kept AS SELECT 7 AS figure")
        redis.Redis.from_url(os.environ["REDIS_URL"]).set("kept", "7")
    with running(folder):
        assert run_sql("SELECT figure FROM kept") == [(7,)]
        assert redis.Redis.from_url(os.environ["REDIS_URL"]).get("kept") == b"7"


def test_given_addresses_are_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/abm")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with running(folder) as servers:
        assert servers is None
        assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/abm"
    assert list(folder.iterdir()) == []


def test_only_what_is_missing_is_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/abm")
    with running(folder):
        assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/abm"
        assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
    assert not (folder / "postgres").exists()


def test_the_last_who_leaves_stops_the_servers(folder: Path) -> None:
    first, second = Servers(folder, throwaway=True), Servers(folder, throwaway=True)
    with first:
        with second:
            pid = postmaster(folder)
        assert is_alive(pid)
        assert postmaster(folder) == pid
    assert gone(pid)


def test_a_killed_user_counts_no_more(folder: Path) -> None:
    user = another_user(folder)
    with running(folder, throwaway=True):
        pids = postmaster(folder), valkey(folder)
        user.kill()
        user.wait()
    assert all(gone(pid) for pid in pids)


def test_servers_of_a_killed_run_can_be_stopped_by_whoever_finds_them(folder: Path) -> None:
    user = another_user(folder)
    assert not stop_abandoned(folder)
    pids = postmaster(folder), valkey(folder)
    user.kill()
    user.wait()
    assert stop_abandoned(folder)
    assert all(gone(pid) for pid in pids)


def test_servers_killed_with_9_come_back_under_the_same_addresses_with_their_data(folder: Path) -> None:
    with running(folder) as servers:
        assert servers
        before = servers.urls()
        run_sql("CREATE TABLE kept AS SELECT 7 AS figure")
        os.kill(postmaster(folder), signal.SIGKILL)
        os.kill(valkey(folder), signal.SIGKILL)
        assert until(servers.heal)
        assert servers.urls() == before
        assert run_sql("SELECT figure FROM kept") == [(7,)]
        assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
        assert not servers.heal()


def test_a_path_too_long_for_a_socket_works_too(folder: Path) -> None:
    deep = folder / ("long-name-" * 12)
    with running(deep, throwaway=True):
        socket_dir = Path((deep / "postgres/socket_dir").read_text())
        assert not socket_dir.is_relative_to(folder)
        assert run_sql("SELECT 1") == [(1,)]
    assert not socket_dir.exists()


def test_nobody_else_on_the_machine_may_connect(folder: Path) -> None:
    with running(folder, throwaway=True):
        assert (folder / "postgres/socket").stat().st_mode & 0o777 == 0o700
        assert (folder / "valkey/url").stat().st_mode & 0o777 == 0o600
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=redis.Redis.from_url(os.environ["REDIS_URL"]).get_connection_kwargs()["port"]).ping()


def test_a_cluster_that_does_not_know_japanese_is_refused(folder: Path) -> None:
    postgres = Postgres(folder, throwaway=True)
    postgres._run("initdb", "-D", postgres.data, "-U", "abm", "--auth=trust", "--locale=C", "--encoding=UTF8")
    with pytest.raises(ServersRefused, match=r"ABM needs C\.UTF-8"):
        postgres.start()
    postgres.stop()


def test_a_valkey_that_is_slow_to_answer_is_not_started_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, launched = Valkey(folder), []
    launch, answers = server._launch, server.answers
    monkeypatch.setattr(server, "_launch", lambda: launched.append(launch()))
    deaf = iter([True] * 20)
    monkeypatch.setattr(server, "answers", lambda: not next(deaf, False) and answers())
    server.start()
    assert len(launched) == 1
    server.stop()


def test_a_valkey_that_hangs_is_replaced_under_its_address_and_never_joined_by_a_second(folder: Path) -> None:
    with running(folder, throwaway=True) as servers:
        assert servers
        before, hung = servers.urls(), valkey(folder)
        redis.Redis.from_url(os.environ["REDIS_URL"]).set("kept", "7")
        assert until(lambda: b"kept" in (folder / "valkey/appendonlydir/appendonly.aof.1.incr.aof").read_bytes())
        os.kill(hung, signal.SIGSTOP)
        assert servers.heal()
        assert gone(hung)
        assert servers.urls() == before
        assert redis.Redis.from_url(os.environ["REDIS_URL"]).get("kept") == b"7"


def test_files_of_another_postgresql_are_refused_and_left_as_they_are(folder: Path) -> None:
    postgres = Postgres(folder, throwaway=True)
    postgres.data.mkdir()
    (postgres.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServersRefused, match="made by PostgreSQL 17, this is 18"):
        postgres.start()
    assert [path.name for path in postgres.data.iterdir()] == ["PG_VERSION"]
