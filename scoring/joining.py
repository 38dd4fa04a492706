"""What merging and parting accounts means for scores: nothing is added up by hand, the accounts are counted again."""

from collections.abc import Sequence

from django.db import connection

from accounts import joining
from engagement import touches
from scoring import statements
from scoring.models import Score, ScoringRule
from scoring.recompute import lock

RESET = """
UPDATE scoring_score SET web = 0, mail = 0, seminar = 0, meeting = 0, persons = 0, last_touch_at = '-infinity'
WHERE account_id = ANY(%s)"""
DROP_EMPTY = "DELETE FROM scoring_score WHERE account_id = ANY(%s) AND last_touch_at = '-infinity'"


def register() -> None:
    """Lets accounts be merged under their scores."""
    joining.register(joining.Step(lock=lambda accounts: lock(), settle=count_again, fills={Score: ("crossed_at",)}))


def count_again(accounts: Sequence[int]) -> None:
    """Counts these accounts' touches again, in time proportional to them. Nothing crosses and nothing qualifies here:
    that is left to the next touch or night, so that a merge by mistake leads to no lead."""
    with connection.cursor() as cursor:
        cursor.execute(RESET, [list(accounts)])
        if counted := touches.counted_at(accounts):
            cursor.execute(statements.ADD, statements.parameters(ScoringRule.objects.in_force(), counted))
        cursor.execute(DROP_EMPTY, [list(accounts)])
