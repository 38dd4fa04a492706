"""The page and the address that say who answers how, and that A + J + I = M is shown."""

import re
from html import unescape

import pytest
import time_machine

from funnel.history import Trip, import_many
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW, World
from tests.funnel.test_behaviour import HOUR, LATER
from tests.funnel.test_history import draft, past
from users.roles import Role

pytestmark = pytest.mark.django_db
ANYTIME = {"date_from": "2026-11-01", "date_to": "2026-12-31"}


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def world(db: None) -> World:
    made = people.build()
    people.sign_list(made)
    return made


@pytest.fixture
def delivered(world: World) -> World:
    """Twenty accepted by the rep, one ignored by a colleague."""
    accepted = [("qualify", NOW), ("hand_over", NOW, {"assignee": world.rep}), ("accept", NOW + HOUR)]
    ignored = [("qualify", NOW), ("hand_over", NOW, {"assignee": world.other_rep})]
    trips = [Trip(draft(world), past(world, *accepted)) for _ in range(20)]
    import_many([*trips, Trip(draft(world), past(world, *ignored))], by=world.admin, now=LATER)
    return world


def page_of(client, user, **query):
    client.force_login(user)
    return client.get("/behaviour/", ANYTIME | query)


def test_a_manager_sees_the_ranked_and_apart_the_few(client, delivered):
    page = page_of(client, delivered.manager).content.decode()
    assert "1. Rep" in page
    assert "Under 20 deliveries: too few to be ranked" in page
    assert "Not handed over in time" in page


def test_every_number_opens_the_deliveries_it_counts(client, delivered):
    response = page_of(client, delivered.manager)
    [ranked, few] = response.context["groups"]
    link = ranked["lines"][0]["cells"][0]["href"]
    assert client.get(link).context["page"].paginator.count == 20
    assert client.get(few["lines"][0]["cells"][3]["href"]).context["page"].paginator.count == 1
    assert "Rep" in client.get(link).content.decode()


def test_a_rep_sees_no_colleague(client, delivered):
    page = page_of(client, delivered.rep).content.decode()
    assert "How do I answer?" in page
    assert "My team" in page
    assert "Other_Rep" not in page
    assert "Marketing&#x27;s own clocks" not in page


def test_a_partner_sees_the_own_only(client, delivered):
    page = page_of(client, delivered.partner).content.decode()
    assert "No delivery has matured yet" in page
    assert "Sales 1" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_as_for_three(client, world, django_assert_max_num_queries, count):
    for n in range(count):
        rep = make.user(Role.REP, f"rep{n}", team=world.rep.team)
        steps = [("qualify", NOW), ("hand_over", NOW, {"assignee": rep}), ("accept", NOW + HOUR)]
        import_many([Trip(draft(world), past(world, *steps))], by=world.admin, now=LATER)
    client.force_login(world.manager)
    with django_assert_max_num_queries(60):
        client.get("/behaviour/", ANYTIME)


def test_the_funnel_shows_that_the_three_add_up(client, delivered):
    client.force_login(delivered.manager)
    page = client.get("/funnel/", ANYTIME)
    assert page.context["whole"]["holds"]
    numbers = re.sub(r"<[^>]+>", "", unescape(page.content.decode()))
    assert "20 + 0 + 1 = 21" in numbers
    assert all(line["identity"]["holds"] for line in page.context["cut"])
