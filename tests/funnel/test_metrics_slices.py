"""Dimensions: codes, labels, filters, periods; and that every slice is a partition."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel import metrics
from funnel.cohorts import DIMENSIONS
from funnel.metrics import UnknownMetric, UnknownSlice
from funnel.models import Lead, RejectReason
from funnel.slices import fiscal_year_end, fiscal_year_of, fiscal_year_start
from tests import make
from tests.funnel.cohort_rows import AS_OF, lead, unsaved_lead

pytestmark = pytest.mark.django_db
PARTITION = ["sal_rate_in_time", "reject_rate", "ignore_rate", "leads_matured"]


def counts(by, key="leads_matured", **terms):
    rows = metrics.evaluate([key], by=[by], **{"as_of": AS_OF, **terms})
    return {row.slice[by]: row.numerator for row in rows}


def labels(by):
    return [row.labels[by] for row in metrics.evaluate(["leads_matured"], by=[by], as_of=AS_OF)]


@pytest.mark.parametrize(
    ("by", "codes"),
    [
        ("month", ["2025-03", "2025-04", "2025-12"]),
        ("quarter", ["2025-Q1", "2025-Q2", "2025-Q4"]),
        ("fiscal_quarter", ["FY2024-Q4", "FY2025-Q1", "FY2025-Q3"]),
        ("fiscal_year", ["FY2024", "FY2025"]),
    ],
)
def test_periods_are_those_of_the_local_day(by, codes):
    for at in (
        datetime(2025, 3, 31, 14, 59, tzinfo=UTC),
        datetime(2025, 3, 31, 15, 0, tzinfo=UTC),
        datetime(2025, 12, 31, 14, 59, tzinfo=UTC),
    ):
        lead(at=at)
    assert list(counts(by)) == codes
    for code, number in counts(by).items():
        assert counts(by, filters={by: code}) == {code: number}


@pytest.mark.parametrize("code", ["2025-13", "2025-00", "25-01", "2025", "FY2025-01", "2025-Q1", "x", "2025-01 "])
def test_a_month_that_is_none_is_refused(code):
    with pytest.raises(UnknownSlice, match="not a period"):
        counts("month", filters={"month": code})


def test_fiscal_periods_follow_the_configured_first_month(settings):
    settings.FISCAL_YEAR_START_MONTH = 2
    quarter = DIMENSIONS["fiscal_quarter"]
    assert quarter.code(date(2025, 2, 1)) == "FY2025-Q1"
    assert quarter.code(date(2026, 1, 1)) == "FY2025-Q4"
    assert quarter.value("FY2025-Q4") == date(2025, 11, 1)
    assert fiscal_year_of(date(2026, 1, 31)) == 2025
    assert (fiscal_year_start(2025), fiscal_year_end(2025)) == (date(2025, 2, 1), date(2026, 1, 31))


def test_slices_have_codes_for_machines_and_labels_for_people():
    team = make.team("East")
    rep = make.user(username="anna", name="Anna", team=team)
    lead(first_team=team, first_assignee=rep, source=make.source("web", name="Web site"), tier="1:1", on_list=True)
    row = metrics.evaluate(["sal_rate"], by=["team", "assignee", "source", "tier", "on_list"], as_of=AS_OF)[0]
    assert row.slice == {
        "team": str(team.public_id), "assignee": str(rep.public_id), "source": "web", "tier": "1:1", "on_list": "yes",
    }  # fmt: skip
    assert list(row.labels.values()) == ["East", "Anna", "Web site", "1:1", "on a list"]


def test_filters_take_public_names_as_well_as_codes():
    lead(first_team=make.team("East"))
    lead(first_team=make.team("West"))
    east = str(make.team("East").public_id)
    assert counts("team", filters={"team": "East"}) == counts("team", filters={"team": east}) == {east: 1}


def test_what_is_not_known_is_a_slice_and_comes_last():
    for source in (make.source("web"), None, make.source("fair")):
        lead(source=source)
    assert labels("source") == ["FAIR", "WEB", "(not known)"]
    assert counts("source", filters={"source": ""}) == {"": 1}


def test_only_teams_of_partners_are_partners():
    firm = make.team("Firm", "PARTNER")
    lead(first_team=firm)
    lead(first_team=make.team("East"))
    assert counts("partner") == {str(firm.public_id): 1, "": 1}
    assert counts("partner", filters={"partner": "Firm"}) == {str(firm.public_id): 1}


def test_reasons_speak_the_readers_language():
    lead(rejected_at=1, reject_reason=RejectReason.objects.get(code="TIMING"))
    assert labels("reason") == ["Too early"]
    with translation.override("ja"):
        assert labels("reason") == ["時期尚早"]


def test_a_list_slice_holds_all_its_versions():
    wanted = make.active_list(make.account())
    lead(list_version=wanted.versions.get())
    lead()
    assert counts("list") == {str(wanted.public_id): 1, "": 1}


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({"by": ["colour"]}, "no dimension here. There are: month"),
        ({"filters": {"colour": "red"}}, "no dimension here"),
        ({"filters": {"team": "Nowhere"}}, "no Team “Nowhere”"),
        ({"filters": {"on_list": "perhaps"}}, "yes or no"),
    ],
)
def test_unknown_slices_are_refused_by_name(terms, text):
    with pytest.raises(UnknownSlice, match=text):
        metrics.evaluate(["sal_rate"], **terms)


def test_an_unknown_metric_is_refused_with_the_list_of_keys():
    with pytest.raises(UnknownMetric, match="sal_rate, sal_rate_in_time"):
        metrics.evaluate(["sales"])


def test_a_part_that_a_metric_does_not_have_is_refused():
    with pytest.raises(UnknownMetric, match="denominator"):
        metrics.rows("leads_matured", "denominator")


days = st.one_of(st.none(), st.floats(0, 40).map(lambda x: round(x, 2)))
milestones = st.fixed_dictionaries(
    {
        "due": st.floats(0, 10).map(lambda x: round(x, 2)),
        "accepted_at": days,
        "rejected_at": days,
        "withdrawn_at": days,
        "ghost_at": days,
        "gave_up_at": days,
        "pipeline_at": days,
        "won_at": days,
        "origin": st.sampled_from(["MARKETING", "MARKETING", "SALES"]),
        "tier": st.sampled_from(["", "1:1", "1:few"]),
        "on_list": st.booleans(),
    }
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(milestones, max_size=12), st.integers(0, 60))
def test_accepted_rejected_and_ignored_are_the_matured_in_every_slice(rows, age):
    Lead.objects.all().delete()
    Lead.objects.bulk_create(unsaved_lead(**row) for row in rows)
    as_of = unsaved_lead().handed_over_at + timedelta(days=age)
    for by in ([], ["tier"], ["tier", "on_list"]):
        found = {}
        for row in metrics.evaluate(PARTITION, by=by, as_of=as_of):
            found.setdefault(tuple(row.slice.values()), []).append(row)
        for accepted, rejected, ignored, matured in found.values():
            assert accepted.numerator + rejected.numerator + ignored.numerator == matured.numerator
            assert accepted.denominator == matured.numerator


def test_many_metrics_and_slices_cost_one_grouped_query(django_assert_num_queries):
    for name in ("web", "fair", "mail"):
        lead(source=make.source(name), first_team=make.team(name))
    with django_assert_num_queries(4):  # the sample sources, the leads, the names of teams and of sources
        rows = metrics.evaluate(PARTITION, by=["team", "source"], as_of=AS_OF)
    assert len(rows) == 3 * len(PARTITION)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_days_beyond_all_calendars_are_refused(day: date) -> None:
    with pytest.raises(metrics.UnknownSlice, match="from 1970-01-01 to 2199-12-31"):
        metrics.evaluate(["sal_rate"], date_from=day)
