"""Taking back an answer just given, while nobody outside the house has heard of it. As in `funnel.leads`.

What an answer overwrites beside the milestones is kept with its move (`was`), so that its undo gives it back exactly.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from audit import outbox
from funnel.cases import take_up
from funnel.enums import MoveName
from funnel.models import Lead, LeadMove
from funnel.refusals import MoveRefused
from funnel.story import event_key
from users.models import User


@transaction.atomic
def undo(lead: Lead, *, by: User, now: datetime) -> LeadMove:
    """Takes back the actor's own accept, reject or ask given on a page less than UNDO_WITHIN ago, if nothing followed.

    Its message is deleted before anybody heard of it. The lead, its handoff and its clocks stand as before: a due
    that has passed meanwhile is met by the clock. Raises MoveRefused.
    """
    case = take_up(lead, now=now)
    move = case.require(MoveName.UNDO, by=by)
    undone = lead.moves.get(seq=case.state.seq)
    if not outbox.take_back(event_key(lead, undone.seq), now=now):
        raise MoveRefused("still_held")
    was = undone.data["was"]
    columns = _parsed(lead, was["lead"])
    written = case.write(move, by=by, data={"undone": undone.move}, columns=columns)
    if case.handoff:
        _give_back(case.handoff, was["handoff"])
    return written


def _give_back(row: Model, values: dict[str, Any]) -> None:
    for name, value in _parsed(row, values).items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _parsed(row: Model, values: dict[str, Any]) -> dict[str, Any]:
    """Columns as they were kept in JSON."""
    kept = [field for field in row._meta.concrete_fields if field.attname in values]
    return {field.attname: field.to_python(values[field.attname]) for field in kept}
