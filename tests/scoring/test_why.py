"""Why a score is what it is, now and at any past moment."""

import math
from datetime import timedelta

import pytest

from audit import outbox
from scoring import recompute, why
from scoring.models import Score, ScoringRule
from tests import make
from tests.scoring.worlds import World, kept

pytestmark = pytest.mark.django_db
NOW = make.NOW


def record_many(world: World) -> None:
    for number in range(60):
        touch = world.touch((number % 4, number % 5, number % 3, number % 6, number, number * 3, number % 7 > 0))
        touch.save()
    recompute.run(by=make.system(), now=NOW)


def test_the_parts_add_up_to_the_score_exactly() -> None:
    world = World()
    record_many(world)
    found = why.explain(world.accounts[0].pk, at=NOW)
    assert len(found.parts) > 10
    assert found.value == math.fsum(part.value for part in found.parts)


def test_every_kept_score_is_explained_to_a_billionth() -> None:
    world, rule = World(), ScoringRule.objects.in_force()
    record_many(world)
    scores = kept(NOW, rule)
    assert len(scores) > 6
    for (account, department, offering), value in scores.items():
        found = why.explain(account, department_id=department, offering_id=offering, at=NOW)
        assert found.value == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_an_account_is_the_sum_of_its_departments_and_of_its_persons() -> None:
    world = World()
    record_many(world)
    account = world.accounts[0].pk
    whole = why.explain(account, at=NOW)
    places = {part.touch.department for part in whole.parts}
    people = {part.touch.person for part in whole.parts}
    by_place = [why.explain(account, department_id=place, at=NOW).value for place in places]
    by_person = [math.fsum(p.value for p in whole.parts if p.touch.person == one) for one in people]
    assert math.fsum(by_place) == pytest.approx(whole.value, rel=1e-12)
    assert math.fsum(by_person) == pytest.approx(whole.value, rel=1e-12)


def test_a_past_score_is_what_it_was_then() -> None:
    account = make.account()
    make.touch(account, minutes=40, at=NOW - timedelta(days=2))
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    then = NOW - timedelta(days=1)
    rule = ScoringRule.objects.in_force()
    was = Score.objects.at(then, rule).get().engagement
    make.touch(account, minutes=40)
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    assert why.explain(account.pk, at=then).value == pytest.approx(was)
    assert why.explain(account.pk, at=NOW - timedelta(days=3)).value == 0


def test_the_rule_then_in_force_counts_at_a_past_moment() -> None:
    first = ScoringRule.objects.in_force()
    ScoringRule.objects.create(
        version=2, weights=first.weights, threshold=10, cap=5, landmark=first.landmark, published_at=NOW,
        published_by=make.system(),
    )  # fmt: skip
    ScoringRule.objects.filter(version=1).update(published_at=NOW - timedelta(days=9))
    versions = [ScoringRule.objects.in_force(NOW + timedelta(days=d)).version for d in (-20, -1, 0, 1)]
    assert versions == [1, 1, 2, 2]
    assert ScoringRule.objects.in_force().version == 2


def test_breadth_stands_beside_the_score() -> None:
    account = make.account()
    for number in range(4):
        make.touch(account, person=make.person(account), minutes=number + 1)
    make.touch(account, minutes=1)
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    found = why.explain(account.pk, at=NOW)
    assert (found.persons, found.breadth, found.value) == (4, 1.5, pytest.approx(11))
    assert Score.objects.get().persons == 4


def test_what_would_raise_it_is_said_in_minutes() -> None:
    account = make.account()
    make.touch(account, minutes=40)
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    found = why.what_would_raise(why.explain(account.pk, at=NOW))
    assert found == why.Raise(missing=20, kind="SEMINAR_ATTENDED", minutes=20)
    assert str(found) == "20 points are missing: for example 20 minutes at a seminar."


def test_over_the_threshold_nothing_needs_to_raise_it() -> None:
    account = make.account()
    make.touch(account, minutes=60)
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    found = why.explain(account.pk, at=NOW)
    assert found.is_over
    assert why.what_would_raise(found) is None


def test_many_parts_are_kept_as_the_strongest_and_one_sum() -> None:
    account = make.account()
    for minutes in range(1, 31):
        make.touch(account, minutes=minutes, at=NOW - timedelta(days=minutes))
    outbox.deliver(now=NOW, lane=outbox.SCORES)
    found = why.explain(account.pk, at=NOW)
    stored = found.as_json()
    assert (len(stored["parts"]), stored["rest"]["touches"]) == (20, 10)
    shown = math.fsum(part["value"] for part in stored["parts"])
    assert shown + stored["rest"]["value"] == pytest.approx(stored["value"], rel=1e-12)


def test_explaining_costs_two_statements(django_assert_num_queries: object) -> None:
    world, rule = World(), ScoringRule.objects.in_force()
    record_many(world)
    with django_assert_num_queries(2):  # type: ignore[operator]
        why.explain(world.accounts[0].pk, at=NOW, rule=rule)
