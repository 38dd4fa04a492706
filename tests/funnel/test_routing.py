"""Who a qualified lead is proposed to, and what becomes of those nobody can take."""

import pytest

from accounts.models import Account
from funnel import routing
from funnel.enums import Stage
from funnel.models import Handoff
from targets.models import TargetEntry
from tests.funnel.people import NOW, lead_at, waiting
from users.models import User


def route(world, *leads):
    return routing.hand_over_proposed(leads, by=world.marketer, now=NOW)


def test_whoever_wants_the_account_comes_before_whoever_owns_it(world):
    Account.objects.update(owner=world.other_rep)
    lead = lead_at(world, Stage.MQL)
    lead.refresh_from_db()
    assert routing.proposed(lead) == world.rep


def test_without_an_owner_on_the_list_the_accounts_owner_is_proposed(world):
    lead = lead_at(world, Stage.MQL)
    lead.entry = TargetEntry(owner=None)
    assert routing.proposed(lead) == world.rep


def test_nobody_is_proposed_where_nobody_owns(world):
    lead = lead_at(world, Stage.MQL)
    lead.entry, lead.account.owner = None, None
    routed = route(world, lead)
    assert (routed.delivered, [why for _lead, why in routed.left]) == ([], ["nobody owns this account"])
    assert not Handoff.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "ANALYST"}])
def test_a_lead_whose_owner_cannot_receive_is_left_with_the_reason(world, change):
    lead = lead_at(world, Stage.MQL)
    User.objects.filter(pk=world.rep.pk).update(**change)
    lead = type(lead).objects.get(pk=lead.pk)
    routed = route(world, lead)
    assert (routed.delivered, [left for left, _why in routed.left]) == ([], [lead])
    assert not Handoff.objects.exists()


def test_one_that_cannot_be_delivered_does_not_stop_the_others(world):
    handed = waiting(world)
    other = lead_at(world, Stage.MQL, department=None)
    routed = route(world, handed, other)
    assert (routed.delivered, [left for left, _why in routed.left]) == ([other], [handed])
    assert Handoff.objects.count() == 2


def test_none_at_all_is_no_trouble(world):
    assert route(world) == routing.Routed()
