"""Early pytest plugin (`-p tests.servers`): without DATABASE_URL, the whole run gets throwaway servers of its own.

It must act before pytest-django reads the settings. Workers of pytest-xdist inherit the addresses and start nothing.
"""

import contextlib
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from abm.local.servers import running, stop_abandoned

PREFIX = "abm-test-"
STARTED_WITHIN = 120
"""Seconds."""
_stack = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    _stack.enter_context(running(folder, throwaway=True))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _stack.close()


def _sweep() -> None:
    """Remove what killed runs left: their servers run on, used by nobody. What is new may just be starting."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > STARTED_WITHIN and stop_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)
