"""Many at once, small: what `python -m bench.reliability` measures whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.receiver import Receiver, receiver  # noqa: F401 - a fixture
from tests.stories import load
from tests.stories.outages import House
from tests.stories.test_fifty_accepts import until_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("ABM_OUTWARD_HOSTS", "127.0.0.1")
    made = House(tmp_path)
    yield made
    made.close()


def test_random_moves_from_many_threads_leave_no_illegal_state(house: House) -> None:
    found = load.random_moves(until_ready(house.web()), load.Staff(), 40, threads=8)
    assert sum(found.values()) == 40
    assert set(found) <= {200, 400, 403, 404, 409}
    assert found[200] >= 8
    assert load.broken() == []


def test_the_broker_killed_again_and_again_loses_and_doubles_nothing(house: House, receiver: Receiver) -> None:  # noqa: F811
    house.worker()
    house.beat()
    got = load.broker_kills(house, until_ready(house.web()), load.Staff(), receiver, many=6, kills=3)
    assert (got.kills, got.wanted, got.lost, got.doubled, got.out_of_order) == (3, 24, 0, 0, 0)
    assert got.statuses <= {200, 201}
