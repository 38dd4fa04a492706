"""`manage.py metrics`: tables for people, JSON for machines, refusals with an exit code."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import make
from tests.funnel.cohort_rows import deal, lead

pytestmark = pytest.mark.django_db
AS_OF = "--as-of=2026-03-01"


def run(*arguments):
    out = StringIO()
    call_command("metrics", *arguments, stdout=out)
    return out.getvalue()


def lines(*arguments):
    return [line.split() for line in run(*arguments).splitlines()]


@pytest.fixture
def two_sources():
    lead(source=make.source("web"), accepted_at=1)
    lead(source=make.source("fair"))


@pytest.mark.usefixtures("two_sources")
def test_it_prints_a_table():
    assert lines("sal_rate", AS_OF, "--by=source") == [
        ["metric", "source", "value", "numerator", "denominator", "low", "high"],
        ["sal_rate", "FAIR", "0.0%", "0", "1", "0.0%", "79.3%"],
        ["sal_rate", "WEB", "100.0%", "1", "1", "20.7%", "100.0%"],
    ]


@pytest.mark.usefixtures("two_sources")
def test_it_prints_json():
    [row] = json.loads(run("sal_rate", AS_OF, "--json", "--filter", "source=web"))
    assert row["value"] == 1.0
    assert (row["numerator"], row["denominator"], row["unit"]) == (1, 1, "rate")
    assert row["link"] == {"metric": "sal_rate", "as_of": "2026-03-01T00:00:00+09:00", "k": "30", "source": "web"}


def test_money_is_text_with_its_currency():
    deal(amount="1200000")
    [row] = json.loads(run("won_value", "--json"))
    assert (row["value"], row["currency"]) == ("1200000.00", "JPY")
    assert lines("won_value")[1] == ["won_value", "JPY", "1,200,000", "1"]


@pytest.mark.usefixtures("two_sources")
def test_it_takes_a_period_and_a_k():
    assert lines("leads_matured", AS_OF, "--from=2025-06-02", "--to=2025-06-02")[1][1] == "2"
    assert lines("leads_matured", AS_OF, "--from=2025-06-03")[1][1] == "0"
    assert lines("sal_rate", AS_OF, "--k=0")[1][1] == "0.0%"


def test_it_compares_and_explains():
    for at, accepted in (("2024-06-03T01:00Z", None), ("2025-06-03T01:00Z", 1)):
        lead(at=datetime.fromisoformat(at), accepted_at=accepted)
    table, *explained = run("sal_rate", AS_OF, "--compare=previous_year").splitlines()[1:]
    assert table.split() == ["sal_rate", "100.0%", "1", "1", "20.7%", "100.0%", "0.0%", "+100.0", "1", "small", "n"]
    assert explained == ["sal_rate: mix +0.0, behaviour +100.0"]


def test_an_unknown_key_is_refused_with_the_list_of_keys():
    with pytest.raises(CommandError, match="There is no metric “sales”"):
        run("sales")


def test_an_unknown_slice_is_refused():
    with pytest.raises(CommandError, match="no Source “nowhere”"):
        run("sal_rate", "--filter", "source=nowhere")


@pytest.mark.parametrize("argument", ["--from=yesterday", "--as-of=2026-13-01", "--filter=source", "--k=x"])
def test_what_cannot_be_read_is_refused(argument):
    with pytest.raises(CommandError, match="invalid"):
        run("sal_rate", argument)


def test_nothing_to_count_is_said():
    assert run("won_value").strip() == "Nothing to count."
