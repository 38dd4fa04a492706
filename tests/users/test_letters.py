"""What mails say, and the answers they offer."""

import pytest

from tests.make import NOW
from users import letters
from users.letters import Answer
from users.models import Notification


@pytest.fixture
def offered(monkeypatch):
    """Nobody offers anything but this test."""
    monkeypatch.setattr(letters, "_makers", {})
    return letters.offer


def test_who_offered_answers_for_a_kind_is_asked_for_its_buttons(offered):
    offered("lead.handed_over", lambda notice, now: [Answer("Accept", f"/answers/{notice.subject}/")])
    notice = Notification(kind="lead.handed_over", subject="42")
    assert letters.answers(notice, NOW) == [Answer("Accept", "/answers/42/")]


def test_a_kind_nobody_offers_answers_for_has_no_buttons(offered):
    offered("lead.handed_over", lambda notice, now: [Answer("Accept", "/")])
    assert letters.answers(Notification(kind="lead.ignored"), NOW) == []
