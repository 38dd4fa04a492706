"""The supervisor restarts what dies, patiently, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from abm.local.__main__ import main
from abm.local.servers import BASE_DIR
from abm.local.supervise import Program, is_healthy, is_taken
from tests.abm.local.processes import gone, until

SLEEP = ["python", "-c", "import time; time.sleep(600)"]
FAIL = ["python", "-c", "raise SystemExit(3)"]
DEAF_WITH_CHILD = [
    "python",
    "-c",
    "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    " print(child.pid, flush=True); child.wait()",
]
SUPERVISE = """
import sys
from pathlib import Path
from abm.local.supervise import Supervisor
program = ["python", "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]
Supervisor(None, Path(sys.argv[1]), {"one": program, "two": program}).run(1, lambda: None)
"""


def first_line(path: Path) -> str:
    assert until(lambda: path.exists() and path.read_text().endswith("\n"))
    return path.read_text().splitlines()[0]


def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    program = Program("sleep", SLEEP, tmp_path)
    program.start()
    assert program.process
    first = program.process
    first.kill()
    first.wait()
    now = time.monotonic()
    program.keep_alive(now)
    assert program.process is None
    program.keep_alive(now + program.pause)
    assert program.process
    assert program.process.pid != first.pid
    program.stop(deadline=0)


def test_the_pause_doubles_while_a_program_keeps_failing_up_to_half_a_minute(tmp_path: Path) -> None:
    program = Program("fail", FAIL, tmp_path)
    pauses = []
    for _ in range(6):
        program.start()
        assert program.process
        program.process.wait()
        program.keep_alive(program.started_at)
        pauses.append(program.pause)
    assert pauses == [2, 4, 8, 16, 30, 30]


def test_a_program_that_ran_steadily_starts_again_after_a_second(tmp_path: Path) -> None:
    program = Program("fail", FAIL, tmp_path)
    program.pause = 30
    program.start()
    assert program.process
    program.process.wait()
    program.keep_alive(program.started_at + 61)
    assert program.pause == 1


def test_a_program_that_does_not_listen_is_ended_with_its_children(tmp_path: Path) -> None:
    program = Program("deaf", DEAF_WITH_CHILD, tmp_path)
    program.start()
    child = int(first_line(program.log))
    program.ask_to_stop()
    program.stop(deadline=time.monotonic())
    assert gone(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_programs_end_with_their_supervisor(tmp_path: Path, number: int) -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE, str(tmp_path)], cwd=BASE_DIR)
    pids = [int(first_line(tmp_path / f"{name}.log")) for name in ("one", "two")]
    supervisor.send_signal(number)
    supervisor.wait(timeout=20)
    assert all(gone(pid) for pid in pids)


def test_a_taken_port_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setattr(sys, "argv", ["abm.local", "demo"])
        assert main() == 1
    assert capsys.readouterr().err == f"Port {port} is taken. Take another one: PORT={port + 1} make demo\n"


def test_a_free_port_is_not_taken_and_nothing_is_healthy_on_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert is_taken(port)
    assert not is_taken(port)
    assert not is_healthy(port)


def test_the_environment_reaches_the_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABM_PROBE", "reached")
    program = Program("probe", ["python", "-c", "import os; print(os.environ['ABM_PROBE'])"], tmp_path)
    program.start()
    assert first_line(program.log) == "reached"
    program.stop(deadline=time.monotonic() + 5)
    assert "ABM_PROBE" in os.environ
