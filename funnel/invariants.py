"""What must always be true of leads (the waterfall's invariants 1–5), asked of the stored rows.

Replay is streamed in chunks, so that a million leads fit in little memory.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat

from audit.models import Entry
from funnel.enums import Origin, Outcome
from funnel.models import Handoff, Lead, LeadMove
from funnel.replay import BrokenHistory, MoveRecord, State, replay
from funnel.story import COLUMNS, IMPORT_ACT, MILESTONES, columns_of, record_of

CHUNK = 2000
CLOCK_LAG = timedelta(hours=1)
"""How far behind the clock's job may be before an unanswered lead is a breach."""


@dataclass(frozen=True)
class Breach:
    """One lead (None: several) that breaks an invariant, and how."""

    invariant: int
    lead_id: int | None
    what: str


def check(*, now: datetime) -> Iterator[Breach]:
    """All breaches, as they are found."""
    for rows in _chunks():
        yield from _replayed(rows, now)
    yield from _accepted_without_handoff()
    yield from _two_open_leads()
    yield from _moves_without_entry()


def _chunks() -> Iterator[Sequence[dict[str, Any]]]:
    last = 0
    while rows := list(
        Lead.objects.filter(pk__gt=last).order_by("pk").values("pk", "origin", *MILESTONES)[:CHUNK],
    ):
        yield rows
        last = rows[-1]["pk"]


def _replayed(rows: Sequence[dict[str, Any]], now: datetime) -> Iterator[Breach]:
    first, last = rows[0]["pk"], rows[-1]["pk"]
    histories = _histories(first, last)
    waits = Handoff.objects.awaiting_answer().filter(lead__gte=first, lead__lte=last)
    waiting = set(waits.values_list("lead", flat=True))
    for row in rows:
        try:
            state = replay(histories.get(row["pk"], []))
        except BrokenHistory as error:
            yield Breach(2, row["pk"], str(error))
            continue
        yield from _compared(row, state, row["pk"] in waiting)
        yield from _partitioned(row, state, now)


def _histories(first: int, last: int) -> dict[int, list[MoveRecord]]:
    found: dict[int, list[MoveRecord]] = defaultdict(list)
    moves = LeadMove.objects.filter(lead__gte=first, lead__lte=last).order_by("lead_id", "seq").values(*COLUMNS)
    for row in moves.iterator(chunk_size=CHUNK):
        found[row["lead_id"]].append(record_of(row))
    return found


def _compared(row: dict[str, Any], state: State, waits: bool) -> Iterator[Breach]:
    """2: replay gives stage and milestones; a handoff is open exactly when replay says so."""
    for name, value in columns_of(state).items():
        if row[name] != value:
            yield Breach(2, row["pk"], f"{name} is {row[name]}, its moves say {value}")
    if state.open_handoff != waits:
        yield Breach(2, row["pk"], f"open handoff: {waits}, its moves say {state.open_handoff}")


def _partitioned(row: dict[str, Any], state: State, now: datetime) -> Iterator[Breach]:
    """1: a matured lead is exactly one of accepted in time, rejected in time, ignored."""
    if row["origin"] != Origin.MARKETING or state.due_at is None:
        return
    if state.first_outcome:
        if state.first_outcome is not _by_milestones(state):
            yield Breach(1, row["pk"], f"{state.first_outcome}, but its milestones say {_by_milestones(state)}")
    elif not state.withdrawn_at and not state.question_at and state.due_at < now - CLOCK_LAG:
        yield Breach(1, row["pk"], f"unanswered, due {state.due_at}, not ignored")


def _by_milestones(state: State) -> Outcome:
    """The first outcome as the metrics count it."""
    answers = [(at, Outcome.ACCEPTED) for at in [state.accepted_at] if at] + [
        (at, Outcome.REJECTED) for at in [state.rejected_at] if at
    ]
    in_time = [answer for answer in answers if state.due_at and answer[0] <= state.due_at]
    return min(in_time)[1] if in_time else Outcome.IGNORED


def _accepted_without_handoff() -> Iterator[Breach]:
    """3: a SAL has a handoff with outcome ACCEPTED, or comes from sales or a partner."""
    accepted = Handoff.objects.filter(lead=OuterRef("pk"), outcome=Outcome.ACCEPTED)
    found = Lead.objects.filter(accepted_at__isnull=False, origin=Origin.MARKETING).exclude(Exists(accepted))
    for pk in found.values_list("pk", flat=True).iterator():
        yield Breach(3, pk, "accepted without an accepted handoff")


def _two_open_leads() -> Iterator[Breach]:
    """4: one open lead per known department and offering."""
    known = Lead.objects.open().filter(department__isnull=False, offering__isnull=False).order_by()
    for row in known.values("department", "offering").annotate(n=Count("pk")).filter(n__gt=1):
        yield Breach(4, None, f"{row['n']} open leads of department {row['department']}, offering {row['offering']}")


def _moves_without_entry() -> Iterator[Breach]:
    """5: every move has an audit entry by a named actor; imported moves share one per lead."""
    entries = Entry.objects.filter(object_type=Lead._meta.label_lower, object_id=OuterRef("lead_id"))
    own = entries.annotate(seq=Cast(KT("detail__seq"), IntegerField())).filter(
        act=Concat(Value("leads."), OuterRef("move")), seq=OuterRef("seq"), actor_id=OuterRef("by_id")
    )
    moves = LeadMove.objects.order_by("lead_id", "seq")
    silent = moves.filter(imported=False).exclude(Exists(own)) | moves.filter(imported=True).exclude(
        Exists(entries.filter(act=IMPORT_ACT))
    )
    for lead_id, seq in silent.values_list("lead_id", "seq").iterator():
        yield Breach(5, lead_id, f"move {seq} without an audit entry")
