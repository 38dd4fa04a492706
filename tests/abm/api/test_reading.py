"""Lists and single rows: paging, counts, filters, ordering, search, shape, queries."""

from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funnel.enums import Stage
from tests import make
from tests.funnel import people
from tests.funnel.people import DUE

pytestmark = pytest.mark.django_db

LISTS = {
    "/accounts/": 6,
    "/departments/": 4,
    "/persons/": 6,
    "/opt-outs/": 3,
    "/accesses/": 3,
    "/erasures/": 3,
    "/transfers/": 3,
    "/offerings/": 3,
    "/contracts/": 3,
    "/users/": 3,
    "/lists/": 7,
    "/leads/": 4,
    "/handoffs/": 3,
    "/deals/": 3,
    "/touches/": 4,
    "/imports/": 3,
    "/import-templates/": 3,
    "/letters/": 3,
}
"""Address → queries, the session's two included."""


def rows_of(client: Any, address: str, **query: Any) -> list[Any]:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["results"])


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "queries"), LISTS.items())
def test_a_list_costs_the_same_however_long(world, ask, django_assert_num_queries, address, queries, count):
    stock(world, count)
    client = ask(world.lead_marketer)
    with django_assert_num_queries(queries):
        rows = rows_of(client, address)
    assert len(rows) >= count


def stock(world: people.World, count: int) -> None:
    """`count` of everything there is a list of."""
    from accounts import contracts, opt_outs
    from accounts.consent import Erasure
    from audit import access
    from funnel.models import Deal, Transfer
    from imports.models import ImportJob, MappingTemplate
    from users.models import Letter

    for number in range(count):
        account = make.account(owner=world.rep)
        account.names.create(kind="ALIAS", name="別名", key="別名")
        account.external_ids.create(source=world.source, external_id=str(number))
        department = make.department(account)
        person = make.person(account, in_department=department)
        opt_outs.opt_out(person, by=world.marketer, now=people.NOW)
        access.disclosed("persons", person.pk, by=world.marketer, now=people.NOW, purpose="x")
        Erasure.objects.create(at=people.NOW, by=world.marketer, ground="x")
        Transfer.objects.create(person=person, account=account, partner=world.partner.team, at=people.NOW)
        make.touch(account, at=people.NOW, person=person)
        make.active_list(account, name=f"List {number}")
        lead = people.lead_at(world, Stage.MQL, account=account, department=department)
        people.leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=people.NOW)
        lead.persons.add(person)
        Deal.objects.create(source=world.source, external_id=str(number), account=account, currency="JPY")
        told = {"offering": make.offering(), "amount": 1, "currency": "JPY", "started_on": people.NOW.date()}
        contracts.sign(account, by=world.rep, now=people.NOW, **told)
        Letter.objects.create(
            user=world.marketer, key=f"{number}", channel="MAIL", created_at=people.NOW, available_at=people.NOW
        )
        told = {"mapping": {}, "source": world.source, "by": world.marketer, "used_at": people.NOW}
        MappingTemplate.objects.create(name=f"{number}", kind="accounts", fingerprint=f"{number}", **told)
        ImportJob.objects.create(source=world.source, kind="accounts", by=world.marketer, queued_at=people.NOW)


def test_a_lead_looks_as_documented(world, ask, lead):
    shown = ask(world.rep).get(f"/leads/{lead.public_id}/").json()
    assert shown["id"] == str(lead.public_id)
    assert shown["account"] == {"id": str(world.account.public_id), "name": "青葉精機"}
    assert (shown["stage"], shown["due_at"], shown["source"]) == ("MQL", "2026-11-26T01:00:00Z", None)
    assert [move["move"] for move in shown["moves"]] == ["qualify", "hand_over"]
    assert "pk" not in shown


def test_money_has_its_currencys_decimals(world, ask):
    make.offering("yen", list_price=1200000, currency="JPY")
    make.offering("dollar", list_price="12.5", currency="USD")
    make.offering("unknown")
    prices = {row["code"]: row["list_price"] for row in rows_of(ask(world.rep), "/offerings/")}
    assert prices["yen"] == {"amount": "1200000", "currency": "JPY"}
    assert prices["dollar"] == {"amount": "12.50", "currency": "USD"}
    assert prices["unknown"] is None


def test_no_total_unless_asked(world, ask, lead):
    client = ask(world.marketer)
    assert "count" not in client.get("/leads/").json()
    assert client.get("/leads/?count=exact").json()["count"] == 1
    assert isinstance(client.get("/leads/?count=estimate").json()["count"], int)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scores=st.lists(st.one_of(st.none(), st.sampled_from([1.0, 1.5, 2.0])), max_size=9),
    limit=st.integers(1, 4),
    ordering=st.sampled_from(["score", "-score", "created_at", "-created_at"]),
)
def test_pages_forth_and_back_show_every_row_once(walk, scores, limit, ordering):
    there, back, whole = walk(scores, limit, ordering)
    assert there == whole
    assert back == there[: len(back)]
    assert sorted(whole) == sorted(set(whole))


@pytest.fixture
def walk(world: people.World, ask: Any) -> Any:
    """Walks through all pages and back again; returns the ids met, and those of one large page."""
    client = ask(world.marketer)

    def walked(scores: list[float | None], limit: int, ordering: str) -> tuple[list[str], list[str], list[str]]:
        people.Lead.objects.all().delete()
        for score in scores:
            people.Lead.objects.create(account=world.account, score=score, created_at=people.NOW)
        whole = [row["id"] for row in rows_of(client, "/leads/", ordering=ordering, limit=200)]
        page = client.get("/leads/", {"limit": limit, "ordering": ordering}).json()
        there = [row["id"] for row in page["results"]]
        while page["next"]:
            page = client.get(page["next"]).json()
            there += [row["id"] for row in page["results"]]
        back: list[str] = []
        while page["previous"]:
            page = client.get(page["previous"]).json()
            back = [row["id"] for row in page["results"]] + back
        return there, back, whole

    return walked


def test_unknown_values_come_last_either_way(world, ask, walk):
    walk([None, 2.0, None, 1.0], 2, "score")
    for ordering, expected in {"score": [1.0, 2.0, None, None], "-score": [2.0, 1.0, None, None]}.items():
        assert [row["score"] for row in rows_of(ask(world.marketer), "/leads/", ordering=ordering)] == expected


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("count=some", "count"),
        ("ordering=stage", "ordering"),
        ("cursor=nothing", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=WyJzY29yZSIsZmFsc2UsbnVsbCwiMDE5OTNmNWUtNmMxYS03YzNlLTlmNjAtMmY0ZDdhOGI5YzAxIl0", "cursor"),
        ("stage=sold", "stage"),
        ("assignee=you", "assignee"),
        ("account=1", "account"),
        ("due_before=soon", "due_before"),
        ("due_before=0001-01-01T00:00:00%2B10:00", "due_before"),
        ("search=%00", "search"),
        ("on_list=maybe", "on_list"),
        ("open=2", "open"),
        ("source=%00", "source"),
    ],
)
def test_a_query_that_cannot_be_understood_says_which_part(world, ask, query, wrong):
    answer = ask(world.marketer).get(f"/leads/?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["type"] == "urn:abm:problem:bad-query"
    assert answer.json()["errors"][0]["parameter"] == wrong


def test_an_unknown_filter_is_refused_with_the_known_ones(world, ask):
    told = ask(world.marketer).get("/leads/?colour=red").json()
    assert told["errors"] == [{"parameter": "colour", "detail": "There is no such filter."}]
    assert {"stage", "assignee", "due_before", "limit", "ordering", "search"} <= set(told["known"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=mql&assignee=me", 1),
        ("stage=MQL,sal", 1),
        ("stage=nurture", 0),
        (f"due_before={DUE.isoformat().replace('+', '%2B')}", 0),
        ("due_before=2026-11-26T01:00:01Z", 1),
        ("due_after=2026-11-26T17:28:01%2B16:28", 0),
        ("due_after=2026-11-26T17:28:00%2B16:28", 1),
        ("search=青葉", 1),
        ("search=株式会社　青葉精機", 1),
        ("search=黒", 0),
        ("open=true", 1),
        ("open=false", 0),
        ("on_list=true", 1),
        ("tier=1:few", 1),
        ("origin=sales", 0),
    ],
)
def test_leads_are_narrowed_by_the_words_of_the_pages(world, ask, lead, query, found):
    assert len(rows_of(ask(world.rep), f"/leads/?{query}")) == found


def test_accounts_are_searched_whatever_the_legal_form(world, ask):
    make.account("㈱黒田製作所")
    names = [row["name"] for row in rows_of(ask(world.marketer), "/accounts/", search="株式会社黒田製作所")]
    assert names == ["㈱黒田製作所"]


@pytest.mark.parametrize(
    "address",
    ["/leads/1/", "/leads/%00/", "/leads/x/", "/nowhere/", "/metrics/nothing/", "/lists/x/versions/1/entries/"],
)
def test_what_is_not_there_is_a_problem_of_its_own(world, ask, address):
    answer = ask(world.marketer).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_nobody_gets_anything_without_signing_in(client):
    answer = client.get("/api/v1/leads/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == "urn:abm:problem:not-authenticated"


def test_reasons_are_the_seventeen(world, ask):
    assert len(ask(world.rep).get("/reject-reasons/").json()) == 17


def test_estimates_do_not_count(world, ask, lead):
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        ask(world.marketer).get("/leads/?count=estimate")
    assert not any("COUNT(" in query["sql"] for query in asked)
