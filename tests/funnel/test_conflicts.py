"""Two sides never work on one account: what is found before a hand-over, and who may do it all the same."""

import pytest

from accounts.models import Account
from funnel import conflicts, dispositions, leads, rerouting
from funnel.enums import Stage
from funnel.models import Deal
from tests.funnel.people import NOW, accepted, lead_at, waiting


def codes(lead, user):
    return [found.code for found in conflicts.find(lead, user)]


def protected(world):
    Account.objects.update(partner=world.partner.team)
    return lead_at(world, Stage.MQL)


def test_an_account_without_any_business_has_no_conflict(world):
    lead = lead_at(world, Stage.MQL)
    assert (codes(lead, world.rep), codes(lead, world.partner)) == ([], [])


def test_an_account_in_a_partners_care_is_not_for_others(world):
    lead = protected(world)
    lead.refresh_from_db()
    assert (codes(lead, world.rep), codes(lead, world.partner)) == (["not_protected"], [])
    assert str(conflicts.find(lead, world.rep)[0]) == "青葉精機 is in the care of Agency."


@pytest.mark.parametrize("held", [waiting, accepted])
def test_a_lead_that_sales_works_on_stands_against_a_partner(world, held):
    held(world)
    other = lead_at(world, Stage.MQL, department=None)
    assert (codes(other, world.partner), codes(other, world.other_rep)) == (["no_lead_elsewhere"], [])


def test_the_lead_itself_and_what_is_over_do_not_count(world):
    lead = waiting(world)
    assert codes(lead, world.partner) == []
    leads.reject(lead, by=world.rep, now=NOW, reason="TIMING")
    assert codes(lead_at(world, Stage.MQL, department=None), world.partner) == []


def test_an_open_deal_of_another_side_stands_against_it(world):
    lead = lead_at(world, Stage.MQL)
    deal = Deal.objects.create(source=world.source, external_id="1", account=world.account, owner=world.partner)
    assert (codes(lead, world.rep), codes(lead, world.partner)) == (["no_deal_elsewhere"], [])
    Deal.objects.filter(pk=deal.pk).update(status="LOST")
    assert codes(lead, world.rep) == []


def test_a_marketer_cannot_hand_over_against_a_conflict(world, refused):
    lead = protected(world)
    for who in ("marketer", "clock"):
        with refused("not_protected"):
            leads.hand_over(lead, assignee=world.rep, by=world.users[who], now=NOW, note="please")


def test_the_marketing_lead_may_with_a_note(world, refused):
    lead = protected(world)
    with refused("missing"):
        leads.hand_over(lead, assignee=world.rep, by=world.lead_marketer, now=NOW)
    move = leads.hand_over(lead, assignee=world.rep, by=world.lead_marketer, now=NOW, note="agreed with the partner")
    assert (move.note, lead.assignee) == ("agreed with the partner", world.rep)


def test_without_a_conflict_the_marketing_lead_needs_no_note(world):
    lead = lead_at(world, Stage.MQL)
    assert leads.hand_over(lead, assignee=world.rep, by=world.lead_marketer, now=NOW).note == ""


def test_a_rejected_lead_is_not_requeued_into_a_conflict(world, refused):
    lead = protected(world)
    leads.hand_over(lead, assignee=world.partner, by=world.marketer, now=NOW)
    leads.reject(lead, by=world.partner, now=NOW, reason="WRONG_OWNER")
    with refused("not_protected"):
        rerouting.requeue(lead, by=world.marketer, now=NOW, assignee=world.rep)
    with refused("role"):
        dispositions.repair(lead, by=world.rep, now=NOW, fixed="x")
