"""What every test may count on. Servers are started earlier, by tests/servers.py."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models.signals import post_migrate
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from tests import seeds

# Playwright's synchronous API runs an event loop in the thread in which live-server tests use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

hypothesis_settings.register_profile("abm", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
hypothesis_settings.load_profile("abm")
post_migrate.connect(seeds.restore)
# Nobody asks for permissions of Django's own; made anew after every flush, they would take half of its time.
post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")

DEMO = "tests/abm/demo"
LONG = ("tests/browser", "tests/stories", DEMO, "tests/house/test_missing", "tests/funnel/test_acts", "tests/abm/local",
        "tests/funnel/test_merging_property", "tests/imports/test_killed")  # fmt: skip
"""What takes long: begun first, so that no worker is left with it at the end."""


class ByFile(LoadScopeScheduling):
    """A file is the work of one process, and so is the demo's folder: its files share one company."""

    def _split_scope(self, nodeid: str) -> str:
        return DEMO if nodeid.startswith(f"{DEMO}/") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    yield
    items.sort(key=lambda item: next((n for n, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG)))


@pytest.fixture(autouse=True)
def house_language() -> None:
    """Each test begins in English: a request leaves its language behind in the thread."""
    translation.deactivate()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium where there is one; flags that keep it from calling home."""
    chromium = shutil.which("chromium")
    found = {"executable_path": chromium} if chromium else {}
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return browser_type_launch_args | found | {"args": flags}
