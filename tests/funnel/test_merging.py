"""Two accounts merged and parted again: nothing is lost, nothing is invented, and who may not be one stays two."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models

from accounts import merging
from accounts.enums import Relation
from accounts.merging import MergeRefused
from accounts.models import (
    Account,
    AccountDomain,
    AccountName,
    Affiliation,
    Contract,
    Department,
    ExternalId,
    Merge,
    Person,
    PersonEmail,
)
from accounts.registering import AccountFacts, AccountRegistrar
from audit.models import Entry, OutboxMessage
from engagement.models import Touch
from funnel import invariants, leads
from funnel.enums import Stage
from funnel.models import Handoff, Lead, LeadMove
from scoring import recompute
from scoring.models import Score
from targets.models import TargetEntry
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW, World

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
TABLES: tuple[type[models.Model], ...] = (
    Account, AccountName, AccountDomain, Department, Person, PersonEmail, Affiliation, ExternalId, Contract, Touch,
    TargetEntry, Lead, LeadMove, Handoff, Lead.persons.through, TargetEntry.persons.through,
)  # fmt: skip


@pytest.fixture
def world() -> World:
    made = people.build()
    people.sign_list(made)
    return made


@pytest.fixture
def other(world: World) -> Account:
    """The same company once more, from the CRM: own department of the same name, person, touch, lead, contract."""
    account = make.account(
        "アオバ精機", relation=Relation.CUSTOMER, phone="03-1234-5678", corporate_number="8700110005901"
    )
    account.external_ids.create(source=make.source("crm"), external_id="C-7")
    account.domains.create(domain="aoba.example.jp")
    here = Department.objects.create(account=account, name="設計部", key="設計部")
    office = Department.objects.create(account=account, name="本社", key="本社")
    Department.objects.create(account=account, parent=office, name="総務", key="総務")
    person = make.person(account, in_department=here)
    for at in (here, office):
        make.touch(account, at=NOW - timedelta(days=3), department=at, person=person, offering=world.offering)
    make.active_list(world.account, account, name="Both")
    lead = people.lead_at(world, Stage.MQL, account=account, department=office)
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    recompute.add(Touch.objects.values_list("pk", flat=True), now=NOW)
    return account


def state(*, without: tuple[str, ...] = ("updated_at",)) -> dict[str, list[dict[str, Any]]]:
    """All rows that a merge may change."""
    return {
        table._meta.label: [
            {name: value for name, value in row.items() if name not in without}
            for row in table._base_manager.order_by("pk").values()
        ]
        for table in TABLES
    }


def scores() -> dict[tuple[Any, ...], list[Any]]:
    rows = Score.objects.values_list(
        "account",
        "department",
        "offering",
        "persons",
        "last_touch_at",
        "crossed_at",
        "web",
        "mail",
        "seminar",
        "meeting",
    )
    return {row[:6]: list(row[6:]) for row in rows}


def same(scored: dict[tuple[Any, ...], list[Any]]) -> bool:
    """Whether the scores are what they were, to 1e-9."""
    return scores() == {key: pytest.approx(sums, rel=1e-9) for key, sums in scored.items()}


def test_a_merge_moves_everything_and_leaves_nothing_behind(world, other):
    own, gone = world.department, other.public_id
    done = merging.merge(world.account, other, by=world.marketer, now=LATER)
    kept = Account.objects.get()
    assert (kept.name, kept.phone, kept.corporate_number, kept.relation) == (
        "青葉精機", "03-1234-5678", "8700110005901", Relation.CUSTOMER)  # fmt: skip
    assert list(kept.names.values_list("kind", "name")) == [("ALIAS", "アオバ精機")]
    assert sorted(kept.departments.values_list("name", flat=True)) == ["本社", "総務", "設計部"]
    assert Touch.objects.filter(account=kept, department=own).count() == 1
    assert [lead.account for lead in Lead.objects.all()] == [kept]
    assert set(LeadMove.objects.values_list("account", flat=True)) == {kept.pk}
    assert merging.heir_of(gone) == kept
    assert Entry.objects.get(act="accounts.merge").detail == {"merge": str(done.public_id), "gone": str(gone)}
    assert OutboxMessage.objects.get(topic="account.merged").payload == {"merge": done.pk}


def test_a_merge_taken_back_at_once_leaves_no_trace(world, other):
    before, scored = state(), scores()
    done = merging.merge(world.account, other, by=world.marketer, now=LATER)
    assert state() != before
    merging.unmerge(done, by=world.marketer, now=LATER)
    assert state() == before
    assert same(scored)
    assert list(invariants.check(now=LATER)) == []


def test_a_preview_says_what_would_move_and_changes_nothing(world, other):
    before, scored = state(without=()), scores()
    seen = merging.preview(world.account, other, by=world.marketer, now=LATER)
    assert (seen.obstacle, seen.joined) == ("", ["設計部"])
    assert (seen.moved["engagement.touch"], seen.moved["funnel.lead"], seen.moved["funnel.leadmove"]) == (2, 1, 2)
    assert (state(without=()), Merge.objects.count(), same(scored)) == (before, 0, True)


def test_the_same_file_again_changes_nothing_after_a_merge(world, other):
    told = [AccountFacts(name="アオバ精機", external_id="C-7", details={"phone": "06-9999-9999", "address": "大阪"}),
            AccountFacts(name="アオバ精機", details={"phone": "06-9999-9999"})]  # fmt: skip
    AccountRegistrar(make.source("crm"), now=NOW).register(told[:1])
    merging.merge(world.account, Account.objects.get(pk=other.pk), by=world.marketer, now=LATER)
    before = state(without=())
    again = AccountRegistrar(make.source("crm"), now=LATER).register(told)
    assert [(one.effect, one.subject) for one in again] == [("unchanged", world.account)] * 2
    assert state(without=()) == before


def test_different_corporate_numbers_are_two_companies(world, other):
    Account.objects.filter(pk=world.account.pk).update(corporate_number="1180301018771")
    refused(world, other, "different corporate numbers")


def test_companies_of_one_group_are_two(world, other):
    Account.objects.filter(pk=other.pk).update(parent=world.account)
    refused(world, other, "one above the other")


def test_two_open_leads_for_one_demand_refuse_the_merge(world, other):
    people.lead_at(world, Stage.MQL)
    people.lead_at(world, Stage.MQL, account=other, department=other.departments.get(name="設計部"))
    refused(world, other, "設計部 would have two open leads for CAE")


def refused(world: World, other: Account, why: str) -> None:
    before, scored = state(without=()), scores()
    assert why in merging.preview(world.account, other, by=world.marketer, now=LATER).obstacle
    with pytest.raises(MergeRefused, match=why):
        merging.merge(world.account, other, by=world.marketer, now=LATER)
    assert (state(without=()), Merge.objects.count(), same(scored)) == (before, 0, True)


def test_a_merged_one_is_not_merged_again(world, other):
    third = make.account("三番")
    merging.merge(world.account, other, by=world.marketer, now=LATER)
    with pytest.raises(MergeRefused, match="has been merged already"):
        merging.merge(third, other, by=world.marketer, now=LATER)
    with pytest.raises(MergeRefused, match="one and the same"):
        merging.merge(third, Account.objects.get(pk=third.pk), by=world.marketer, now=LATER)


def test_a_chain_is_taken_back_in_reverse_order_only(world, other):
    third, before = make.account("三番"), state()
    before = state()
    first = merging.merge(world.account, other, by=world.marketer, now=LATER)
    second = merging.merge(third, world.account, by=world.marketer, now=LATER)
    assert merging.heir_of(first.gone_public_id) == merging.heir_of(second.gone_public_id) == third
    with pytest.raises(MergeRefused, match="青葉精機 was merged into 三番 later"):
        merging.unmerge(first, by=world.marketer, now=LATER)
    merging.unmerge(second, by=world.marketer, now=LATER)
    merging.unmerge(first, by=world.marketer, now=LATER)
    assert state() == before
    with pytest.raises(MergeRefused, match="taken back already"):
        merging.unmerge(first, by=world.marketer, now=LATER)


def test_work_goes_on_with_what_it_hangs_on(world, other):
    done = merging.merge(world.account, other, by=world.marketer, now=LATER)
    office = Department.objects.get(name="本社")
    kept = Account.objects.get()
    at_theirs = make.touch(kept, at=LATER, department=office)
    of_theirs = make.touch(kept, at=LATER, person=Person.objects.get())
    of_nobody = make.touch(kept, at=LATER)
    leads.accept(Lead.objects.get(), by=world.rep, now=LATER, next_action="call", next_action_on=LATER.date())
    merging.unmerge(done, by=world.marketer, now=LATER)
    for touch in (at_theirs, of_theirs, of_nobody):
        touch.refresh_from_db()
    assert [one.account.name for one in (at_theirs, of_theirs, of_nobody)] == ["アオバ精機", "アオバ精機", "青葉精機"]
    assert set(LeadMove.objects.values_list("account__name", flat=True)) == {"アオバ精機"}
    assert list(invariants.check(now=LATER)) == []
