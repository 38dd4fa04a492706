"""The stored counts: equal to live evaluation, renewed where something changed, read only where they can answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import TaskRun
from funnel import metrics, rollups, tasks
from funnel.cohorts import MEASURES
from funnel.measures import Terms
from funnel.models import CohortRollup, Lead, LeadMove
from tests import make
from tests.funnel.cohort_rows import AS_OF, lead, unsaved_lead
from users.roles import Role

pytestmark = pytest.mark.django_db
LEAD_METRICS = [metric.key for metric in metrics.dictionary() if metric.subject.key == "leads"]

days = st.one_of(st.none(), st.integers(0, 40))
some_leads = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(0, 300).map(lambda days: AS_OF - timedelta(days=days)),
            "due": st.integers(0, 10),
            "tier": st.sampled_from(["", "1:1"]),
            "on_list": st.booleans(),
            "existing": st.booleans(),
            "source": st.sampled_from(["web", "golden", None]),
            **dict.fromkeys(
                ["accepted_at", "rejected_at", "withdrawn_at", "ghost_at", "gave_up_at", "pipeline_at", "won_at"], days
            ),
        }
    ),
    max_size=15,
)


def figures(**terms):
    rows = metrics.evaluate(LEAD_METRICS, **terms)
    return {
        (row.metric.key, *row.slice.values()): (row.numerator, row.denominator, row.value, row.interval) for row in rows
    }


def columns(month="2025-06-01"):
    return CohortRollup.objects.filter(month=month).values_list("matured", "accepted", "open")


def move(of, seq=1):
    LeadMove.objects.create(
        lead=of, account=of.account, seq=seq, move="accept", to_stage="SAL", by=make.system(), at=AS_OF
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_leads, st.sampled_from([[], ["month"], ["fiscal_quarter", "source"], ["on_list", "tier", "existing"]]))
def test_stored_counts_equal_live_evaluation(rows, by):
    Lead.objects.all().delete()
    sources = {"web": make.source("web"), "golden": make.source("golden", is_sample=True), None: None}
    Lead.objects.bulk_create(unsaved_lead(**{**row, "source": sources[row["source"]]}) for row in rows)
    rollups.roll_up(now=AS_OF, everything=True)
    assert figures(by=by, stored=True) == figures(by=by, as_of=AS_OF)
    assert figures(filters={"source": "golden"}, stored=True) == figures(filters={"source": "golden"}, as_of=AS_OF)


def test_every_measure_has_its_column():
    fields = {field.name for field in CohortRollup._meta.get_fields()}
    assert set(MEASURES) <= fields


def test_rolling_up_twice_changes_nothing():
    lead(accepted_at=1)
    assert rollups.roll_up(now=AS_OF) == {"months": 1, "slices": 1}
    assert rollups.roll_up(now=AS_OF) == {"months": 0, "slices": 0}
    assert list(columns()) == [(1, 1, 0)]


def test_open_leads_mature_as_time_passes():
    made = lead()
    rollups.roll_up(now=made.due_at)
    assert list(columns()) == [(0, 0, 1)]
    assert rollups.roll_up(now=made.due_at + timedelta(seconds=1)) == {"months": 1, "slices": 1}
    assert list(columns()) == [(1, 0, 0)]


def test_a_month_is_counted_anew_when_a_lead_of_it_moved():
    now = timezone.now()
    made = lead(at=datetime(2025, 6, 2, tzinfo=UTC))
    lead(at=datetime(2025, 8, 2, tzinfo=UTC))
    rollups.roll_up(now=now)
    Lead.objects.filter(pk=made.pk).update(accepted_at=made.handed_over_at)
    assert rollups.changed_months(now) == []
    move(made)
    assert rollups.changed_months(now) == [date(2025, 6, 1)]
    rollups.roll_up(now=now)
    assert list(columns()) == [(1, 1, 0)]


def test_a_month_is_counted_anew_when_a_ghost_was_flagged_in_it():
    made = lead(accepted_at=1)
    rollups.roll_up(now=AS_OF)
    Lead.objects.filter(pk=made.pk).update(ghost_at=AS_OF + timedelta(seconds=1))
    assert rollups.changed_months(AS_OF + timedelta(minutes=1)) == [date(2025, 6, 1)]


def test_every_month_is_counted_anew_once_a_day():
    lead()
    rollups.roll_up(now=AS_OF)
    Lead.objects.all().delete()
    assert rollups.changed_months(AS_OF + timedelta(days=1)) == []
    assert rollups.roll_up(now=AS_OF + timedelta(days=1, seconds=1)) == {"months": 1, "slices": 0}
    assert not CohortRollup.objects.exists()


def test_a_first_roll_up_takes_all_months():
    assert rollups.changed_months(AS_OF) is None


def test_a_month_is_the_local_one():
    lead(at=datetime(2025, 5, 31, 15, 0, tzinfo=UTC))
    rollups.roll_up(now=AS_OF)
    assert list(columns()) == [(1, 0, 0)]


def test_the_database_refuses_counts_that_do_not_add_up():
    lead()
    rollups.roll_up(now=AS_OF)
    with pytest.raises(IntegrityError, match="cohort_rollup_partition"), transaction.atomic():
        CohortRollup.objects.update(ignored=0)


@pytest.mark.parametrize(
    ("by", "terms", "answers"),
    [
        ([], {}, True),
        (["month", "source", "partner"], {"start": date(2025, 4, 1), "to": date(2026, 3, 31)}, True),
        (["offering"], {}, False),
        ([], {"filters": {"reason": "TIMING"}}, False),
        ([], {"k": 14}, False),
        ([], {"start": date(2025, 4, 2)}, False),
        ([], {"to": date(2025, 4, 29)}, False),
    ],
)
def test_stored_counts_answer_what_they_hold(by, terms, answers):
    assert rollups.can_answer(by, Terms(as_of=AS_OF, **terms), None) is answers


@pytest.mark.parametrize(("role", "answers"), [(Role.SALES_MANAGER, True), (Role.ANALYST, True), (Role.REP, False)])
def test_stored_counts_answer_only_who_sees_all_leads(role, answers):
    assert rollups.can_answer([], Terms(as_of=AS_OF), make.user(role)) is answers


def test_what_the_stored_counts_cannot_answer_is_counted_live():
    lead(accepted_at=1)
    by_offering = metrics.evaluate(["sal_rate"], by=["offering"], stored=True, as_of=AS_OF)
    assert [row.value for row in by_offering] == [1.0]


def test_rows_of_stored_counts_open_the_leads_as_of_the_roll_up():
    made = lead()
    rollups.roll_up(now=made.due_at)
    [row] = metrics.evaluate(["leads_open"], stored=True)
    assert (row.value, row.link["as_of"]) == (1, made.due_at.isoformat())


def test_a_question_about_the_past_is_counted_live():
    lead()
    rollups.roll_up(now=AS_OF)
    [row] = metrics.evaluate(["leads_handed_over"], stored=True, as_of=AS_OF - timedelta(days=365))
    assert row.value == 0


def test_the_task_rolls_up_and_says_how_much():
    lead()
    tasks.roll_up()
    assert TaskRun.objects.get(task="funnel.roll_up").counts == {"months": 1, "slices": 1}
    assert list(columns()) == [(1, 0, 0)]
