"""Feedback of the demo company: asked for as the daily job would have, told by some more than by others."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from abm.demo.copying import copy
from abm.demo.world import SEED, World
from audit import log
from audit.models import Entry
from funnel.enums import FEEDBACK_STEPS, Progress, Stage
from funnel.feedback import OPEN_FOR, due
from funnel.models import Feedback, Lead

MONTHS = 14
TELLS = {
    "hayase": 0.85,
    "isurugi": 0.5,
    "iwase": 0.75,
    "fujishiro": 0.9,
    "manabe": 0.35,
    "matsunaga": 0.6,
    "okabe": 0.3,
}
STILL_OPEN = 0.5
"""What is still to be told is told half as often yet."""
WENT: dict[str, tuple[tuple[Progress, ...], tuple[int, ...]]] = {
    Stage.SAL: ((Progress.IN_CONTACT, Progress.IN_CONTACT, Progress.NO_CONTACT), (2, 3, 3, 4)),
    Stage.SQL: ((Progress.MEETING_SET, Progress.IN_CONTACT), (3, 4, 4)),
    Stage.PIPELINE: ((Progress.PROPOSAL, Progress.MEETING_SET), (4, 4, 5)),
    Stage.WON: ((Progress.PROPOSAL,), (4, 5, 5)),
    Stage.LOST: ((Progress.PROPOSAL, Progress.NO_CONTACT), (2, 3, 4)),
    Stage.RECYCLED: ((Progress.NO_CONTACT, Progress.WRONG_LEAD), (1, 2, 3)),
    Stage.DISQUALIFIED: ((Progress.WRONG_LEAD,), (1, 1, 2)),
}
NOTES = ("", "", "", "来月に訪問の予定です", "担当者が異動しました", "比較資料を送りました", "予算は来期とのことです")


def create(world: World) -> None:
    """Asks month by month up to now, with dice of its own: the rest of the company stays as it is without it."""
    rng = Random(SEED)
    asked = [row for back in reversed(range(MONTHS)) for row in _month(world, back, rng)]
    copy(asked, now=world.now)
    copy([entry for row in asked for entry in _entries(world, row)], now=world.now)


def _month(world: World, back: int, rng: Random) -> Iterator[Feedback]:
    """What the job would have asked for in the thirty days that ended so many times thirty days ago."""
    at = world.now - back * OPEN_FOR
    for step in FEEDBACK_STEPS:
        for lead in due(step, at).select_related("assignee", "account", "department"):
            yield _asked(world, lead, step, rng)


def _asked(world: World, lead: Lead, step: int, rng: Random) -> Feedback:
    asked_at = (lead.accepted_at or world.now) + timedelta(days=step)
    row = Feedback(
        lead=lead, account_id=lead.account_id, user=lead.assignee, team_id=lead.team_id, step=step,
        asked_at=asked_at, closes_at=asked_at + OPEN_FOR,
    )  # fmt: skip
    share = TELLS.get(lead.assignee.username if lead.assignee else "", 0.5)
    share *= STILL_OPEN if row.closes_at > world.now else 1
    told_at = asked_at + timedelta(days=rng.uniform(0.1, 20))
    if rng.random() < share and told_at <= world.now:
        progress, quality = WENT[lead.stage]
        row.answered_at, row.progress, row.quality = told_at, rng.choice(progress), rng.choice(quality)
        row.note = rng.choice(NOTES)
    return row


def _entries(world: World, row: Feedback) -> Iterator[Entry]:
    """The trail the acts would have left."""
    about = {"account_id": row.account_id}
    system = world.users["system"]
    yield log.entry_for("feedback.ask", row, by=system, at=row.asked_at, detail={"step": row.step}, **about)
    if row.answered_at:
        told = {"step": row.step, "progress": str(row.progress), "quality": row.quality}
        yield log.entry_for("feedback.answer", row, by=row.user, at=row.answered_at, detail=told, **about)
