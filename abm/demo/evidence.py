"""Why the rule qualified a lead: its touches weighed by the formula, as the scoring app would have told it."""

from datetime import datetime

from abm.demo.lives import Life
from abm.demo.world import World
from funnel.enums import MoveName
from scoring import formula
from scoring.models import ScoringRule
from scoring.why import Why


def weigh(world: World, lives: list[Life]) -> None:
    """Gives every lead that qualified its score, and those the rule qualified their parts.

    The touches must have been stored: parts name them by id.
    """
    rule = ScoringRule.objects.in_force()
    for life in lives:
        if life.moves and life.evidence:
            _weigh(world, life, rule, life.moves[0].at)


def _weigh(world: World, life: Life, rule: ScoringRule, at: datetime) -> None:
    seen = [world.seen(touch) for touch in life.evidence]
    parts = formula.parts(seen, world.weights, at=at, zone=world.zone)
    persons = len({touch.person for touch in seen if touch.person})
    found = Why(at, rule, formula.total(parts), parts, persons, formula.breadth(persons))
    life.lead.score = found.value
    first = life.moves[0]
    if first.move == MoveName.QUALIFY and first.by.is_service:
        life.lead.because = found.as_json()
        first.data["because"] = life.lead.because
