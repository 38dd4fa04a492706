"""Sending to the outside: at least once, in order, outside transactions, by rows that are the truth."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction

from audit import sending
from audit.enums import SendState
from audit.sending import LEASE, Never, NotYet
from tests.audit.parcels import RETRY, Parcel, parcel
from tests.make import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("parcels")]
MINUTE = timedelta(minutes=1)


def work_off(send: Callable[[Parcel], object], now: datetime = NOW, limit: int = 200) -> dict[str, int]:
    return sending.work_off(Parcel.objects.all(), send, now=now, retry=RETRY, limit=limit)  # type: ignore[arg-type]


def raising(trouble: Exception) -> Callable[[Parcel], object]:
    def send(row: Parcel) -> None:
        raise trouble

    return send


def told(row: Parcel) -> Parcel:
    row.refresh_from_db()
    return row


def counts(sent: int = 0, retried: int = 0, failed: int = 0) -> dict[str, int]:
    return {"sent": sent, "retried": retried, "failed": failed}


def test_what_is_due_is_sent_once_in_order() -> None:
    later, first, second = parcel(available_at=NOW + MINUTE), parcel(available_at=NOW - MINUTE), parcel()
    sent: list[int] = []
    assert work_off(lambda row: sent.append(row.pk)) == counts(sent=2)
    assert work_off(lambda row: sent.append(row.pk)) == counts()
    assert sent == [first.pk, second.pk]
    assert (told(first).state, first.sent_at, first.attempts, first.started_at) == (SendState.SENT, NOW, 1, None)
    assert told(later).state == SendState.WAITING


def test_no_more_than_the_limit_is_sent() -> None:
    for _ in range(3):
        parcel()
    assert work_off(lambda row: None, limit=2) == counts(sent=2)


def test_while_it_is_sent_it_is_claimed_and_no_transaction_is_open() -> None:
    row = parcel()
    seen: list[tuple[datetime | None, int]] = []
    work_off(lambda sent: seen.append((told(row).started_at, row.attempts)))
    assert seen == [(NOW, 1)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction() -> None:
    row = parcel()
    inside: list[bool] = []
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        work_off(lambda sent: inside.append(True))
    assert (inside, told(row).attempts) == ([], 0)
    work_off(lambda sent: inside.append(connection.in_atomic_block))
    assert inside == [False]


def test_what_could_not_be_sent_waits_as_the_table_says_until_given_up() -> None:
    row, send = parcel(), raising(NotYet("busy"))
    assert work_off(send) == counts(retried=1)
    assert (told(row).available_at, row.error, row.attempts) == (NOW + MINUTE, "busy", 1)
    assert work_off(send, NOW + MINUTE - timedelta(seconds=1)) == counts()
    assert work_off(send, NOW + MINUTE) == counts(retried=1)
    assert told(row).available_at == NOW + 6 * MINUTE
    assert work_off(send, NOW + 6 * MINUTE) == counts(failed=1)
    assert (told(row).state, row.failed_at, row.attempts) == (SendState.FAILED, NOW + 6 * MINUTE, 3)
    assert work_off(send, NOW + timedelta(days=9)) == counts()


def test_the_other_side_may_ask_for_a_longer_wait_but_no_shorter() -> None:
    long, short = parcel(), parcel()
    waits = {long.pk: 3 * MINUTE, short.pk: timedelta(seconds=1)}

    def send(row: Parcel) -> None:
        raise NotYet("busy", wait=waits[row.pk])

    work_off(send)
    assert (told(long).available_at, told(short).available_at) == (NOW + 3 * MINUTE, NOW + MINUTE)


def test_what_can_never_be_sent_has_failed_at_once() -> None:
    row = parcel()
    assert work_off(raising(Never("no such mailbox"))) == counts(failed=1)
    assert (told(row).failed_at, row.error, row.attempts) == (NOW, "no such mailbox", 1)


def test_a_fault_of_ours_is_logged_kept_and_tried_again_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    broken, fine = parcel(), parcel()

    def send(row: Parcel) -> None:
        if row.pk == broken.pk:
            raise KeyError("payload")

    with caplog.at_level(logging.ERROR):
        assert work_off(send) == counts(sent=1, retried=1)
    assert (told(broken).error, told(fine).state) == ("KeyError: 'payload'", SendState.SENT)
    assert "parcels.parcel" in caplog.text


def test_after_a_success_the_old_error_is_gone() -> None:
    row = parcel()
    work_off(raising(NotYet("busy")))
    work_off(lambda sent: None, NOW + MINUTE)
    assert (told(row).error, row.attempts) == ("", 2)


class Killed(BaseException):
    """What no code of ours survives."""


def test_a_row_whose_worker_was_killed_is_taken_up_again_and_known_as_a_repeat() -> None:
    row = parcel()
    with pytest.raises(Killed):
        work_off(raising(Killed()))  # type: ignore[arg-type]
    assert (told(row).started_at, row.attempts, row.state) == (NOW, 1, SendState.WAITING)
    seen: list[tuple[int, int]] = []
    note = lambda sent: seen.append((sent.pk, sent.attempts))  # noqa: E731
    assert work_off(note, NOW + LEASE - timedelta(seconds=1)) == counts()
    assert work_off(note, NOW + LEASE) == counts(sent=1)
    assert seen == [(row.pk, 2)]


def test_a_worker_that_was_only_slow_does_not_overrule_who_took_its_row_up() -> None:
    row = parcel()

    def slow(sent: Parcel) -> None:
        work_off(lambda again: None, NOW + LEASE)
        raise NotYet("too late")

    work_off(slow)
    assert (told(row).state, row.sent_at, row.error) == (SendState.SENT, NOW + LEASE, "")


@pytest.mark.parametrize("end", [Never("gone"), None])
def test_what_is_settled_can_be_sent_again_as_the_same(end: Exception | None) -> None:
    row = parcel()
    work_off(raising(end) if end else lambda sent: None)
    assert sending.replay(told(row), now=NOW + MINUTE) is True
    assert (told(row).state, row.attempts, row.error) == (SendState.WAITING, 0, "")
    assert work_off(lambda sent: None, NOW + MINUTE) == counts(sent=1)


def test_what_waits_or_is_being_sent_is_not_replayed() -> None:
    waiting, held = parcel(attempts=1, available_at=NOW + MINUTE), parcel(attempts=1, started_at=NOW)
    assert [sending.replay(row, now=NOW) for row in (waiting, held)] == [False, False]
    assert (told(waiting).available_at, told(held).started_at) == (NOW + MINUTE, NOW)


def test_many_are_replayed_in_one_go() -> None:
    rows = [parcel(failed_at=NOW), parcel(sent_at=NOW), parcel()]
    assert sending.replay_all(Parcel.objects.all(), now=NOW + MINUTE) == 2
    assert [told(row).available_at - NOW for row in rows] == [MINUTE, MINUTE, timedelta()]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_row() -> None:
    rows = {parcel().pk for _ in range(30)}
    start, sent = Barrier(2), []

    def work() -> None:
        start.wait()
        try:
            work_off(lambda row: sent.append(row.pk))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work), pool.submit(work)]:
            future.result()
    assert len(sent) == 30
    assert set(sent) == rows


@pytest.mark.django_db(transaction=True)
def test_a_row_being_sent_holds_up_no_other() -> None:
    first, second = parcel(), parcel()
    sent: list[tuple[int, dict[str, int]]] = []
    other = lambda: work_off(lambda row: sent.append((row.pk, {})))  # noqa: E731
    work_off(lambda row: sent.append((row.pk, other())), limit=1)
    assert sent == [(second.pk, {}), (first.pk, counts(sent=1))]
