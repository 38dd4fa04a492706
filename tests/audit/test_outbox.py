"""The outbox: what an act puts in it happens exactly once, whatever fails."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction

from audit import outbox
from audit.models import Entry, OutboxMessage
from tests.make import NOW

pytestmark = pytest.mark.django_db
TOPIC = "test.happened"


class Fault(Exception):
    """What a handler may run into."""


@pytest.fixture(autouse=True)
def only_own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "_nudges", {})


@pytest.fixture
def effects(only_own_handlers: None) -> None:
    """Every delivered message leaves an audit entry, in its handler's transaction."""
    outbox.on(TOPIC, lambda message, now: leave_entry(message))


def leave_entry(message: OutboxMessage) -> None:
    Entry.objects.create(
        at=NOW, actor_id=1, actor_name="x", door="TASK", act="test", object_type="message", object_id=message.pk
    )


def put(key: str, lane: str = outbox.MESSAGES) -> OutboxMessage:
    return outbox.put(TOPIC, key=key, payload={"n": key}, now=NOW, lane=lane)


@transaction.atomic
def put_and_fall() -> None:
    put("a")
    raise Fault


def fail(message: OutboxMessage, now: object) -> None:
    leave_entry(message)
    raise Fault("no luck")


def test_a_delivered_message_had_its_effect_once(effects: None) -> None:
    message = put("a")
    assert outbox.deliver(now=NOW) == {"delivered": 1, "failed": 0}
    assert outbox.deliver(now=NOW) == {"delivered": 0, "failed": 0}
    message.refresh_from_db()
    assert (message.delivered_at, message.attempts) == (NOW, 1)
    assert Entry.objects.get().object_id == message.pk


def test_messages_go_in_the_order_they_came(effects: None) -> None:
    ids = [put(key).pk for key in "abc"]
    outbox.deliver(now=NOW)
    assert list(Entry.objects.order_by("id").values_list("object_id", flat=True)) == ids


def test_no_more_than_the_limit_is_delivered(effects: None) -> None:
    for key in "abc":
        put(key)
    assert outbox.deliver(now=NOW, limit=2) == {"delivered": 2, "failed": 0}


def test_a_rolled_back_act_enqueues_nothing() -> None:
    with pytest.raises(Fault):
        put_and_fall()
    assert not OutboxMessage.objects.exists()


def test_one_key_is_one_message() -> None:
    put("a")
    with pytest.raises(IntegrityError), transaction.atomic():
        put("a")
    assert OutboxMessage.objects.count() == 1


def test_a_handler_s_fault_takes_its_effects_back_and_is_tried_later() -> None:
    outbox.on(TOPIC, fail)
    message = put("a")
    assert outbox.deliver(now=NOW) == {"delivered": 0, "failed": 1}
    message.refresh_from_db()
    assert not Entry.objects.exists()
    assert (message.attempts, message.error, message.delivered_at) == (1, "Fault: no luck", None)
    assert message.available_at == NOW + timedelta(seconds=2)
    assert outbox.deliver(now=NOW + timedelta(seconds=1)) == {"delivered": 0, "failed": 0}
    assert outbox.deliver(now=NOW + timedelta(seconds=2)) == {"delivered": 0, "failed": 1}


def test_a_fault_stops_no_other_message(effects: None) -> None:
    outbox.on("test.broken", fail)
    outbox.put("test.broken", key="broken", payload={}, now=NOW)
    put("a")
    assert outbox.deliver(now=NOW) == {"delivered": 1, "failed": 1}


def exhaust(message: OutboxMessage) -> OutboxMessage:
    for day in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(now=NOW + timedelta(days=day))
    message.refresh_from_db()
    return message


def test_after_the_last_attempt_it_has_failed_and_rests() -> None:
    outbox.on(TOPIC, fail)
    message = exhaust(put("a"))
    assert message.attempts == outbox.MAX_ATTEMPTS
    assert message.failed_at == NOW + timedelta(days=outbox.MAX_ATTEMPTS - 1)
    assert outbox.deliver(now=NOW + timedelta(days=99)) == {"delivered": 0, "failed": 0}


def test_a_failed_message_can_be_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.on(TOPIC, fail)
    message = exhaust(put("a"))
    monkeypatch.setattr(outbox, "_handlers", {TOPIC: [lambda message, now: leave_entry(message)]})
    later = NOW + timedelta(days=30)
    outbox.replay(message, now=later)
    assert outbox.deliver(now=later) == {"delivered": 1, "failed": 0}
    assert Entry.objects.count() == 1


def test_lanes_are_delivered_apart(effects: None) -> None:
    put("slow", lane=outbox.SCORES)
    put("quick")
    assert outbox.deliver(now=NOW) == {"delivered": 1, "failed": 0}
    assert OutboxMessage.objects.get(delivered_at=None).key == "slow"
    assert outbox.deliver(now=NOW, lane=outbox.SCORES) == {"delivered": 1, "failed": 0}


def test_a_lane_is_woken_once_per_transaction(django_capture_on_commit_callbacks: object) -> None:
    woken: list[str] = []
    for lane in (outbox.MESSAGES, outbox.SCORES):
        outbox.nudged_by(lane, lambda lane=lane: woken.append(lane))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        put("a")
        put("b")
        put("c", lane=outbox.SCORES)
    assert woken == [outbox.MESSAGES, outbox.SCORES]


def test_a_rolled_back_part_of_an_act_does_not_silence_the_rest(django_capture_on_commit_callbacks: object) -> None:
    woken: list[str] = []
    outbox.nudged_by(outbox.MESSAGES, lambda: woken.append("once"))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        with pytest.raises(Fault):
            put_and_fall()
        put("b")
    assert woken == ["once"]


@pytest.mark.django_db(transaction=True)
def test_a_nudge_that_fails_is_logged_and_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ConnectionError("the broker is down")

    outbox.nudged_by(outbox.MESSAGES, broken)
    with caplog.at_level(logging.ERROR):
        message = put("a")
    assert OutboxMessage.objects.get() == message
    assert "the broker is down" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_have_each_effect_once(effects: None) -> None:
    for number in range(30):
        put(str(number))
    start = Barrier(2)

    def work() -> int:
        start.wait()
        try:
            return outbox.deliver(now=NOW)["delivered"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        counts = [future.result() for future in [pool.submit(work), pool.submit(work)]]
    assert sum(counts) == 30
    assert Entry.objects.count() == Entry.objects.values("object_id").distinct().count() == 30
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()
