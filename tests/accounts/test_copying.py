"""Rows stored by COPY: what they hold."""

from accounts import copying
from accounts.models import Department
from tests import make


def test_a_draft_that_is_told_rows_knows_their_ids(db):
    account = make.account()
    assert copying.draft(Department, account=account, name="設計部").account_id == account.pk
    assert copying.draft(Department, account_id=account.pk, name="設計部").name == "設計部"
