"""Numbers on pages: the funnel, the very rows behind each number, the dictionary, the golden cases."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from funnel import leads, overdue
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = make.user(Role.SALES_MANAGER)
    client.force_login(user)
    return user


def text_of(response):
    return response.content.decode()


def handed_over(rep, answer=""):
    """A lead handed over ten days ago, answered an hour later (accept, reject) or never."""
    marketer, then = make.user(Role.MARKETER), timezone.now() - timedelta(days=10)
    account = make.account()
    make.active_list(account, name=f"List of {account.pk}", at=then - timedelta(days=1))
    make.touch(account, at=then - timedelta(hours=2))
    lead = leads.create(account=account, by=marketer, now=then)
    leads.qualify(lead, by=marketer, now=then, note="問い合わせ")
    leads.hand_over(lead, assignee=rep, by=marketer, now=then)
    later = then + timedelta(hours=1)
    if answer == "accept":
        leads.accept(lead, by=rep, now=later, next_action="電話", next_action_on=later.date())
    if answer == "reject":
        leads.reject(lead, by=rep, now=later, reason="NO_BUDGET")
    return lead


@pytest.fixture
def answered(manager):
    """Four leads of one team: two accepted, one rejected, one ignored by the clock."""
    rep = make.user(Role.REP, team=manager.team)
    found = [handed_over(rep, answer) for answer in ("accept", "accept", "reject", "")]
    overdue.ignore_overdue(now=timezone.now(), by=make.system())
    return found


def links(page, key):
    """The addresses on a page that open the rows of a metric."""
    return [unescape(link) for link in re.findall(rf'href="(/rows/{key}/[^"]*)"', page)]


def test_the_funnel_shows_the_shares_of_this_year(client, answered):
    page = text_of(client.get("/funnel/"))
    for rate in ("50.0 %", "25.0 %"):
        assert rate in page
    assert "against 2025-04-01" in page


@pytest.mark.parametrize("key", ["sal_rate", "ignore_rate", "reject_rate", "leads_matured", "leads_accepted"])
def test_a_number_opens_exactly_the_leads_it_counts(client, answered, key):
    wanted = {"sal_rate": 2, "ignore_rate": 1, "reject_rate": 1, "leads_matured": 4, "leads_accepted": 2}[key]
    link = links(text_of(client.get("/funnel/")), key)[0]
    assert client.get(link).context["page"].paginator.count == wanted


def test_below_the_line_stand_all_matured_leads(client, answered):
    below = [link for link in links(text_of(client.get("/funnel/")), "sal_rate") if "part=denominator" in link]
    assert client.get(below[0]).context["page"].paginator.count == 4


@pytest.mark.parametrize("by", ["team", "assignee", "source", "list", "tier", "offering", "existing", "month"])
def test_every_cut_adds_up_to_the_whole(client, answered, by):
    cut = client.get("/funnel/", {"by": by}).context["cut"]
    assert sum(int(line["cells"][0]["text"]) for line in cut) == 4


def test_a_reason_opens_its_leads(client, answered):
    (link,) = (link for link in links(text_of(client.get("/funnel/")), "leads_rejected") if "reason=NO_BUDGET" in link)
    assert list(client.get(link).context["page"]) == [answered[2]]


def test_without_a_lead_the_funnel_says_what_to_do(client, manager):
    assert "No lead has matured yet" in text_of(client.get("/funnel/"))


def test_a_mistyped_date_is_said_and_the_year_so_far_shown(client, answered):
    page = text_of(client.get("/funnel/", {"date_from": "gestern"}))
    assert "Enter a valid date." in page
    assert "50.0 %" in page


def test_a_period_without_leads_is_empty(client, answered):
    page = text_of(client.get("/funnel/", {"date_from": "2020-04-01", "date_to": "2020-05-01"}))
    assert "No lead has matured yet" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_funnel_takes_as_many_queries_for_three_as_for_one(client, manager, rows, django_assert_num_queries):
    rep = make.user(Role.REP, team=manager.team)
    for _ in range(rows):
        handed_over(rep, "accept")
    with django_assert_num_queries(36):
        client.get("/funnel/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_rows_take_as_many_queries_for_three_as_for_one(client, manager, rows, django_assert_num_queries):
    for _ in range(rows):
        handed_over(make.user(Role.REP, team=manager.team), "accept")
    with django_assert_num_queries(10):
        assert client.get("/rows/sal_rate/").context["page"].paginator.count == rows


def test_a_rep_sees_only_rows_that_are_the_reps_to_see(client, answered):
    client.force_login(make.user(Role.REP, team=make.team("West")))
    assert client.get("/rows/leads_matured/").context["page"].paginator.count == 0


def test_a_partner_counts_only_what_was_handed_to_it(client, answered):
    partner = make.user(Role.PARTNER)
    own = handed_over(partner, "accept")
    client.force_login(partner)
    assert list(client.get("/rows/leads_matured/").context["page"]) == [own]


@pytest.mark.parametrize(
    "wrong", ["nonsense/", "sal_rate/?part=x", "sal_rate/?team=x", "sal_rate/?k=x", "sal_rate/?x=1"]
)
def test_a_number_that_does_not_exist_is_not_found(client, manager, wrong):
    assert client.get(f"/rows/{wrong}").status_code == 404


def test_rows_of_deals_and_of_cells_can_be_read_too(client, manager):
    assert client.get("/rows/win_rate/").status_code == 200
    assert client.get("/rows/white_cells/").status_code == 200


def test_the_dictionary_tells_what_is_counted_among_what(client, manager):
    page = text_of(client.get("/metrics/"))
    for known in ('id="sal_rate"', "Accepted within k days of hand-over ÷ matured leads.", "Reject reason"):
        assert known in page


def test_the_dictionary_asks_for_no_row(client, manager, django_assert_num_queries):
    with django_assert_num_queries(8):
        client.get("/metrics/")


def test_without_the_demo_there_is_no_golden_case(client, manager):
    assert "No golden case here" in text_of(client.get("/metrics/golden/"))


@pytest.mark.parametrize(
    "period", ["date_from=0001-01-01&date_to=0001-01-02", "date_from=9999-12-31", "date_to=9999-12-31"]
)
def test_days_beyond_all_calendars_are_told_in_the_form(client, manager, period):
    page = client.get(f"/funnel/?{period}")
    assert page.status_code == 200
    assert "errorlist" in text_of(page)
