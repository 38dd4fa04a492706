"""The hand-over metrics over leads with hand-set milestones."""

from datetime import timedelta

import pytest

from funnel import metrics
from funnel.models import Lead, RejectReason
from tests import make
from tests.funnel.cohort_rows import AS_OF, HANDED_OVER, lead, leads
from users.roles import Role

pytestmark = pytest.mark.django_db


def value(key, **terms):
    [row] = metrics.evaluate([key], **{"as_of": AS_OF, **terms})
    return row.numerator, row.denominator


def count(key, **terms):
    return value(key, **terms)[0]


def partition(**terms):
    return [count(key, **terms) for key in ("leads_matured", "leads_rejected", "leads_ignored")] + [
        count("sal_rate_in_time", **terms)
    ]


def test_an_accept_by_the_due_is_accepted_in_time():
    lead(accepted_at=2.0)
    assert value("sal_rate_in_time") == (1, 1)
    assert value("sal_rate") == (1, 1)
    assert value("ignore_rate") == (0, 1)


def test_a_late_accept_still_counts_as_ignored():
    lead(accepted_at=2.1, ignored_at=2.0)
    assert value("ignore_rate") == (1, 1)
    assert value("sal_rate_in_time") == (0, 1)
    assert value("sal_rate") == (1, 1)
    assert value("ignore_rate_broad") == (0, 1)


def test_an_overdue_lead_is_ignored_before_the_job_has_been_there():
    lead(ignored_at=None)
    assert value("ignore_rate") == (1, 1)


def test_a_reject_by_the_due_is_rejected():
    lead(rejected_at=1.0)
    assert value("reject_rate") == (1, 1)
    assert value("ignore_rate") == (0, 1)


def test_a_late_reject_is_ignored():
    lead(rejected_at=3.0)
    assert value("reject_rate") == (0, 1)
    assert value("ignore_rate") == (1, 1)


def test_only_the_first_answer_counts_when_a_rejected_lead_is_accepted_later():
    lead(rejected_at=0.5, accepted_at=1.5)
    assert partition() == [1, 1, 0, 0]
    assert value("sal_rate") == (1, 1)


def test_only_the_first_answer_counts_when_an_accepted_lead_is_reclaimed_and_rejected():
    lead(accepted_at=0.5, rejected_at=1.5)
    assert partition() == [1, 0, 0, 1]


def test_an_acceptance_after_k_days_is_no_sal():
    lead(accepted_at=31)
    assert value("sal_rate") == (0, 1)
    assert value("sal_rate", k=31) == (1, 1)


def test_an_open_lead_stands_on_neither_side():
    lead(at=AS_OF - timedelta(days=1), accepted_at=0.5)
    assert value("sal_rate") == (0, 0)
    assert count("leads_open") == 1
    assert count("leads_handed_over") == 1


def test_a_rate_without_matured_leads_is_unknown():
    [row] = metrics.evaluate(["sal_rate"], as_of=AS_OF)
    assert (row.value, row.interval) == (None, None)


def test_a_lead_due_exactly_now_is_still_open():
    lead(at=AS_OF - timedelta(days=2))
    assert count("leads_matured") == 0
    assert count("leads_matured", as_of=AS_OF + timedelta(microseconds=1)) == 1


@pytest.mark.parametrize("origin", ["SALES", "PARTNER"])
def test_what_sales_or_a_partner_found_is_outside(origin):
    lead(origin=origin, accepted_at=0.0)
    assert count("leads_handed_over") == 0


def test_a_lead_recalled_before_its_due_leaves_the_denominator_but_shows_in_the_recall_rate():
    lead(withdrawn_at=1.0)
    lead(accepted_at=1.0)
    assert value("sal_rate") == (1, 1)
    assert value("recall_rate") == (1, 2)


def test_a_lead_merged_after_its_answer_keeps_its_first_outcome():
    lead(rejected_at=0.5, withdrawn_at=1.0)
    assert value("reject_rate") == (1, 1)
    assert value("recall_rate") == (0, 1)


def test_a_lead_merged_after_its_due_stays_ignored():
    lead(withdrawn_at=2.5)
    assert value("ignore_rate") == (1, 1)


def test_a_recall_that_has_not_happened_yet_does_not_exist():
    lead(due=10, withdrawn_at=5)
    assert count("leads_open", as_of=HANDED_OVER + timedelta(days=4)) == 1
    assert count("leads_open", as_of=HANDED_OVER + timedelta(days=6)) == 0


def test_what_happened_after_as_of_does_not_exist():
    lead(accepted_at=5, pipeline_at=10, won_at=20)
    early = HANDED_OVER + timedelta(days=4)
    assert [count(key, as_of=early) for key in ("sal_rate", "leads_pipeline", "leads_won")] == [0, 0, 0]
    assert [count(key) for key in ("sal_rate", "leads_pipeline", "leads_won")] == [1, 1, 1]


def test_a_lead_handed_over_after_as_of_does_not_exist():
    lead()
    assert count("leads_handed_over", as_of=HANDED_OVER - timedelta(seconds=1)) == 0


def test_a_ghost_is_accepted_but_not_followed_up():
    lead(accepted_at=1, ghost_at=4)
    lead(accepted_at=1)
    assert value("ghost_rate") == (1, 2)
    assert value("follow_up_rate") == (1, 2)
    assert value("ignore_rate_broad") == (1, 2)


def test_the_broad_ignore_rate_counts_each_unfollowed_lead_once():
    reason = RejectReason.objects.get(code="TIMING")
    lead(ignored_at=2)
    lead(ignored_at=2, accepted_at=5, ghost_at=8)
    lead(ignored_at=2, accepted_at=5)
    lead(rejected_at=1)
    lead(rejected_at=1, reject_reason=reason)
    assert value("ignore_rate_broad") == (3, 5)


def test_a_lead_given_up_was_never_answered():
    lead(ignored_at=2, gave_up_at=30)
    assert value("never_answered_rate") == (1, 1)


def test_pipeline_counts_within_k_days_of_hand_over():
    lead(accepted_at=1, pipeline_at=29)
    lead(accepted_at=1, pipeline_at=31)
    lead()
    assert value("pipeline_per_mql") == (1, 3)
    assert value("pipeline_per_sal") == (1, 2)


def test_win_rate_of_leads_is_among_the_decided():
    lead(accepted_at=1, pipeline_at=5, won_at=50)
    lead(accepted_at=1, pipeline_at=5, lost_at=50)
    lead(accepted_at=1, pipeline_at=5)
    assert value("lead_win_rate") == (1, 2)
    assert value("mql_to_won") == (1, 3)


def test_the_cohort_is_the_period_of_the_first_hand_over_in_local_days():
    lead(at=HANDED_OVER.replace(day=1, hour=14, minute=59))  # 1 June 23:59 in Tokyo
    lead(at=HANDED_OVER.replace(day=1, hour=15))  # 2 June 00:00 in Tokyo
    day = HANDED_OVER.date()
    assert count("leads_matured", date_from=day, date_to=day) == 1
    assert count("leads_matured", date_to=day - timedelta(days=1)) == 1


def test_samples_are_left_out_unless_named():
    lead(source=make.source("golden", is_sample=True), accepted_at=1)
    lead(source=make.source("ma"))
    lead(source=None)
    assert value("sal_rate") == (0, 2)
    assert value("sal_rate", filters={"source": "golden"}) == (1, 1)


def test_a_rep_counts_only_the_leads_visible_to_that_rep():
    rep, stranger = make.user(Role.REP), make.user(Role.REP, team=make.team("West"))
    lead(assignee=rep, team=rep.team, accepted_at=1)
    assert value("sal_rate", viewer=rep) == (1, 1)
    assert value("sal_rate", viewer=stranger) == (0, 0)


def test_a_rate_has_its_wilson_interval():
    leads(620, accepted_at=1)
    leads(380)
    [row] = metrics.evaluate(["sal_rate"], as_of=AS_OF)
    assert (row.value, [round(side * 100, 1) for side in row.interval]) == (0.62, [59.0, 65.0])


@pytest.mark.parametrize("part", ["numerator", "denominator"])
@pytest.mark.parametrize("metric", [m for m in metrics.dictionary() if m.unit == "rate" and m.subject.key == "leads"])
def test_every_number_opens_the_very_rows_it_counts(metric, part, assorted):
    for row in metrics.evaluate([metric.key], by=["source", "tier"], as_of=AS_OF):
        opened = metrics.rows(metric.key, part, as_of=AS_OF, filters=row.slice)
        assert opened.count() == getattr(row, part)


@pytest.fixture
def assorted():
    """Some of everything, in four slices."""
    for source in ("web", "fair"):
        for tier in ("1:1", ""):
            same = {"source": make.source(source), "tier": tier}
            lead(accepted_at=1, pipeline_at=9, won_at=40, **same)
            lead(accepted_at=1, ghost_at=4, **same)
            lead(accepted_at=3, pipeline_at=9, lost_at=40, **same)
            lead(rejected_at=1, **same)
            lead(withdrawn_at=1, **same)
            lead(ignored_at=2, gave_up_at=30, **same)
            lead(at=AS_OF - timedelta(days=1), **same)
    assert Lead.objects.count() == 28
