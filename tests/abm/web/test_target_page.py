"""Putting one account on a list from its page."""

import pytest

from targets import lists
from targets.models import TargetEntry
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client):
    user = make.user(Role.MARKETER)
    client.force_login(user)
    return user


@pytest.fixture
def draft(marketer):
    return lists.create(name="本命", by=marketer, now=NOW).versions.get()


def put(client, account, draft, **changes):
    wish = {"version": draft.pk, "tier": "1:1", "horizon": "NOW"}
    return client.post(f"/accounts/{account.public_id}/target/", wish | changes)


def test_an_account_is_put_on_a_draft(client, draft):
    account = make.account("青葉精機")
    answer = put(client, account, draft, wanted_rank="3", path="展示会から")
    assert answer.url == f"/lists/{draft.list.public_id}/"
    entry = TargetEntry.objects.get()
    assert (entry.account, entry.tier, entry.wanted_rank, entry.path) == (account, "1:1", 3, "展示会から")


def test_the_same_account_twice_is_told_on_the_form_and_changes_nothing(client, draft):
    account = make.account("青葉精機")
    put(client, account, draft)
    answer = put(client, account, draft, wanted_rank="1")
    assert "青葉精機 is already on this list." in answer.content.decode()
    assert TargetEntry.objects.get().wanted_rank is None


@pytest.mark.parametrize(
    "changes",
    [{"version": ""}, {"version": "0"}, {"tier": "9"}, {"wanted_rank": "0"}, {"department": "0"}, {"path": "長" * 301}],
)
def test_what_makes_no_sense_is_asked_again_and_changes_nothing(client, draft, changes):
    answer = put(client, make.account(), draft, **changes)
    assert answer.status_code == 200
    assert not TargetEntry.objects.exists()


def test_a_department_of_another_account_cannot_be_chosen(client, draft):
    strange = make.department(make.account())
    put(client, make.account(), draft, department=strange.pk)
    assert not TargetEntry.objects.exists()


def test_a_rep_puts_nothing_on_a_list(client, draft):
    client.force_login(make.user(Role.REP))
    put(client, make.account(), draft)
    assert not TargetEntry.objects.exists()
