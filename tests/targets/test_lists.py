"""Drawing up, signing and renewing lists."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Entry, OutboxMessage
from targets import diff, lists
from targets.enums import Side, VersionState
from targets.lists import ListRefused
from targets.models import Signature, TargetEntry, TargetList, TargetListVersion
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER)


@pytest.fixture
def marketing_lead():
    return make.user(Role.MARKETING_LEAD)


@pytest.fixture
def manager():
    return make.user(Role.SALES_MANAGER)


@pytest.fixture
def draft(marketer):
    return lists.create(name="Wanted", by=marketer, now=NOW).versions.get()


def filled(draft, marketer):
    lists.add(draft, account=make.account(), by=marketer, now=NOW)
    return draft


def test_a_list_starts_with_an_empty_draft(draft):
    assert (draft.number, draft.state, draft.entries.count()) == (1, VersionState.DRAFT, 0)


def test_a_second_list_of_the_same_name_is_refused(draft, marketer):
    with pytest.raises(ListRefused, match="already a list called “Wanted”"):
        lists.create(name=" Wanted ", by=marketer, now=NOW)
    assert TargetList.objects.count() == 1


def test_a_nameless_list_is_refused(marketer):
    with pytest.raises(ListRefused, match="name the list"):
        lists.create(name="  ", by=marketer, now=NOW)
    assert not TargetList.objects.exists()


@pytest.mark.parametrize("role", [Role.REP, Role.PARTNER, Role.ANALYST, Role.ADMIN])
def test_other_roles_do_not_draw_up_lists(draft, role):
    with pytest.raises(ListRefused, match="Marketing and sales managers"):
        lists.add(draft, account=make.account(), by=make.user(role), now=NOW)
    assert not draft.entries.exists()


def test_an_entry_takes_the_owner_of_its_account(draft, marketer):
    rep = make.user()
    entry = lists.add(draft, account=make.account(owner=rep), by=marketer, now=NOW)
    assert entry.owner == rep


def test_the_same_target_twice_is_refused(draft, marketer):
    account = make.account("ミナト精工株式会社")
    lists.add(draft, account=account, by=marketer, now=NOW)
    with pytest.raises(ListRefused, match="ミナト精工株式会社 is already on this list"):
        lists.add(draft, account=account, by=marketer, now=NOW)
    assert draft.entries.count() == 1


def test_a_spear_needs_a_department_of_its_own_account(draft, marketer):
    elsewhere = make.department(make.account())
    with pytest.raises(ListRefused, match="another account"):
        lists.add(draft, account=make.account(), department=elsewhere, by=marketer, now=NOW)
    assert not draft.entries.exists()


def test_adding_many_leaves_out_those_already_on_it(draft, marketer):
    one, two = make.account(), make.account()
    lists.add(draft, account=one, by=marketer, now=NOW)
    assert [e.account for e in lists.add_accounts(draft, [one, two, two], by=marketer, now=NOW)] == [two]
    assert draft.entries.count() == 2


def test_an_entry_comes_off_a_draft(draft, marketer):
    entry = lists.add(draft, account=make.account(), by=marketer, now=NOW)
    lists.remove(entry, by=marketer, now=NOW)
    assert not draft.entries.exists()
    assert Entry.objects.filter(act="lists.remove").count() == 1


def test_one_signature_freezes_but_does_not_bring_into_force(draft, marketer, manager):
    lists.sign(filled(draft, marketer), by=manager, now=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.activated_at) == (VersionState.SIGNING, None)


def test_both_signatures_bring_a_version_into_force(draft, marketer, marketing_lead, manager):
    lists.sign(filled(draft, marketer), by=manager, now=NOW)
    lists.sign(draft, by=marketing_lead, now=NOW + timedelta(hours=1))
    draft.refresh_from_db()
    assert (draft.state, draft.activated_at) == (VersionState.ACTIVE, NOW + timedelta(hours=1))
    assert OutboxMessage.objects.filter(topic="list.signed").count() == 1


def test_one_side_cannot_sign_twice(draft, marketer, manager):
    lists.sign(filled(draft, marketer), by=manager, now=NOW)
    other = make.user(Role.SALES_MANAGER)
    with pytest.raises(ListRefused, match="has already signed for this side"):
        lists.sign(draft, by=other, now=NOW)
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("role", [Role.MARKETER, Role.REP, Role.PARTNER, Role.ANALYST, Role.ADMIN, Role.SYSTEM])
def test_only_the_two_heads_sign(draft, marketer, role):
    filled(draft, marketer)
    signer = make.system() if role == Role.SYSTEM else make.user(role)
    with pytest.raises(ListRefused, match="marketing lead and a sales manager"):
        lists.sign(draft, by=signer, now=NOW)
    assert not Signature.objects.exists()


def test_an_empty_list_cannot_be_signed(draft, manager):
    with pytest.raises(ListRefused, match="empty list"):
        lists.sign(draft, by=manager, now=NOW)
    assert not Signature.objects.exists()


def test_a_signed_version_takes_no_entry(draft, marketer, manager):
    lists.sign(filled(draft, marketer), by=manager, now=NOW)
    with pytest.raises(ListRefused, match="signed and cannot change"):
        lists.add(draft, account=make.account(), by=marketer, now=NOW)
    assert draft.entries.count() == 1


def test_the_database_itself_keeps_a_signed_version(draft, marketer, manager):
    lists.sign(filled(draft, marketer), by=manager, now=NOW)
    for change in (TargetEntry.objects.all().delete, lambda: TargetEntry.objects.update(tier="1:1")):
        with pytest.raises(IntegrityError, match="signed and cannot change"), transaction.atomic():
            change()
    assert draft.entries.get().tier == "1:many"


def test_a_version_waiting_for_its_second_signature_can_be_sent_back(draft, marketer, marketing_lead, manager):
    lists.sign(filled(draft, marketer), by=manager, now=NOW)
    lists.send_back(draft, by=marketing_lead, now=NOW)
    lists.add(draft, account=make.account(), by=marketer, now=NOW)
    assert (draft.entries.count(), Signature.objects.count()) == (2, 0)


def test_a_version_in_force_cannot_be_sent_back(manager):
    version = make.active_list(make.account()).versions.get()
    with pytest.raises(ListRefused, match="waiting for its second signature"):
        lists.send_back(version, by=manager, now=NOW)
    assert Signature.objects.count() == 2


def test_the_next_version_copies_entries_with_their_persons(marketer):
    account = make.account()
    target_list = lists.create(name="A", by=marketer, now=NOW)
    entry = lists.add(target_list.versions.get(), account=account, by=marketer, now=NOW, tier="1:1", wanted_rank=3)
    entry.persons.add(make.person(account))
    sign_both(target_list.versions.get())
    draft = lists.start_next(target_list, by=marketer, now=NOW)
    copy = draft.entries.get()
    assert (draft.number, copy.tier, copy.wanted_rank, copy.persons.count()) == (2, "1:1", 3, 1)
    assert copy.public_id != entry.public_id


def test_a_second_draft_beside_the_first_is_refused(draft, marketer):
    with pytest.raises(ListRefused, match="already being drawn up"):
        lists.start_next(draft.list, by=marketer, now=NOW)
    assert TargetListVersion.objects.count() == 1


def test_the_next_version_in_force_replaces_the_last(marketer):
    target_list = make.active_list(make.account())
    sign_both(lists.start_next(target_list, by=marketer, now=NOW))
    states = dict(target_list.versions.values_list("number", "state"))
    assert states == {1: VersionState.SUPERSEDED, 2: VersionState.ACTIVE}


def test_the_diff_shows_what_the_next_version_changes(marketer):
    stays, goes, comes = make.account(), make.account(), make.account()
    target_list = make.active_list(stays, goes)
    draft = lists.start_next(target_list, by=marketer, now=NOW)
    lists.remove(draft.entries.get(account=goes), by=marketer, now=NOW)
    lists.add(draft, account=comes, by=marketer, now=NOW)
    found = diff.against_active(draft)
    assert ([e.account for e in found.added], [e.account for e in found.removed], found.kept) == ([comes], [goes], 1)


def test_only_entries_in_force_pass_the_gate(draft, marketer):
    account = make.account()
    lists.add(draft, account=account, by=marketer, now=NOW)
    assert not TargetEntry.objects.active().exists()
    sign_both(draft)
    assert TargetEntry.objects.active().get().account == account


def test_the_most_precise_entry_covers_a_demand(draft, marketer):
    account, offering = make.account(), make.offering()
    department = make.department(account)
    lists.add(draft, account=account, by=marketer, now=NOW)
    spear = lists.add(draft, account=account, department=department, offering=offering, by=marketer, now=NOW)
    wanted = {"account_id": account.pk, "department_id": department.pk, "offering_id": offering.pk}
    assert TargetEntry.objects.covering(**wanted).first() == spear
    assert TargetEntry.objects.covering(**{**wanted, "department_id": None}).count() == 1


def test_a_spear_does_not_cover_another_department(draft, marketer):
    account = make.account()
    lists.add(draft, account=account, department=make.department(account), by=marketer, now=NOW)
    other = make.department(account, "総務部")
    assert not TargetEntry.objects.covering(account_id=account.pk, department_id=other.pk, offering_id=None).exists()


def test_partners_see_no_list(draft):
    assert not TargetList.objects.visible_to(make.user(Role.PARTNER)).exists()
    assert TargetList.objects.visible_to(make.user(Role.ANALYST)).get() == draft.list


def test_a_signature_belongs_to_one_side(draft, marketer, marketing_lead):
    assert lists.sign(filled(draft, marketer), by=marketing_lead, now=NOW).side == Side.MARKETING


def sign_both(version):
    for role in (Role.MARKETING_LEAD, Role.SALES_MANAGER):
        lists.sign(version, by=make.user(role), now=NOW)


def test_the_database_refuses_two_versions_in_force(draft, marketer):
    filled(draft, marketer)
    sign_both(draft)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO targets_targetlistversion (list_id, number, state, created_by_id, created_at)"
            " SELECT list_id, 9, state, created_by_id, created_at FROM targets_targetlistversion"
        )
