"""What tests of users share: a mail server and a chat that really listen."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import mailbox
from tests.receiver import receiver

__all__ = ["mails", "receiver"]


@pytest.fixture
def mails(settings: Any) -> Iterator[mailbox.Mailbox]:
    """The mailbox all mails go to."""
    with mailbox.opened(settings) as opened:
        yield opened
