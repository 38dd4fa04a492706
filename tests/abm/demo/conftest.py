"""One small demo company for all tests of a module; each test that changes it undoes that."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from abm.demo.build import build

TOKYO = ZoneInfo("Asia/Tokyo")
WEDNESDAY = datetime(2026, 11, 18, 14, 30, tzinfo=TOKYO)
SCALE = 0.08


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """The company as built on a Wednesday afternoon; gives that moment."""
    with django_db_blocker.unblock(), undone():
        build(now=WEDNESDAY, scale=SCALE)
        yield WEDNESDAY
