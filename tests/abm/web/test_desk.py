"""The hand-over desk: piles with their clocks, why somebody is proposed, actions in place, and the harvest."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import Account
from funnel import dispositions, leads, questions
from funnel.enums import Stage
from funnel.models import Deal, Lead
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW
from users import absences

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = people.build()
    people.sign_list(made)
    with time_machine.travel(NOW, tick=False):
        yield made


def page(client, user, tab=""):
    client.force_login(user)
    return client.get(f"/desk/?tab={tab}").content.decode()


def rejected(world, reason="TIMING", name="一課"):
    lead = people.lead_at(world, Stage.MQL, department=make.department(world.account, name))
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    leads.reject(lead, by=world.rep, now=NOW, reason=reason, note="?" if reason == "OTHER" else "")
    return lead


def recycled(world, name="一課", **condition):
    lead = rejected(world, name=name)
    leads.recycle(lead, by=world.marketer, now=NOW, reason="TIMING", **(condition or {"return_on": NOW.date()}))
    return lead


def test_the_desk_says_why_somebody_is_proposed_and_how_much_time_is_left(client, world):
    people.lead_at(world, Stage.MQL)
    shown = page(client, world.marketer)
    assert f'<option value="{world.rep.pk}" selected>' in shown
    for words in ("Who wants the account on the list.", "5 h 0 min left"):
        assert words in shown


def test_breaches_are_counted_and_marked(client, world):
    people.lead_at(world, Stage.MQL)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        shown = page(client, world.marketer)
    assert "1 is past the time we promised." in shown
    assert "clock-late" in shown


def test_a_conflict_stands_beside_the_proposal_and_the_hand_over_is_refused(client, world):
    lead = people.lead_at(world, Stage.MQL)
    Deal.objects.create(source=world.source, external_id="1", account=world.account, owner=world.partner)
    assert "Agency already has an open deal with 青葉精機." in page(client, world.marketer)
    answer = client.post(f"/desk/{lead.public_id}/hand-over/", {"assignee": world.rep.pk}, follow=True)
    assert "Another side already has an open deal with this account." in answer.content.decode()
    assert not lead.handoffs.exists()


def test_the_marketing_lead_overrides_it_with_a_note(client, world):
    lead = people.lead_at(world, Stage.MQL)
    Account.objects.update(partner=world.partner.team)
    client.force_login(world.lead_marketer)
    url = f"/leads/{lead.public_id}/hand_over/"
    assert "Of 1" not in client.get(url).content.decode()
    assert "only its people" in client.get(url).content.decode()
    assert client.post(url, {"assignee": world.rep.pk}).status_code == 409
    assert not lead.handoffs.exists()
    client.post(url, {"assignee": world.rep.pk, "note": "agreed"})
    assert lead.handoffs.get().assignee == world.rep


@pytest.mark.parametrize(
    ("reason", "verb"),
    [("TIMING", "recycle"), ("BAD_DATA", "repair"), ("WRONG_OWNER", "requeue"), ("NO_NEED", "disqualify")],
)
def test_a_rejected_lead_offers_what_its_reason_asks_for_and_an_appeal(client, world, reason, verb):
    lead = rejected(world, reason)
    shown = page(client, world.marketer, "rejected")
    for offered in (verb, "appeal"):
        assert f"/leads/{lead.public_id}/{offered}/?next=" in shown


def test_a_repeated_lead_names_the_one_it_repeats(client, world):
    kept = people.accepted(world)
    rejected(world, "DUPLICATE")
    shown = page(client, world.marketer, "rejected")
    assert f'It seems to repeat: <a href="/leads/{kept.public_id}/">' in shown


def test_a_question_shows_its_words_and_its_limit(client, world):
    lead = people.waiting(world)
    questions.ask(lead, by=world.rep, now=NOW, question="どの工場ですか")
    shown = page(client, world.marketer, "asked")
    assert "どの工場ですか" in shown
    assert f"/leads/{lead.public_id}/answer/?next=" in shown


def test_a_sales_manager_starts_with_the_appeals_and_decides_in_place(client, world):
    lead = rejected(world)
    dispositions.appeal(lead, by=world.marketer, now=NOW, argument="予算が付きました")
    shown = page(client, world.manager)
    assert "予算が付きました" in shown
    assert f"/leads/{lead.public_id}/appeal/?next=" in shown
    assert "予算が付きました" not in page(client, world.marketer, "rejected")


def test_the_next_trips_of_ticked_leads_start_and_the_rest_is_named(client, world):
    back, open_already = recycled(world), recycled(world, "二課")
    leads.create(
        account=world.account, department=open_already.department, offering=world.offering, by=world.marketer, now=NOW
    )
    client.force_login(world.marketer)
    ticked = {"lead": [str(back.public_id), str(open_already.public_id)]}
    shown = client.post("/desk/start-trips/", ticked, follow=True).content.decode()
    assert "1 lead is back in nurture." in shown
    assert "already" in shown
    assert Lead.objects.get(previous=back).stage == Stage.NURTURE


def test_nothing_ticked_starts_nothing(client, world):
    recycled(world)
    client.force_login(world.marketer)
    assert "Please tick the leads" in client.post("/desk/start-trips/", {}, follow=True).content.decode()
    assert not Lead.objects.filter(stage=Stage.NURTURE).exists()


def test_a_sales_manager_starts_no_trips(client, world):
    back = recycled(world)
    client.force_login(world.manager)
    shown = client.post("/desk/start-trips/", {"lead": [str(back.public_id)]}, follow=True).content.decode()
    assert "Your role does not allow opening leads." in shown
    assert not Lead.objects.filter(stage=Stage.NURTURE).exists()


def test_the_harvest_shows_weeks_months_and_conditions(client, world):
    recycled(world)
    recycled(world, "二課", return_on=NOW.date() + timedelta(days=1))
    recycled(world, "三課", return_on=NOW.date() + timedelta(days=200))
    recycled(world, "四課", return_score=80.0)
    recycled(world, "五課", return_event="展示会")
    shown = page(client, world.marketer, "back")
    for words in ("Week of 2026-11-23", "2027-06", "展示会", ">80<"):
        assert words in shown


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("tab", "queries"), [("route", 18), ("rejected", 12), ("back", 12)])
def test_a_pile_takes_as_many_queries_for_three_as_for_one(client, world, tab, n, queries, django_assert_num_queries):
    make_one = {
        "route": lambda name: people.lead_at(world, Stage.MQL, department=make.department(world.account, name)),
        "rejected": lambda name: rejected(world, "DUPLICATE", name),
        "back": lambda name: recycled(world, name),
    }[tab]
    for number in range(n):
        make_one(str(number))
    client.force_login(world.marketer)
    with django_assert_num_queries(queries):
        client.get(f"/desk/?tab={tab}")


def rest(user, deputy=None):
    today = NOW.date()
    absences.arrange(user, by=user, now=NOW, first_on=today, last_on=today, deputy=deputy)


def test_who_is_away_is_named_so_with_the_deputy_on_the_desk_and_in_the_form(client, world):
    lead = people.lead_at(world, Stage.MQL)
    rest(world.rep, world.other_rep), rest(world.manager)
    client.force_login(world.marketer)
    form = client.get(f"/leads/{lead.public_id}/hand_over/").content.decode()
    for shown in (page(client, world.marketer), form):
        assert "Rep · Sales 1 (away, deputy Other_Rep)" in shown
        assert "Manager · Sales 1 (away, without a deputy)" in shown
        assert "Other_Rep · Sales 1<" in shown


def test_a_lead_given_to_somebody_who_is_away_is_given_with_a_warning(client, world):
    lead = people.lead_at(world, Stage.MQL)
    rest(world.rep, world.other_rep)
    client.force_login(world.marketer)
    answer = client.post(f"/desk/{lead.public_id}/hand-over/", {"assignee": world.rep.pk}, follow=True)
    assert "Rep: away, deputy Other_Rep." in answer.content.decode()
    assert lead.handoffs.get().assignee == world.rep


def test_the_rejections_that_name_no_reason_are_one_click_away(client, world):
    rejected(world, "TIMING", "二課")
    assert "/desk/recoding/" not in page(client, world.marketer, "rejected")
    rejected(world, "OTHER")
    shown = page(client, world.marketer, "rejected")
    assert "/desk/recoding/" in shown
    assert "1 rejection names no reason" in shown
