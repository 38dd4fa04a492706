"""Refusals, worded for the user."""

import pytest
from django.utils.translation import override

from funnel.refusals import MoveRefused


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Please fill in: next action, date of the next action."),
        ("ja", "次の項目を入力してください：次の行動、次の行動の日付"),
    ],
)
def test_what_is_missing_is_named_as_the_language_lists_things(language: str, words: str) -> None:
    with override(language):
        assert str(MoveRefused("missing", missing=["next_action", "next_action_on"])) == words
