"""One small demo company for all tests of this folder; each test that changes it undoes that."""

from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from abm.demo.build import build

TOKYO = ZoneInfo("Asia/Tokyo")
WEDNESDAY = datetime(2026, 11, 18, 14, 30, tzinfo=TOKYO)
SCALE = 0.08


def demo(*words: str) -> str:
    """What `manage.py demo …` prints."""
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="package")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """The company as built on a Wednesday afternoon; gives that moment. Tests are marked django_db all the same.

    Its foreign keys are checked here, once: what waits for the end of the transaction is checked after every test.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        build(now=WEDNESDAY, scale=SCALE)
        connection.check_constraints()
        yield WEDNESDAY
        transaction.set_rollback(True)
