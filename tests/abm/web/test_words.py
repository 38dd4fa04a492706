"""The words of pages."""

from enum import StrEnum

import pytest
from django.utils.translation import override

from abm.web import words
from abm.web.templatetags.abm_words import calendar_word
from accounts.enums import Rank, Relation
from audit.enums import RunState
from engagement.enums import TouchKind
from funnel.enums import DealStatus, Disposition, Flag, MoveName, Stage
from imports.enums import JobState, KindName
from surface.enums import AccountClass, CellState
from targets.enums import Horizon, Side, Tier, VersionState
from users.roles import Role

VOCABULARIES = [
    (words.STAGES, Stage),
    (words.FLAGS, Flag),
    (words.ROLES, Role),
    (words.TIERS, Tier),
    (words.HORIZONS, Horizon),
    (words.VERSION_STATES, VersionState),
    (words.SIDES, Side),
    (words.RELATIONS, Relation),
    (words.TOUCH_KINDS, TouchKind),
    (words.RANKS, Rank),
    (words.MOVES, MoveName),
    (words.DEAL_STATUSES, DealStatus),
    (words.KINDS, KindName),
    (words.JOB_STATES, JobState),
    (words.RUN_STATES, RunState),
    (words.DISPOSITIONS, Disposition),
    (words.CELLS, CellState),
    (words.CLASSES, AccountClass),
]


@pytest.mark.parametrize(("vocabulary", "enum"), VOCABULARIES)
def test_every_value_has_a_word(vocabulary: dict[str, object], enum: type[StrEnum]) -> None:
    assert set(vocabulary) == set(enum)


def test_the_first_calendar_has_a_word_and_others_keep_their_name() -> None:
    with override("ja"):
        assert calendar_word("Standard") == "標準"
        assert calendar_word("工場カレンダー") == "工場カレンダー"
