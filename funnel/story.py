"""A lead's recorded moves, read for the reducer."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from funnel.enums import MoveName, Stage
from funnel.models import Lead, LeadMove
from funnel.replay import MoveRecord, State, replay

IMPORT_ACT = "leads.import_history"
"""The one audit entry that stands for all imported moves of a lead."""

COLUMNS = ("lead_id", "seq", "move", "from_stage", "to_stage", "at", "reason__code", "data")
MILESTONES = tuple(
    field.name for field in fields(State) if field.name in {column.name for column in Lead._meta.concrete_fields}
)
"""The fields of State that a lead row keeps, stage and seq included."""


def event_key(lead: Lead, seq: int) -> str:
    """The outbox key of the event of one of the lead's moves."""
    return f"lead:{lead.pk}:{seq}"


def record_of(row: Mapping[str, Any]) -> MoveRecord:
    """One LeadMove, as `values(*COLUMNS)` gives it."""
    due = row["data"].get("due_at")
    return MoveRecord(
        move=MoveName(row["move"]),
        from_stage=Stage(row["from_stage"]) if row["from_stage"] else None,
        to_stage=Stage(row["to_stage"]),
        at=row["at"],
        seq=row["seq"],
        reason=row["reason__code"] or row["data"].get("cause", ""),
        due_at=datetime.fromisoformat(due) if due else None,
        breach=bool(row["data"].get("breach")),
    )


def records_of(lead: Lead) -> list[MoveRecord]:
    """The lead's moves in order."""
    return [record_of(row) for row in LeadMove.objects.filter(lead=lead).order_by("seq").values(*COLUMNS)]


def state_of(lead: Lead) -> State:
    """The state the lead's moves add up to. Raises BrokenHistory."""
    return replay(records_of(lead))


def columns_of(state: State) -> dict[str, Any]:
    """The state as a lead row keeps it: an outcome not yet there is empty text."""
    return {name: getattr(state, name) for name in MILESTONES} | {"first_outcome": state.first_outcome or ""}
