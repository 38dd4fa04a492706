"""Rows stored by COPY: what they hold."""

import pytest
from django.db import IntegrityError, transaction

from accounts import copying
from accounts.models import Department
from tests import make


def test_a_draft_that_is_told_rows_knows_their_ids(db):
    account = make.account()
    assert copying.draft(Department, account=account, name="設計部").account_id == account.pk
    assert copying.draft(Department, account_id=account.pk, name="設計部").name == "設計部"


def _departments(account, names):
    return [copying.draft(Department, account_id=account.pk, name=name, key=name) for name in names]


def test_what_is_sent_behind_has_arrived_when_somebody_asks(db):
    account, names = make.account(), [f"第{i}部" for i in range(copying.FEW)]
    with transaction.atomic(), copying.behind():
        rows = _departments(account, names)
        copying.insert(rows)
        assert set(account.departments.values_list("pk", "name")) == {(row.pk, row.name) for row in rows}


def test_what_the_database_has_against_rows_sent_behind_ends_the_transaction_with_nothing_changed(db):
    account = make.account()
    names = [f"第{i}部" for i in range(copying.FEW)]
    with pytest.raises(IntegrityError), transaction.atomic(), copying.behind():
        copying.insert(_departments(account, [*names, names[0]]))
    assert not account.departments.exists()


def test_rows_that_refer_to_nothing_are_refused_before_the_commit(db):
    nowhere = copying.draft(Department, account_id=0, name="設計部", key="設計部")
    with pytest.raises(IntegrityError), transaction.atomic(), copying.behind():
        copying.insert([nowhere] * copying.FEW)
    assert not Department.objects.exists()
