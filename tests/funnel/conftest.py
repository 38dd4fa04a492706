"""What tests of the funnel share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from funnel.refusals import MoveRefused
from tests.funnel import people


@pytest.fixture
def world(db) -> people.World:
    """A company with its account on a list in force."""
    made = people.build()
    people.sign_list(made)
    return made


@pytest.fixture
def refused() -> Callable[[str], AbstractContextManager[pytest.ExceptionInfo[MoveRefused]]]:
    """`with refused(code):` the act inside is refused with this code, and nothing has changed."""

    @contextmanager
    def check(code: str) -> Iterator[pytest.ExceptionInfo[MoveRefused]]:
        before = people.everything()
        with pytest.raises(MoveRefused) as caught:
            yield caught
        assert caught.value.code == code
        assert people.everything() == before

    return check
