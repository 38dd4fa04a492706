"""The operations page."""

import pytest
from django.utils import timezone

from audit import runs
from audit.enums import RunState
from audit.models import TaskRun
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


def test_a_run_whose_worker_was_killed_does_not_look_as_if_it_ran(client):
    TaskRun.objects.create(task="scoring.recompute_all", state=RunState.RUNNING, started_at=timezone.now())
    client.force_login(make.user(role=Role.ADMIN, language="en"))
    page = client.get("/operations/").content.decode()
    assert "Running" not in page
    assert page.count("Failed") == 1
    assert "WorkerLost" in page


def test_a_run_under_way_is_shown_as_running(client):
    client.force_login(make.user(role=Role.ADMIN, language="en"))
    with runs.recorded("scoring.recompute_all"):
        page = client.get("/operations/").content.decode()
    assert "Running" in page
    assert "WorkerLost" not in page
