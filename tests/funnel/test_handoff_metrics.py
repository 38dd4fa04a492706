"""Each delivery counts for whoever got it; what was taken away in time is nobody's failure."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel import follow_up, leads, metrics, overdue, rerouting
from funnel.models import Handoff, Lead
from tests import make
from tests.funnel.cohort_rows import AS_OF, HANDED_OVER, lead
from tests.funnel.people import DUE, MINUTE, NOW, waiting

PROMISE = {"next_action": "call", "next_action_on": NOW.date()}
DAY = timedelta(days=1)


def value(key, now=DUE + 3 * DAY, **terms):
    [row] = metrics.evaluate([f"handoff_{key}"], as_of=now, **terms)
    return row.numerator, row.denominator


def of(who):
    return {"filters": {"assignee": who.username}}


def test_a_second_delivery_is_a_second_chance_for_somebody_else(world):
    made = waiting(world)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    rerouting.reassign(made, by=world.manager, now=DUE + MINUTE, assignee=world.other_rep, cause="OTHER")
    leads.accept(made, by=world.other_rep, now=DUE + 2 * MINUTE, **PROMISE)
    later = {"now": DUE + 10 * DAY}
    assert value("ignore_rate", **of(world.rep), **later) == (1, 1)
    assert value("in_time_rate", **of(world.other_rep), **later) == (1, 1)
    assert value("sal_rate", **later) == (1, 2)


def test_what_is_taken_away_before_the_due_is_not_theirs(world):
    made = waiting(world)
    rerouting.reassign(made, by=world.manager, now=NOW + MINUTE, assignee=world.other_rep, cause="WORKLOAD")
    assert value("ignore_rate", **of(world.rep)) == (0, 0)
    assert value("ignore_rate", **of(world.other_rep)) == (1, 1)


def test_an_open_delivery_stands_on_neither_side(world):
    waiting(world)
    assert value("ignore_rate", now=DUE) == (0, 0)
    assert [row.value for row in metrics.evaluate(["handoffs_open", "handoffs_overdue"], as_of=DUE)] == [1, 0]


def test_an_ignored_delivery_is_overdue_until_it_is_answered(world):
    made = waiting(world)
    overdue.ignore_overdue(now=DUE + MINUTE, by=world.clock)
    counts = ["handoffs_open", "handoffs_overdue"]
    assert [row.value for row in metrics.evaluate(counts, as_of=DUE + MINUTE)] == [0, 1]
    leads.accept(made, by=world.rep, now=DUE + 2 * MINUTE, **PROMISE)
    assert [row.value for row in metrics.evaluate(counts, as_of=DUE + 2 * MINUTE)] == [0, 0]


def test_a_ghost_is_whose_acceptance_it_was(world):
    made = waiting(world)
    leads.accept(made, by=world.rep, now=NOW + MINUTE, **PROMISE)
    rerouting.reclaim(made, by=world.manager, now=NOW + 2 * MINUTE, assignee=world.other_rep)
    leads.accept(made, by=world.other_rep, now=NOW + 3 * MINUTE, **PROMISE)
    Lead.objects.update(first_touch_due_at=NOW + DAY)
    follow_up.flag_ghosts(now=NOW + 2 * DAY, by=world.clock)
    later = {"now": DUE + 10 * DAY}
    assert value("ghost_rate", **of(world.rep), **later) == (0, 1)
    assert value("ghost_rate", **of(world.other_rep), **later) == (1, 1)


outcomes = st.sampled_from(["", "ACCEPTED", "REJECTED", "IGNORED", "REASSIGNED", "WITHDRAWN"])
some_handoffs = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 6), outcomes, st.integers(0, 12), st.booleans()), max_size=12
)


def store(told, sent_by):
    """Handoffs as they may stand: sent so many days before AS_OF, due and decided so many days later."""
    for ago, due, outcome, decided, asked in told:
        sent = AS_OF - timedelta(days=ago)
        when = due if outcome == "IGNORED" else decided
        made = lead(at=HANDED_OVER, question_at=sent if asked else None)
        Handoff.objects.create(
            lead=made, account=made.account, number=1, assignee=sent_by, sent_by=sent_by, sent_at=sent,
            due_at=sent + timedelta(days=due), outcome=outcome,
            decided_at=sent + timedelta(days=when) if outcome else None,
        )  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_handoffs)
def test_every_matured_delivery_is_one_of_three(db, told):
    Handoff.objects.all().delete()
    store(told, make.system())
    keys = ["in_time_rate", "reject_rate", "ignore_rate"]
    for row in metrics.evaluate([f"handoff_{key}" for key in keys], by=["month"], as_of=AS_OF):
        assert row.denominator is not None
    totals = [value(key, now=AS_OF) for key in keys]
    assert sum(counted for counted, _ in totals) == totals[0][1]
