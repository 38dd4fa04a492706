"""Metrics over HTTP: the dictionary, values with their parts, and the very rows."""

import pytest

from funnel import leads
from funnel.enums import Stage
from tests import make
from tests.funnel import people
from tests.funnel.people import DUE, MINUTE, NOW

pytestmark = pytest.mark.django_db

MATURED = {"as_of": "2026-12-31T00:00:00Z"}


@pytest.fixture
def cohort(world: people.World) -> people.World:
    """Four leads handed over: two accepted, one rejected, one never answered."""
    for number, answer in enumerate(("accept", "accept", "reject", "")):
        department = make.department(world.account, f"部門{number}")
        lead = people.lead_at(world, Stage.MQL, department=department)
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
        if answer == "accept":
            leads.accept(lead, by=world.rep, now=NOW, next_action="Call", next_action_on=NOW.date())
        if answer == "reject":
            leads.reject(lead, by=world.rep, now=NOW, reason="NO_NEED")
        if not answer:
            leads.ignore(lead, by=world.clock, now=DUE + MINUTE)
    return world


def test_the_dictionary_defines_every_number(world, ask):
    found = {metric["key"]: metric for metric in ask(world.rep).get("/metrics/").json()}
    assert found["sal_rate"]["definition"] == "Accepted within k days of hand-over ÷ matured leads."
    assert (found["sal_rate"]["unit"], found["win_rate"]["unit"]) == ("rate", "rate")
    assert "team" in found["sal_rate"]["dimensions"]


def test_a_value_comes_with_its_parts_interval_and_rows(cohort, ask):
    client = ask(cohort.marketer)
    answer = client.get("/metrics/sal_rate/", MATURED).json()
    (row,) = answer["results"]
    assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 2, 4)
    assert [round(side, 3) for side in row["interval"]] == [0.15, 0.85]
    assert answer["metric"]["key"] == "sal_rate"
    counted = {part: client.get(address).json()["results"] for part, address in row["rows"].items()}
    assert [len(counted["numerator"]), len(counted["denominator"])] == [2, 4]
    assert {lead["stage"] for lead in counted["numerator"]} == {"SAL"}


def test_slices_have_codes_labels_and_rows_of_their_own(cohort, ask):
    client = ask(cohort.marketer)
    results = client.get("/metrics/ignore_rate/", MATURED | {"by": "team,tier"}).json()["results"]
    (row,) = results
    assert (row["labels"]["team"], row["labels"]["tier"], row["numerator"]) == ("Sales 1", "1:few", 1)
    assert len(client.get(row["rows"]["numerator"]).json()["results"]) == 1
    narrowed = client.get("/metrics/ignore_rate/", MATURED | row["slice"]).json()["results"]
    assert [one["numerator"] for one in narrowed] == [1]


def test_two_years_are_compared_at_equal_maturity(cohort, ask):
    asked = MATURED | {"compare": "previous_year"}
    (row,) = ask(cohort.marketer).get("/metrics/sal_rate/", asked).json()["results"]
    assert row["numerator"] == 2
    assert row["compare"]["before"]["denominator"] == 0
    assert set(row["compare"]["before"]["rows"]) == {"numerator", "denominator"}


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("by=colour", "by"),
        ("by=team,tier,month,source,on_list", "by"),
        ("from=spring", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-04-01&to=2026-03-31", "to"),
        ("as_of=2026-12-31T00:00:00", "as_of"),
        ("k=-1", "k"),
        ("compare=last_week", "compare"),
        ("colour=red", "colour"),
        ("team=%00", "team"),
        ("tier=%00", "tier"),
        ("from=0001-01-01&compare=previous_year", "from"),
        ("as_of=9999-12-31T23:59:59Z&compare=previous_year", "as_of"),
        ("month=13", "month"),
        ("team=nobody", "team"),
    ],
)
def test_a_question_that_cannot_be_understood_says_which_part(world, ask, query, wrong):
    answer = ask(world.marketer).get(f"/metrics/sal_rate/?{query}")
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.json()["errors"]] == [wrong]


def test_a_part_that_is_not_there_is_refused(cohort, ask):
    answer = ask(cohort.marketer).get("/metrics/leads_matured/rows/?part=denominator")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "part")
