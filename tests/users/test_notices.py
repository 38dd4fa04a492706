"""Notices: one per user and event, read by whoever they are for."""

import pytest

from tests import make
from tests.make import NOW
from users import notices
from users.models import Notification, User

pytestmark = pytest.mark.django_db


def tell(user: User, key: str = "lead:1", **changes: object) -> None:
    said = {"text": "%(name)s waits.", "params": {"name": "青葉精機"}, "link": "/leads/1", "now": NOW}
    notices.tell(user.pk, key=key, **said | changes)


def test_one_event_is_told_once_in_its_first_words():
    user = make.user()
    tell(user)
    tell(user, text="Something else.")
    notice = Notification.objects.get()
    assert (notice.text, notice.params["name"], notice.created_at, notice.read_at) == (
        "%(name)s waits.", "青葉精機", NOW, None
    )  # fmt: skip


def test_two_users_are_each_told():
    for user in (make.user(), make.user()):
        tell(user)
    assert Notification.objects.count() == 2


def test_reading_marks_only_ones_own_and_only_what_is_new():
    reader, other = make.user(), make.user()
    tell(reader), tell(reader, "lead:2"), tell(other)
    assert (notices.read_all(reader, now=NOW), notices.read_all(reader, now=NOW)) == (2, 0)
    assert other.notifications.get().read_at is None


def test_what_was_read_is_not_told_again():
    user = make.user()
    tell(user)
    notices.read_all(user, now=NOW)
    tell(user)
    assert user.notifications.get().read_at == NOW
