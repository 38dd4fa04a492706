"""What the audit trail keeps of a target list's life, and that a refusal leaves no trace."""

from typing import Any

import pytest

from audit import doors
from audit.enums import Door
from audit.models import Entry, OutboxMessage
from targets import lists
from targets.enums import Tier
from targets.lists import ListRefused
from targets.models import Signature, TargetEntry, TargetList, TargetListVersion
from tests import make
from tests.make import NOW
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db


def trail() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("pk").values_list("act", "actor_name"))


def everything() -> list[list[dict[str, Any]]]:
    tables = (TargetList, TargetListVersion, TargetEntry, Signature, Entry, OutboxMessage)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.fixture
def marketer(db: None) -> User:
    return make.user(Role.MARKETER, "mia")


@pytest.fixture
def heads(db: None) -> list[User]:
    return [make.user(Role.MARKETING_LEAD, "lea"), make.user(Role.SALES_MANAGER, "sam")]


@pytest.fixture
def draft(marketer: User) -> TargetListVersion:
    return lists.create(name="本命", by=marketer, now=NOW).versions.get()


def test_every_step_of_a_list_is_recorded_with_its_actor(draft, marketer, heads):
    entry = lists.add(draft, account=make.account(), by=marketer, now=NOW)
    lists.add_accounts(draft, [make.account()], by=marketer, now=NOW)
    lists.remove(entry, by=marketer, now=NOW)
    lists.sign(draft, by=heads[0], now=NOW)
    lists.send_back(draft, by=heads[1], now=NOW)
    for head in heads:
        lists.sign(draft, by=head, now=NOW)
    lists.start_next(draft.list, by=marketer, now=NOW)
    assert trail() == [
        ("lists.create", "mia"), ("lists.add", "mia"), ("lists.add_accounts", "mia"), ("lists.remove", "mia"),
        ("lists.sign", "lea"), ("lists.send_back", "sam"), ("lists.sign", "lea"), ("lists.sign", "sam"),
        ("lists.start_next", "mia"),
    ]  # fmt: skip


def test_the_trail_tells_which_account_came_and_went(draft, marketer):
    account = make.account()
    lists.remove(lists.add(draft, account=account, by=marketer, now=NOW), by=marketer, now=NOW)
    rows = Entry.objects.filter(account_id=account.pk).order_by("pk")
    assert [(row.act, row.object_type) for row in rows] == [
        ("lists.add", "targets.targetentry"), ("lists.remove", "targets.targetentry")
    ]  # fmt: skip


def test_the_trail_tells_what_each_signature_made_of_the_version(draft, marketer, heads):
    lists.add(draft, account=make.account(), by=marketer, now=NOW)
    for head in heads:
        lists.sign(draft, by=head, now=NOW)
    assert list(Entry.objects.filter(act="lists.sign").order_by("pk").values_list("detail", flat=True)) == [
        {"side": "MARKETING", "state": "SIGNING"}, {"side": "SALES", "state": "ACTIVE"}
    ]  # fmt: skip


def test_the_second_signature_tells_the_scores_once(draft, marketer, heads):
    lists.add(draft, account=make.account(), by=marketer, now=NOW)
    lists.sign(draft, by=heads[0], now=NOW)
    assert not OutboxMessage.objects.exists()
    lists.sign(draft, by=heads[1], now=NOW)
    assert OutboxMessage.objects.get().payload == {"version": draft.pk}


@pytest.mark.parametrize("role", [Role.REP, Role.PARTNER, Role.ANALYST, Role.ADMIN])
@pytest.mark.parametrize("act", ["add", "add_accounts", "remove", "sign", "send_back", "start_next"])
def test_who_may_not_leaves_no_trace(draft, marketer, role, act):
    entry = lists.add(draft, account=make.account(), by=marketer, now=NOW)
    given = {
        "add": (draft,), "add_accounts": (draft, [make.account()]), "remove": (entry,), "sign": (draft,),
        "send_back": (draft,), "start_next": (draft.list,),
    }[act]  # fmt: skip
    more = {"account": make.account()} if act == "add" else {}
    nobody, before = make.user(role), everything()
    with pytest.raises(ListRefused):
        getattr(lists, act)(*given, by=nobody, now=NOW, **more)
    assert everything() == before


def test_a_draft_that_nobody_signed_is_not_sent_back(draft, marketer, heads):
    lists.add(draft, account=make.account(), by=marketer, now=NOW)
    before = everything()
    with pytest.raises(ListRefused, match="waiting for its second signature"):
        lists.send_back(draft, by=heads[0], now=NOW)
    assert everything() == before


def test_a_version_in_force_takes_no_further_signature(marketer, heads):
    version = make.active_list(make.account()).versions.get()
    before = everything()
    with pytest.raises(ListRefused, match="already in force or replaced"):
        lists.sign(version, by=heads[0], now=NOW)
    assert everything() == before


def test_accounts_added_together_take_the_tier_asked_for_and_their_owners(draft, marketer):
    owner = make.user(Role.REP)
    lists.add_accounts(draft, [make.account(owner=owner), make.account()], by=marketer, now=NOW, tier=Tier.ONE_TO_FEW)
    assert list(draft.entries.order_by("pk").values_list("tier", "owner")) == [("1:few", owner.pk), ("1:few", None)]


def test_what_is_done_through_a_door_says_so(marketer):
    with doors.through(Door.API):
        lists.create(name="夏の本命", by=marketer, now=NOW)
    assert Entry.objects.get().door == Door.API
