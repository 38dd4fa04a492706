"""What every test may count on. Servers are started earlier, by tests/servers.py."""

import os
import shutil

import pytest
from django.db.models.signals import post_migrate
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests import seeds

# Playwright's synchronous API runs an event loop in the thread in which live-server tests use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

hypothesis_settings.register_profile("abm", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
hypothesis_settings.load_profile("abm")
post_migrate.connect(seeds.restore)


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
