"""Counting anew what takes long: by the clock, and when somebody asks. What is quick to count is never kept.

A page asks its figures live as long as that is quick, so that whoever mends something sees it at once; once it takes
longer than a reader should wait, they are kept here and shown with their time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from django.db import transaction

from accounts.kept import KeptFigures
from audit import log
from audit.log import Actor

WORTH_KEEPING = 0.3
"""Seconds of counting that a page does not let its reader wait for."""
PATIENCE = timedelta(minutes=10)
"""After this it is asked again: the worker that was asked is gone."""
Count = Callable[..., Mapping[str, Any]]
"""Counts at a moment (`now=`); answers each selection's figures."""
_counts: dict[str, Count] = {}
_wakes: list[Callable[[str], object]] = []


def counted_by(code: str, count: Count) -> None:
    """Registers what counts the figures of a page."""
    _counts[code] = count


def woken_by(wake: Callable[[str], object]) -> None:
    """Registers what wakes a worker for those who ask (beat comes round anyway)."""
    _wakes.append(wake)


def run(code: str = "", *, now: datetime) -> dict[str, int]:
    """Counts (everything, unless told what) and keeps what took long; returns how many selections are kept of each."""
    return {one: _count(one, now) for one in ([code] if code else sorted(_counts))}


def _count(code: str, now: datetime) -> int:
    started = perf_counter()
    figures = _counts[code](now=now)
    if perf_counter() - started < WORTH_KEEPING:
        KeptFigures.objects.filter(code=code).delete()
        return 0
    _keep(code, figures, now)
    return len(figures)


@transaction.atomic
def _keep(code: str, figures: Mapping[str, Any], now: datetime) -> None:
    """In one order, so that two who count at once wait for each other; what is no selection any more goes."""
    kept = [KeptFigures(code=code, key=key, figures=figures[key], at=now) for key in sorted(figures)]
    KeptFigures.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["code", "key"], update_fields=["figures", "at"]
    )
    KeptFigures.objects.filter(code=code).exclude(key__in=list(figures)).delete()


@transaction.atomic
def ask(code: str, *, by: Actor, now: datetime) -> KeptFigures | None:
    """Asks for newer figures than those kept, once however many ask; None where they are counted live anyway."""
    kept = KeptFigures.objects.select_for_update().filter(code=code, key="").first()
    if kept is None or (kept.is_awaited and kept.asked_at and kept.asked_at > now - PATIENCE):
        return kept
    kept.asked_at = now
    KeptFigures.objects.filter(code=code).update(asked_at=now)
    log.record("figures.ask", kept, by=by, at=now, detail={"code": code})
    transaction.on_commit(lambda: _wake(code), robust=True)
    return kept


def _wake(code: str) -> None:
    for wake in _wakes:
        wake(code)
