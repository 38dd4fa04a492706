"""What tests of the API share: a company at a standstill (10:00 on a Tuesday in Tokyo), and people who ask."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from funnel.enums import Stage
from tests.funnel import people
from tests.funnel.people import NOW, World
from users.models import User

Asker = Callable[[User], APIClient]


@pytest.fixture(autouse=True)
def at_a_standstill() -> Iterator[time_machine.Traveller]:
    """Requests take no time, so that clocks read exactly what the tests say."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world(db: None) -> World:
    """A company with its account on a list in force."""
    made = people.build()
    people.sign_list(made)
    return made


@pytest.fixture
def ask() -> Asker:
    """`ask(user).get("/leads/")`: a signed-in user of the API."""

    def asker(user: User) -> APIClient:
        client = Asking()
        client.force_login(user)
        return client

    return asker


class Asking(APIClient):
    """Asks under /api/v1/."""

    def generic(self, method: str, path: str, *args: Any, **extra: Any) -> Any:
        return super().generic(method, path if path.startswith(("/api/", "http")) else f"/api/v1{path}", *args, **extra)


@pytest.fixture
def lead(world: World) -> Any:
    """An MQL handed to the rep."""
    return people.waiting(world)


@pytest.fixture
def nurture(world: World) -> Any:
    """A lead in NURTURE."""
    return people.lead_at(world, Stage.NURTURE)
