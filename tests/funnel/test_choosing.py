"""Rules over made-up people: who is chosen, and what is told on the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from funnel.choosing import Candidate, Demand, Rule, choose
from funnel.enums import Target

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
EAST, FIRM, OTHER_FIRM = 1, 8, 9
ANN = Candidate(1, "Ann", EAST, open=2)
BEN = Candidate(2, "Ben", EAST, open=1)
CAM = Candidate(3, "Cam", EAST, open=1)
PAT = Candidate(4, "Pat", FIRM, firm=FIRM)
QUY = Candidate(5, "Quy", OTHER_FIRM, firm=OTHER_FIRM)
TO_EAST = Rule(Target.TEAM, 1, "East", team=EAST)


def people(*known):
    return {one.id: one for one in known or (ANN, BEN, CAM, PAT, QUY)}


def chosen(demand, *rules, known=()):
    return choose(demand, rules, people(*known))


def codes(choice):
    return [step.code for step in choice.steps]


def test_a_team_shares_by_the_fewest_open_handoffs():
    choice = chosen(Demand(), TO_EAST, known=(ANN, BEN, replace(CAM, open=3)))
    assert (choice.person, codes(choice)) == (BEN.id, ["rule", "load"])
    assert choice.steps[1].params == {"name": "Ben", "open": 1, "n": 3, "equals": 1}


def test_of_equals_it_is_the_turn_of_who_waited_longest():
    late, early = replace(BEN, last_at=AT), replace(CAM, last_at=AT - timedelta(hours=1))
    choice = chosen(Demand(), TO_EAST, known=(ANN, late, early))
    assert (choice.person, codes(choice)) == (CAM.id, ["rule", "turn"])


def test_who_never_got_one_is_first_and_the_order_of_asking_does_not_matter():
    got, never = replace(BEN, last_at=AT), CAM
    assert {choose(Demand(), [TO_EAST], people(*order)).person for order in ((got, never), (never, got))} == {CAM.id}
    assert {choose(Demand(), [TO_EAST], people(*order)).person for order in ((BEN, CAM), (CAM, BEN))} == {BEN.id}


@pytest.mark.parametrize(
    ("condition", "demand"),
    [
        ({"prefectures": frozenset({"東京都"})}, {"prefecture": "東京都"}),
        ({"industries": frozenset({"機械"})}, {"industry": "機械"}),
        ({"tiers": frozenset({"1:1"})}, {"tier": "1:1"}),
        ({"categories": frozenset({"CAE"})}, {"category": "CAE"}),
        ({"existing": True}, {"existing": True}),
        ({"source": 3}, {"source": 3}),
    ],
)
def test_each_condition_lets_through_what_it_names_and_nothing_else(condition, demand):
    rule = replace(TO_EAST, **condition)
    assert chosen(Demand(**demand), rule).rule == rule
    assert chosen(Demand(), rule).person is None


def test_an_account_with_a_partner_and_one_without_are_told_apart():
    with_partner, without = (Rule(Target.USER, 1, user=BEN.id, partner_account=is_) for is_ in (True, False))
    assert chosen(Demand(), without).person == BEN.id
    assert chosen(Demand(), with_partner).person is None


def test_the_first_rule_that_finds_somebody_decides():
    nobody, second = Rule(Target.TEAM, 1, "West", team=77), replace(TO_EAST, number=2)
    choice = chosen(Demand(account_owner=ANN.id), nobody, second)
    assert (choice.person, choice.rule) == (BEN.id, second)
    assert codes(choice) == ["rule", "empty", "rule", "turn"]


def test_a_rule_tells_which_of_the_leads_words_it_asked_for():
    rule = replace(TO_EAST, prefectures=frozenset({"東京都", "千葉県"}), tiers=frozenset({"1:1"}))
    choice = chosen(Demand(prefecture="千葉県", tier="1:1", industry="機械"), rule)
    assert choice.steps[0].params["because"] == ("千葉県", "1:1")


def test_without_rules_the_entrys_owner_comes_before_the_accounts():
    assert chosen(Demand(entry_owner=ANN.id, account_owner=BEN.id)).person == ANN.id
    assert chosen(Demand(account_owner=BEN.id)).person == BEN.id
    assert codes(chosen(Demand())) == ["nobody"]


def test_an_owner_who_cannot_take_leads_is_passed_over():
    choice = chosen(Demand(entry_owner=6, account_owner=BEN.id), known=(BEN, Candidate(6, "Gone", can_receive=False)))
    assert (choice.person, codes(choice)) == (BEN.id, ["last_entry_owner", "cannot", "last_account_owner", "only"])


def test_a_partners_account_goes_to_that_partners_people_only():
    demand = Demand(partner=FIRM, entry_owner=ANN.id, account_owner=QUY.id)
    choice = chosen(demand, TO_EAST)
    assert choice.person == PAT.id
    assert {step.params["name"] for step in choice.steps if step.code == "other_side"} == {
        "Ann", "Ben", "Cam", "Quy"
    }  # fmt: skip
    assert chosen(demand, known=(ANN, QUY)).person is None


def test_a_deputy_stands_in_for_who_is_away():
    away = replace(ANN, is_away=True, deputy=BEN.id)
    choice = chosen(Demand(account_owner=ANN.id), known=(away, BEN))
    assert (choice.person, codes(choice)) == (BEN.id, ["last_account_owner", "deputy", "only"])


@pytest.mark.parametrize("deputy", [None, BEN.id, 77])
def test_who_is_away_without_a_deputy_who_is_there_is_passed_over(deputy):
    away = replace(ANN, is_away=True, deputy=deputy)
    choice = chosen(Demand(account_owner=ANN.id), known=(away, replace(BEN, is_away=True)))
    assert (choice.person, codes(choice)) == (None, ["last_account_owner", "away", "nobody"])


def test_a_deputy_of_another_side_does_not_get_a_partners_lead():
    away = replace(PAT, is_away=True, deputy=BEN.id)
    assert chosen(Demand(partner=FIRM), known=(away, BEN)).person is None
