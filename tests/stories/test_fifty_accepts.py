"""Fifty people press accept at once, over real HTTP: one wins, forty-nine hear who."""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.utils import timezone

from abm.api import tokens
from audit.models import OutboxMessage
from funnel import invariants, leads
from funnel.models import Handoff, Lead, LeadMove
from tests.addresses import database_url
from tests.funnel import people
from users.models import Team, User
from users.roles import Role

MANY = 50


@pytest.fixture
def deciders(transactional_db: None) -> list[User]:
    """The rep the lead was handed to, and forty-nine sales managers who may answer too."""
    people.build()
    team = Team.objects.get(name="Sales 1")
    named = [(f"decider{number}", Role.REP if number == 0 else Role.SALES_MANAGER) for number in range(MANY)]
    return [
        User.objects.create(username=name, name=name, role=role, team=team, is_service=True) for name, role in named
    ]


@pytest.fixture
def lead(deciders: list[User]) -> Lead:
    """Handed over just now."""
    now = timezone.now()
    marketing = User.objects.get(username="lead_marketer"), User.objects.get(username="marketer")
    made = leads.create(account=people.Account.objects.get(), by=marketing[1], now=now)
    leads.qualify_off_list(made, by=marketing[0], now=now, reason="Asked for it")
    leads.hand_over(made, assignee=deciders[0], by=marketing[1], now=now)
    return made


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    """The production server with its workers, on the test database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": database_url(), "PORT": str(port), "ABM_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "gunicorn", "abm.wsgi", "--backlog", "128"]
    gunicorn = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield until_ready(f"http://127.0.0.1:{port}")
    finally:
        gunicorn.terminate()
        gunicorn.wait(timeout=30)


def until_ready(url: str) -> str:
    """Waits until somebody answers there; a refusal is an answer."""
    for _ in range(300):
        try:
            urlopen(f"{url}/api/v1/me/", timeout=10)  # noqa: S310 (our own server)
        except HTTPError:
            return url
        except (URLError, TimeoutError):  # not listening yet, or still importing on a busy machine
            time.sleep(0.1)
    raise TimeoutError(url)


def test_fifty_accepts_of_one_lead_have_one_winner(server: str, deciders: list[User], lead: Lead) -> None:
    address = f"{server}/api/v1/leads/{lead.public_id}/accept/"
    secrets, together = [bearer(user) for user in deciders], Barrier(MANY)

    def accept(secret: str) -> tuple[int, dict[str, Any]]:
        together.wait(timeout=30)
        return post(address, secret, {"next_action": "Call", "next_action_on": "2026-12-01"})

    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(accept, secrets))
    assert Counter(status for status, _ in answers) == {200: 1, 409: MANY - 1}
    accepted = LeadMove.objects.select_related("by").get(lead=lead, move="accept")
    named = {"id": str(accepted.by.public_id), "name": accepted.by.name}
    assert [told["answered_by"] for status, told in answers if status == 409] == [named] * (MANY - 1)
    assert OutboxMessage.objects.filter(topic="lead.accepted").count() == 1
    assert Handoff.objects.get(lead=lead).decided_by == accepted.by
    assert list(invariants.check(now=timezone.now())) == []


def bearer(user: User) -> str:
    now = timezone.now()
    expires_at = now + timedelta(hours=1)
    return tokens.issue(user, name="story", scopes="write", by=user, now=now, expires_at=expires_at)[1]


def post(address: str, secret: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    request = Request(address, json.dumps(body).encode(), headers)  # noqa: S310 (our own server)
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)
