"""Is a process still there? Waits a moment for what is on its way out."""

import time
from collections.abc import Callable
from pathlib import Path


def until(holds: Callable[[], bool], *, seconds: float = 20) -> bool:
    """Whether `holds` becomes true in time; never asked again once it has been."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int) -> bool:
    """True within ten seconds, or the process stays."""
    return until(lambda: not is_alive(pid), seconds=10)


def is_alive(pid: int) -> bool:
    """A zombie nobody has waited for is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
