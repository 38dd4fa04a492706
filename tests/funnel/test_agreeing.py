"""Clocks are agreed by both sides, each once; what is signed is frozen, and no due that is set ever changes."""

from datetime import datetime, timedelta
from itertools import product

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Source
from audit.models import Entry, OutboxMessage
from funnel import agreeing, leads, policies
from funnel.agreeing import AgreementRefused
from funnel.enums import Stage
from funnel.models import Lead
from funnel.policies import Promises
from funnel.terms import CLOCKS, Policy, Proposal
from tests.funnel.people import DUE, NOW, World, lead_at, waiting

DAY = timedelta(days=1)


def propose(world: World, by: str = "lead_marketer", active_from: datetime | None = None, **terms) -> Proposal:
    terms = {"answer_hours": 8} | terms
    return agreeing.propose(by=world.users[by], now=NOW, active_from=active_from, **terms)


def agree(world: World, at: datetime = NOW, **terms) -> Policy:
    proposal = propose(world, **terms)
    agreeing.sign(proposal, by=world.lead_marketer, now=NOW)
    policy = agreeing.sign(proposal, by=world.manager, now=at)
    assert policy is not None
    return policy


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Policy, Proposal, Entry, OutboxMessage)]


def refused(text: str, act, *args, **kwargs) -> None:
    """The act is refused with these words, and nothing has changed."""
    before = everything()
    with pytest.raises(AgreementRefused, match=text):
        act(*args, **kwargs)
    assert everything() == before


def hours(lead: Lead, at: datetime = NOW, team: int | None = None) -> int:
    return Promises.load().policy(lead, team, at).answer_hours


# signing


def test_with_both_signatures_the_next_version_is_in_force(world):
    policy = agree(world)
    assert (policy.version, policy.active_from, policy.answer_hours) == (2, NOW, 8)
    assert (policy.marketing_by, policy.sales_by) == (world.lead_marketer, world.manager)
    assert hours(Lead()) == 8
    assert not Proposal.objects.exists()
    assert OutboxMessage.objects.get(topic="policy.signed").payload == {"policy": policy.pk}


def test_what_is_not_named_stays_as_it_is(world):
    before = Policy.objects.get().clocks
    assert agree(world, answer_hours=12).clocks == before | {"answer_hours": 12}


@pytest.mark.parametrize("signer", ["lead_marketer", "manager"])
def test_one_signature_is_not_enough_and_is_given_once(world, signer):
    proposal = propose(world)
    assert agreeing.sign(proposal, by=world.users[signer], now=NOW) is None
    refused("already signed", agreeing.sign, proposal, by=world.users[signer], now=NOW)
    assert hours(Lead()) == 16


@pytest.mark.parametrize("signer", ["rep", "marketer", "admin", "partner", "analyst", "clock"])
def test_nobody_else_signs_or_sends_back(world, signer):
    proposal = propose(world)
    for act in (agreeing.sign, agreeing.send_back):
        refused("sign clocks", act, proposal, by=world.users[signer], now=NOW)


@pytest.mark.parametrize("who", ["rep", "marketer", "partner", "analyst", "clock"])
def test_nobody_else_proposes_changes_or_withdraws(world, who):
    proposal, by = propose(world), world.users[who]
    refused("propose clocks", agreeing.propose, by=by, now=NOW, active_from=None, tier="1:1")
    refused("propose clocks", agreeing.change, proposal, by=by, now=NOW, active_from=None, answer_hours=9)
    refused("propose clocks", agreeing.withdraw, proposal, by=by, now=NOW)


def test_a_signature_freezes_until_it_is_sent_back(world):
    proposal = propose(world)
    agreeing.sign(proposal, by=world.manager, now=NOW)
    refused("send it back", agreeing.change, proposal, by=world.admin, now=NOW, active_from=None, answer_hours=9)
    refused("send it back", agreeing.withdraw, proposal, by=world.admin, now=NOW)
    agreeing.send_back(proposal, by=world.lead_marketer, now=NOW)
    agreeing.change(proposal, by=world.admin, now=NOW, active_from=None, answer_hours=9)
    proposal.refresh_from_db()
    assert (proposal.answer_hours, proposal.is_signed) == (9, False)
    refused("Nobody has signed", agreeing.send_back, proposal, by=world.manager, now=NOW)


def test_the_database_freezes_what_is_signed(world):
    proposal = propose(world)
    agreeing.sign(proposal, by=world.manager, now=NOW)
    with pytest.raises(IntegrityError, match="send it back"), transaction.atomic():
        Proposal.objects.update(answer_hours=9)
    policy = agreeing.sign(proposal, by=world.lead_marketer, now=NOW)
    for change in (Policy.objects.filter(pk=policy.pk).update, Policy.objects.filter(pk=policy.pk).delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change(**({"answer_hours": 9} if "update" in str(change) else {}))


def test_a_withdrawn_proposal_is_gone_and_cannot_be_signed(world):
    proposal = propose(world)
    agreeing.withdraw(proposal, by=world.manager, now=NOW)
    refused("withdrawn", agreeing.sign, proposal, by=world.manager, now=NOW)
    propose(world)


# from when


def test_clocks_signed_ahead_count_from_their_moment_on(world):
    policy = agree(world, active_from=NOW + 7 * DAY)
    assert [hours(Lead(), at) for at in (policy.active_from - timedelta(microseconds=1), policy.active_from)] == [16, 8]


def test_clocks_signed_late_count_from_the_second_signature_on(world):
    assert agree(world, at=NOW + 3 * DAY, active_from=NOW + DAY).active_from == NOW + 3 * DAY


def test_a_due_that_is_set_never_changes(world):
    lead = waiting(world)
    agree(world)
    lead.refresh_from_db()
    handoff = lead.handoffs.get()
    assert (lead.due_at, handoff.due_at, handoff.policy.version) == (DUE, DUE, 1)
    other = lead_at(world, Stage.MQL, department=None)
    leads.hand_over(other, assignee=world.rep, by=world.marketer, now=NOW)
    assert (other.due_at, other.handoffs.get().policy.version) == (DUE - DAY, 2)


def test_a_version_does_not_come_before_the_one_already_signed(world):
    agree(world, active_from=NOW + 7 * DAY)
    refused("2026-12-01", propose, world, answer_hours=9, active_from=NOW + 6 * DAY)
    assert agree(world, answer_hours=9, active_from=NOW + 7 * DAY).version == 3
    assert hours(Lead(), NOW + 7 * DAY) == 9


# what cannot be proposed


def test_clocks_must_make_sense(world):
    for name in CLOCKS:
        refused("between 1 and", propose, world, **{name: 0})
        refused("between 1 and", propose, world, **{name: agreeing.MOST[name] + 1})
    refused("in the past", propose, world, active_from=NOW - timedelta(seconds=1))
    refused("within a year", propose, world, active_from=NOW + 367 * DAY)
    refused("not a partner", propose, world, partner=world.rep.team)
    refused("changes nothing", propose, world, answer_hours=16)


def test_one_proposal_at_a_time_for_the_same_leads(world):
    propose(world)
    refused("already proposed", propose, world, answer_hours=9)
    propose(world, tier="1:1")
    propose(world, partner=world.partner.team)


# whose counts


SCOPES = list(product(("", "1:1"), (False, True), (False, True)))


def test_the_partners_counts_before_the_sources_before_the_tiers_before_all(world):
    """Every scope gets its own hours; every lead is answered by the most precise that fits it."""
    own = {scope: 20 + n for n, scope in enumerate(SCOPES)}
    for (tier, source, partner), answer_hours in own.items():
        named = {"tier": tier, "source": world.source if source else None}
        agree(world, answer_hours=answer_hours, partner=world.partner.team if partner else None, **named)
    for tier, source, partner in SCOPES:
        lead = Lead(
            tier=tier or "1:few", source=world.source if source else Source.objects.create(code=f"s{tier}{partner}")
        )
        team = world.partner.team_id if partner else world.rep.team_id
        assert hours(lead, team=team) == own[tier, source, partner]


@pytest.mark.parametrize(
    ("scopes", "counts"),
    [
        ([("1:1", False, False), ("", True, False), ("", False, True)], ("", False, True)),
        ([("1:1", False, False), ("", True, False)], ("", True, False)),
        ([("1:1", False, False)], ("1:1", False, False)),
        ([("1:1", True, False), ("", False, True)], ("", False, True)),
        ([("1:1", True, False), ("", True, False)], ("1:1", True, False)),
        ([("1:1", False, True), ("", True, True)], ("", True, True)),
    ],
)
def test_where_several_fit_the_most_precise_counts(world, scopes, counts):
    for n, (tier, source, partner) in enumerate(scopes):
        named = {"source": world.source if source else None, "partner": world.partner.team if partner else None}
        agree(world, answer_hours=20 + n, tier=tier, **named)
    lead = Lead(tier="1:1", source=world.source)
    assert hours(lead, team=world.partner.team_id) == 20 + scopes.index(counts)


def test_a_proposal_is_compared_with_what_counts_for_the_same_leads(world):
    assert policies.terms_before(Proposal(tier="1:1"), NOW).answer_hours == 16
    agree(world, tier="1:1", answer_hours=10)
    assert policies.terms_before(Proposal(tier="1:1"), NOW).answer_hours == 10
    assert policies.terms_before(Proposal(), NOW).answer_hours == 16


def test_versions_are_sorted_out(world):
    founding = Policy.objects.get()
    second, coming = agree(world), agree(world, answer_hours=9, active_from=NOW + DAY)
    tier = agree(world, tier="1:1", answer_hours=9)
    assert policies.sorted_out(Policy.objects.all(), NOW) == ([second, tier], [coming], [founding])


def test_without_the_trigger_nothing_would_hold_a_signed_row(world):
    """So that the test above cannot pass for another reason."""
    with pgtrigger.ignore("funnel.Policy:signed"):
        assert Policy.objects.update(answer_hours=3) == 1
