"""Who a qualified lead is proposed to, and what becomes of those nobody can take."""

from datetime import timedelta

import pytest

from accounts.models import Account
from funnel import routing
from funnel.enums import Stage
from funnel.models import Deal, Handoff, Lead, RoutingRule
from targets.models import TargetEntry
from tests import make
from tests.funnel.people import NOW, lead_at, waiting
from users import absences
from users.models import User


def route(world, *leads):
    return routing.hand_over_proposed(leads, by=world.marketer, now=NOW)


def proposed(lead, **options):
    return routing.propose([lead], now=NOW, **options)[0]


def test_whoever_wants_the_account_comes_before_whoever_owns_it(world):
    Account.objects.update(owner=world.other_rep)
    lead = lead_at(world, Stage.MQL)
    lead.refresh_from_db()
    assert proposed(lead).assignee == world.rep


def test_without_an_owner_on_the_list_the_accounts_owner_is_proposed(world):
    lead = lead_at(world, Stage.MQL)
    lead.entry = TargetEntry(owner=None)
    assert (proposed(lead).assignee, proposed(lead).why) == (world.rep, ["Who owns the account.", "Rep."])


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


def test_a_rule_is_asked_before_the_owners_and_says_so(world):
    lead = lead_at(world, Stage.MQL)
    Account.objects.update(prefecture="東京都")
    RoutingRule.objects.create(
        position=1, name="関東", prefectures=["東京都"], target="USER", user=world.other_rep
    )  # fmt: skip
    found = proposed(Lead.objects.get(pk=lead.pk))
    assert (found.assignee, found.why) == (world.other_rep, ["Rule 1 “関東” fits (東京都).", "Other_Rep."])


def test_a_rule_that_is_off_is_not_asked(world):
    RoutingRule.objects.create(position=1, name="off", target="USER", user=world.other_rep, is_active=False)
    assert proposed(lead_at(world, Stage.MQL)).assignee == world.rep


def test_each_proposal_adds_to_the_load_of_the_next(world):
    RoutingRule.objects.create(position=1, name="all", target="TEAM", team=world.rep.team)
    pile = [lead_at(world, Stage.MQL, department=make.department(world.account, str(n))) for n in range(6)]
    named = [proposal.assignee for proposal in routing.propose(pile, now=NOW)]
    assert named == [world.rep, world.other_rep, world.manager] * 2


def test_what_waits_for_an_answer_is_load_whether_ignored_or_not(world):
    waiting(world)
    RoutingRule.objects.create(position=1, name="all", target="TEAM", team=world.rep.team)
    found = proposed(lead_at(world, Stage.MQL, department=None))
    assert (found.assignee, found.why[1]) == (
        world.other_rep,
        "Of 3, 2 have the fewest open (0); it is the turn of Other_Rep.",
    )


def test_a_conflict_is_told_with_the_proposal_and_the_lead_is_left(world):
    lead = lead_at(world, Stage.MQL)
    Deal.objects.create(source=world.source, external_id="1", account=world.account, owner=world.partner)
    assert [str(found) for found in proposed(lead).conflicts] == ["Agency already has an open deal with 青葉精機."]
    assert [why for _lead, why in route(world, lead).left] == [
        "Another side already has an open deal with this account."
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_a_pile_is_proposed_in_as_many_queries_as_one_lead(world, n, django_assert_num_queries):
    for number in range(n):
        lead_at(world, Stage.MQL, department=make.department(world.account, str(number)))
    with django_assert_num_queries(7):
        routing.propose(Lead.objects.select_related(*routing.LISTED), now=NOW)


def test_a_deputy_gets_what_comes_while_somebody_is_away(world):
    lead = lead_at(world, Stage.MQL)
    absences.arrange(
        world.rep, by=world.rep, now=NOW, first_on=NOW.date(), last_on=NOW.date(), deputy=world.other_rep
    )  # fmt: skip
    assert proposed(lead).why[1:] == ["Rep is away; Other_Rep stands in.", "Other_Rep."]


def test_away_is_the_day_where_one_works(world):
    lead = lead_at(world, Stage.MQL)
    tomorrow = NOW.date() + timedelta(days=1)
    absences.arrange(world.rep, by=world.rep, now=NOW, first_on=tomorrow, last_on=tomorrow)
    assert proposed(lead).assignee == world.rep
    late = routing.propose([lead], now=NOW + timedelta(hours=14))[0]  # midnight in Tokyo
    assert (late.assignee, late.why[1]) == (None, "Rep is away, without a deputy who is there.")
