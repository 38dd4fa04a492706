"""Accounts through the API: numbers however written, and trees that stay trees."""

import pytest

from accounts.models import Account
from audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db
NUMBER = "8700110005901"


@pytest.fixture
def marketer(world, ask):
    return ask(world.marketer)


def change(client, account, **changes):
    tag = client.get(f"/accounts/{account.public_id}/").headers["ETag"]
    return client.patch(f"/accounts/{account.public_id}/", changes, format="json", HTTP_IF_MATCH=tag)


@pytest.mark.parametrize("written", [NUMBER, f"T{NUMBER}", "8-7001-1000-5901", "８７００１１０００５９０１"])
def test_a_corporate_number_is_answered_as_its_digits(marketer, written):
    answer = marketer.post("/accounts/", {"name": "みどり", "corporate_number": written}, format="json")
    assert (answer.status_code, answer.json()["corporate_number"]) == (201, NUMBER)


def test_a_wrong_check_digit_opens_nothing(marketer):
    answer = marketer.post("/accounts/", {"name": "みどり", "corporate_number": "1700110005901"}, format="json")
    assert answer.status_code == 400
    assert not Account.objects.filter(name="みどり").exists()


@pytest.mark.parametrize("below", [0, 1, 2])
def test_a_company_is_not_placed_under_itself_or_what_is_below_it(marketer, below):
    tree = [make.account()]
    for _ in range(2):
        tree.append(make.account(parent=tree[-1]))
    answer = change(marketer, tree[0], parent=str(tree[below].public_id))
    tree[0].refresh_from_db()
    assert (answer.status_code, tree[0].parent) == (400, None)
    assert not Entry.objects.filter(act="accounts.amend").exists()


def test_a_company_is_placed_under_another(marketer):
    holding, account = make.account(), make.account()
    answer = change(marketer, account, parent=str(holding.public_id))
    assert (answer.status_code, answer.json()["parent"]["id"]) == (200, str(holding.public_id))
    entry = Entry.objects.get(act="accounts.amend")
    assert (entry.door, entry.actor_name, entry.account_id) == ("API", "Marketer", account.pk)
