"""Incremental and full: the same scores, whatever the order and the batches."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit import outbox
from audit.models import Entry
from engagement import touches
from engagement.models import Touch, UncountedTouch
from scoring import recompute
from scoring.models import Score, ScoringRule
from tests import make
from tests.scoring.worlds import Draw, World, are_same, kept, naive, naive_persons, persons

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(days=9, hours=5)

draws = st.tuples(
    st.integers(0, 3), st.integers(0, 4), st.integers(0, 2), st.integers(0, 5),
    st.sampled_from([0, 1, 50, 90, 400]), st.integers(0, 40), st.integers(0, 9).map(bool),
)  # fmt: skip


def record(batch: Sequence[Touch]) -> list[int]:
    return [touch.pk for touch in touches.record(batch, by=make.system(), now=make.NOW)]


def run() -> dict[str, int]:
    return recompute.run(by=make.system(), now=make.NOW)


class AnyOrder(TestCase):
    """hypothesis needs a TestCase to roll each example back."""

    @settings(max_examples=30)
    @given(st.lists(draws, min_size=8, max_size=30), st.data())
    def test_adding_in_any_order_and_batching_equals_counting_everything(
        self, drawn: list[Draw], data: st.DataObject
    ) -> None:
        world, rule = World(), ScoringRule.objects.in_force()
        waiting = [world.touch(draw) for draw in drawn]
        while waiting:
            size = data.draw(st.integers(1, len(waiting)))
            recorded = record(waiting[:size])
            waiting = waiting[size:]
            for part in data.draw(_split(recorded)):
                recompute.add(part, now=make.NOW)
        added, who = kept(LATER, rule), persons()
        assert are_same(added, naive(LATER, rule))
        assert who == naive_persons(rule)
        run()
        assert are_same(added, kept(LATER, rule))
        assert persons() == who


def _split(ids: list[int]) -> st.SearchStrategy[list[list[int]]]:
    """The ids in any order, cut in two anywhere."""
    return st.permutations(ids).flatmap(
        lambda mixed: st.integers(0, len(mixed)).map(lambda cut: [mixed[cut:], mixed[:cut]])
    )


def deliver() -> dict[str, int]:
    return outbox.deliver(now=make.NOW, lane=outbox.SCORES)


def test_a_recorded_touch_reaches_the_score_through_the_outbox() -> None:
    account = make.account()
    make.touch(account, minutes=30)
    assert deliver() == {"delivered": 1, "failed": 0}
    assert [score.engagement for score in Score.objects.at(make.NOW, ScoringRule.objects.in_force())] == [
        pytest.approx(30)
    ]


def test_the_same_touch_is_never_added_twice() -> None:
    touch = make.touch(make.account())
    assert recompute.add([touch.pk], now=make.NOW)["touches"] == 1
    before = list(Score.objects.values())
    assert recompute.add([touch.pk], now=make.NOW) == {"touches": 0, "scores": 0, "qualified": 0}
    deliver()
    assert list(Score.objects.values()) == before


def test_a_recompute_counts_what_waits_and_what_waits_is_not_counted_again() -> None:
    make.touch(make.account())
    assert run()["waiting"] == 1
    before = list(Score.objects.values())
    deliver()
    assert list(Score.objects.values()) == before
    assert not UncountedTouch.objects.exists()


def test_a_touch_still_waiting_is_no_part_of_a_neighbour_s_day() -> None:
    account = make.account()
    person = make.person(account)
    first = make.touch(account, person=person, minutes=100)
    make.touch(account, person=person, minutes=100)
    recompute.add([first.pk], now=make.NOW)
    assert kept(make.NOW, ScoringRule.objects.in_force()) == {(account.pk, None, None): pytest.approx(100)}


def test_a_later_touch_takes_its_share_of_a_full_day() -> None:
    account = make.account()
    person, items = make.person(account), [make.offering() for _ in range(3)]
    for item in items:
        touch = make.touch(account, person=person, offering=item, minutes=120)
        recompute.add([touch.pk], now=make.NOW)
    found = kept(make.NOW, ScoringRule.objects.in_force())
    assert found == {(account.pk, None, item.pk): pytest.approx(40) for item in items}


def test_a_second_recompute_corrects_nothing() -> None:
    world = World()
    record([world.touch((n % 4, n % 5, n % 3, n % 6, 30, n, True)) for n in range(40)])
    assert run()["corrected"] > 0
    assert run()["corrected"] == 0


def test_a_recompute_drops_scores_whose_touches_are_gone() -> None:
    make.touch(make.account())
    deliver()
    Touch.objects.all().delete()
    assert run()["dropped"] == 1
    assert not Score.objects.exists()


def test_a_recompute_hears_of_a_corrected_rank() -> None:
    account = make.account()
    person = make.person(account)
    make.touch(account, person=person, minutes=30)
    deliver()
    person.affiliations.update(rank="EXECUTIVE")
    run()
    assert kept(make.NOW, ScoringRule.objects.in_force()) == {(account.pk, None, None): pytest.approx(60)}


def test_a_recompute_is_in_the_audit_trail() -> None:
    counts = run()
    entry = Entry.objects.get(act="recompute.run")
    assert (entry.detail, entry.object_type) == (counts, "scoring.scoringrule")


def test_a_touch_older_than_the_landmark_counts_next_to_nothing_and_breaks_nothing() -> None:
    account = make.account()
    make.touch(account, kind="PAGE_VIEW", at=make.NOW.replace(year=1970))
    deliver()
    assert kept(make.NOW, ScoringRule.objects.in_force()) == {(account.pk, None, None): pytest.approx(0)}


@pytest.mark.parametrize("many", [10, 1000])
def test_a_batch_costs_the_same_few_statements_whatever_its_size(many: int) -> None:
    world = World()
    ids = record([world.touch((n % 4, n % 5, n % 3, n % 6, 30, n % 150, True)) for n in range(many)])
    with CaptureQueriesContext(connection) as queries:
        recompute.add(ids, now=make.NOW)
    statements = [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]
    lock, take, rule, add, cool, hot, warm, tell, gate = statements
    assert (lock, take, rule, add, cool, hot, warm, tell, gate) == (
        "SELECT", "DELETE", "SELECT", "INSERT", "UPDATE", "SELECT", "UPDATE", "INSERT", "SELECT",
    )  # fmt: skip
