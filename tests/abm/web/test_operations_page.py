"""The operations page."""

import pytest

from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "daily", "often"), [("ja", "毎日 03:00", "30秒ごと"), ("en", "daily at 03:00", "every 30 s")]
)
def test_what_runs_when_is_told_in_words(client, language, daily, often):
    client.force_login(make.user(role=Role.ADMIN, language=language))
    page = client.get("/operations/").content.decode()
    assert daily in page
    assert often in page
    assert "crontab" not in page
