"""Idempotency-Key: asking twice has one effect and one answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from abm.api import once, tasks
from abm.api.models import KeptAnswer
from funnel.models import Lead, LeadMove
from tests.funnel import people
from tests.funnel.people import NOW

NEXT = {"next_action": "Call", "next_action_on": "2026-11-26"}
KEY = {"idempotency-key": "7f3c"}


@pytest.mark.django_db
def test_the_same_request_is_answered_the_same_and_done_once(world, ask, lead):
    client, address = ask(world.rep), f"/leads/{lead.public_id}/accept/"
    first, second = (client.post(address, NEXT, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert LeadMove.objects.filter(move="accept").count() == 1


@pytest.mark.django_db
def test_a_created_rows_address_is_given_again(world, ask):
    body = {"account": str(world.account.public_id)}
    first, second = (ask(world.marketer).post("/leads/", body, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code, Lead.objects.count()) == (201, 201, 1)
    assert first.headers["Location"] == second.headers["Location"]


@pytest.mark.django_db
def test_a_key_used_for_another_request_is_refused(world, ask, lead):
    client, address = ask(world.rep), f"/leads/{lead.public_id}/accept/"
    client.post(address, NEXT, headers=KEY)
    before = people.everything()
    for other in ({"reason": "TIMING"}, NEXT | {"next_action": "Visit"}):
        answer = client.post(address, other, headers=KEY)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:abm:problem:key-reused")
    assert people.everything() == before


@pytest.mark.django_db
def test_a_refusal_is_an_answer_too(world, ask, lead):
    client, address = ask(world.other_rep), f"/leads/{lead.public_id}/accept/"
    first, second = (client.post(address, NEXT, headers=KEY) for _ in range(2))
    assert (first.status_code, first.content) == (409, second.content)
    assert second.headers["Content-Type"] == "application/problem+json"
    assert first.json()["code"] == "assignee_or_manager"


@pytest.mark.django_db
def test_keys_of_two_users_are_two_keys(world, ask, lead):
    address = f"/leads/{lead.public_id}/accept/"
    assert ask(world.other_rep).post(address, NEXT, headers=KEY).status_code == 409
    assert ask(world.rep).post(address, NEXT, headers=KEY).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none_is_refused(world, ask, lead, key):
    answer = ask(world.rep).post(f"/leads/{lead.public_id}/accept/", NEXT, headers={"idempotency-key": key})
    assert answer.status_code == 400
    assert KeptAnswer.objects.count() == 0


@pytest.mark.django_db
def test_an_unexpected_error_keeps_nothing(world, ask, lead, monkeypatch):
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("abm.api.leads.Leads.shown", fails)
    with pytest.raises(RuntimeError):
        ask(world.rep).post(f"/leads/{lead.public_id}/accept/", NEXT, headers=KEY)
    assert (KeptAnswer.objects.count(), LeadMove.objects.filter(move="accept").count()) == (0, 0)


@pytest.mark.django_db
def test_answers_are_kept_for_two_days(world, ask, lead):
    ask(world.rep).post(f"/leads/{lead.public_id}/accept/", NEXT, headers=KEY)
    assert once.forget_old(now=NOW + timedelta(hours=48)) == 0
    assert once.forget_old(now=NOW + timedelta(hours=48, seconds=1)) == 1


@pytest.mark.django_db
def test_the_nightly_task_forgets_what_is_old(world, ask, lead, at_a_standstill):
    ask(world.rep).post(f"/leads/{lead.public_id}/accept/", NEXT, headers=KEY)
    at_a_standstill.shift(timedelta(days=3))
    tasks.forget_answers()
    assert KeptAnswer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect_and_identical_answers(ask):
    world = people.build()
    people.sign_list(world)
    lead, together = people.waiting(world), Barrier(20)

    def accept(_: int) -> tuple[int, bytes]:
        try:
            client = ask(world.rep)
            together.wait(timeout=30)
            answer = client.post(f"/leads/{lead.public_id}/accept/", NEXT, headers=KEY)
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(accept, range(20)))
    assert [status for status, _ in answers] == [200]
    assert LeadMove.objects.filter(move="accept").count() == 1
