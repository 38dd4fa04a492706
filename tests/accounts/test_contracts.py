"""What a signed contract changes."""

from datetime import date
from decimal import Decimal

import pytest

from accounts import contracts
from accounts.enums import Relation
from accounts.models import Contract
from audit.models import Entry
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
SIGNED = {"amount": Decimal("1200000"), "currency": "JPY", "started_on": date(2026, 11, 1)}


def test_a_contract_makes_the_account_a_customer():
    account = make.account()
    contracts.sign(account, offering=make.offering(), by=make.system(), now=NOW, **SIGNED)
    account.refresh_from_db()
    assert (account.relation, account.relation_since) == (Relation.CUSTOMER, date(2026, 11, 1))
    assert Entry.objects.get(act="contracts.sign").account_id == account.pk


def test_a_customer_stays_one_since_the_first_contract():
    account = make.account(relation=Relation.CUSTOMER, relation_since=date(2020, 4, 1))
    contracts.sign(account, offering=make.offering(), by=make.system(), now=NOW, **SIGNED)
    account.refresh_from_db()
    assert account.relation_since == date(2020, 4, 1)


def test_the_same_external_contract_is_signed_once():
    account, offering = make.account(), make.offering()
    twice = [
        contracts.sign(account, offering=offering, by=make.system(), now=NOW, source="sfa", external_id="D-1", **SIGNED)
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert Contract.objects.count() == 1
