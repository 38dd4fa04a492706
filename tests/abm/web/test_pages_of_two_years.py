"""Pages that hold one year against the other, and periods nobody meant."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.funnel.cohort_rows import AS_OF, lead
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_end_of_the_fiscal_year() -> Iterator[None]:
    with time_machine.travel(AS_OF, tick=False):
        yield


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(make.user(Role.ANALYST))
    return client


def year(number: int, *answers: float | None, **fields: object) -> None:
    """Leads handed over in June: accepted so many days later (and in the pipeline the day after), or never."""
    for accepted in answers:
        later = {} if accepted is None else {"accepted_at": accepted, "pipeline_at": accepted + 1}
        lead(at=datetime(number, 6, 3, 1, tzinfo=UTC), **later, **fields)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_funnel_says_what_the_change_is_made_of(analyst):
    year(2024, None, 1)
    year(2025, 1, 1)
    shown = page(analyst, "/funnel/")
    assert [words in shown for words in ("Behaviour", "of it: accepting", "of it: converting")] == [True] * 3


def test_a_first_year_is_held_against_nothing(analyst):
    year(2025, 1, None)
    assert "of it: accepting" not in page(analyst, "/funnel/")


def test_a_golden_case_shows_both_whole_years(analyst):
    sample = make.source("golden", name="見本", is_sample=True)
    year(2023, None, 1, source=sample)
    year(2024, 1, 1, source=sample)
    shown = page(analyst, "/metrics/golden/")
    assert [words in shown for words in ("見本", "50.0 %", "100.0 %", "+50.0")] == [True] * 4


def test_a_golden_case_without_leads_divides_by_nothing(analyst):
    make.source("golden", name="見本", is_sample=True)
    shown = page(analyst, "/metrics/golden/")
    assert "見本" in shown
    assert "of it: accepting" not in shown


def test_without_golden_cases_that_is_said(analyst):
    assert "No golden case here" in page(analyst, "/metrics/golden/")


@pytest.mark.parametrize(
    "query",
    [
        "date_from=2026-02-28&date_to=2025-04-01",
        "date_from=2020-01-01&date_to=2026-01-01",
        "date_from=2024-02-29&date_to=2024-02-29",
        "date_to=2099-12-31",
        "date_from=昨日",
        "by=weather",
        "tier=9",
        "team=999999",
        "source=%00",
    ],
)
def test_a_period_or_slice_nobody_meant_is_still_a_page(analyst, query):
    year(2025, 1, None)
    assert "<h1" in page(analyst, f"/funnel/?{query}")
