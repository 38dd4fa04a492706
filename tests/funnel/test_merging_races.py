"""Two merges at once, and a merge against work: one goes first, nothing is lost, nobody waits for ever."""

import pytest

from accounts import merging
from accounts.merging import MergeRefused
from accounts.models import Account, Merge
from funnel import invariants, leads
from funnel.enums import Stage
from funnel.models import Lead, LeadMove
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW
from tests.funnel.test_concurrency import at_once, fresh

pytestmark = pytest.mark.django_db(transaction=True)


def the(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def attempt(kept: Account, gone: Account, by: object) -> object:
    try:
        return merging.merge(kept, gone, by=by, now=NOW)
    except MergeRefused as refusal:
        return refusal


def test_each_into_the_other_at_once_leaves_one():
    by = make.system()
    for _ in range(3):
        one, other = make.account("甲"), make.account("乙")
        forth, back = (the(one), the(other)), (the(other), the(one))
        results = at_once(lambda pair=forth: attempt(*pair, by), lambda pair=back: attempt(*pair, by))
        assert sorted(type(result).__name__ for result in results) == ["Merge", "MergeRefused"]
        (lost,) = (result for result in results if isinstance(result, MergeRefused))
        assert "has been merged already" in str(lost)
        assert Account.objects.filter(pk__in=[one.pk, other.pk]).count() == 1


def test_a_lead_answered_during_a_merge_is_answered_and_moved():
    world = people.build()
    people.sign_list(world)
    lead = people.lead_at(world, Stage.MQL)
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    kept = make.account("合併先")
    said = {"next_action": "call", "next_action_on": NOW.date()}
    pair, mine = (the(kept), the(world.account)), fresh(lead)
    results = at_once(lambda: attempt(*pair, world.marketer), lambda: leads.accept(mine, by=world.rep, now=NOW, **said))
    assert [type(result).__name__ for result in results] == ["Merge", "LeadMove"]
    assert Lead.objects.get().account == kept
    assert set(LeadMove.objects.values_list("account", flat=True)) == {kept.pk}
    assert Merge.objects.count() == 1
    assert list(invariants.check(now=NOW)) == []
