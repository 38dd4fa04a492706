"""What cannot be decided waits for a person, once; what they decide holds when the same is told again."""

from typing import Any

import pytest

from accounts import doubts, editing, merging
from accounts.doubts import DoubtRefused
from accounts.enums import DoubtState
from accounts.models import Account, AccountDomain, AccountName, Doubt, DoubtCandidate, ExternalId
from accounts.registering import AccountFacts, AccountRegistrar
from audit.effects import Told
from audit.models import Entry
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db
TABLES = (Account, AccountName, AccountDomain, ExternalId, Doubt, DoubtCandidate, Entry)


def rows() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


@pytest.fixture
def namesakes() -> list[Account]:
    return [make.account("みどり商事", prefecture="東京都"), make.account("みどり商事", prefecture="大阪府")]


def tell(**facts: Any) -> Told[Account]:
    return editing.tell_account(AccountFacts(**facts), source=make.source("crm"), by=make.system(), now=NOW)


def raised(**facts: Any) -> Doubt:
    tell(**({"name": "みどり商事", "external_id": "C-1"} | facts))
    return Doubt.objects.get()


def act() -> dict[str, Any]:
    return {"by": make.user(Role.MARKETER), "now": NOW}


def test_what_could_be_several_waits_once_with_its_candidates(namesakes):
    doubt = raised(details={"phone": "03-1111-2222"})
    assert tell(name="みどり商事", external_id="C-1").doubt is not None
    assert (doubt.kind, doubt.rule, doubt.score, doubt.source.code) == ("TOLD", "NAMESAKES", 100.0, "crm")
    assert doubt.facts == {"name": "みどり商事", "external_id": "C-1", "details": {"phone": "03-1111-2222"}}
    assert [(one.position, one.account) for one in doubt.candidates.all()] == [(1, namesakes[0]), (2, namesakes[1])]
    assert Doubt.objects.count() == 1


@pytest.mark.parametrize("external_id", ["C-1", ""])
def test_a_link_takes_over_what_was_told_and_is_not_asked_again(namesakes, external_id):
    doubt = raised(external_id=external_id, details={"phone": "03-1111-2222"})
    doubts.link(doubt, namesakes[1], **act())
    assert Account.objects.get(pk=namesakes[1].pk).phone == "03-1111-2222"
    again = AccountRegistrar(make.source("crm"), now=NOW)
    before = rows()
    told = again.register([AccountFacts(name="みどり商事", external_id=external_id, details={"phone": "03-1111-2222"})])
    assert [(one.effect, one.subject) for one in told] == [("unchanged", namesakes[1])]
    assert rows() == before
    assert (doubt.state, Entry.objects.get(act="doubts.decide").detail) == ("LINKED", {"state": "LINKED"})


def test_the_name_of_a_linked_company_becomes_its_alias(namesakes):
    AccountName.objects.create(account=namesakes[0], kind="FORMER", name="旧みどり", key="旧みどり")
    AccountName.objects.create(account=namesakes[1], kind="FORMER", name="旧みどり", key="旧みどり")
    third = make.account("あおば商事")
    doubts.link(raised(name="旧みどり"), third, **act())
    assert list(third.names.values_list("kind", "name")) == [("ALIAS", "旧みどり")]


@pytest.mark.parametrize("external_id", ["C-1", ""])
def test_a_new_company_is_registered_and_found_again(namesakes, external_id):
    made = doubts.register_new(raised(external_id=external_id), **act())
    assert Account.objects.count() == 3
    assert tell(name="みどり商事", external_id=external_id).subject == made
    assert Account.objects.count() == 3


def test_what_was_dismissed_stays_out_and_is_not_asked_again(namesakes):
    doubts.dismiss(raised(), **act())
    before = rows()
    assert tell(name="みどり商事", external_id="C-1").subject is None
    assert rows() == before


def test_nobody_decides_what_another_has_decided(namesakes):
    doubt = raised()
    doubts.dismiss(doubt, **act())
    before = rows()
    for decide in (doubts.dismiss, doubts.register_new, lambda one, **by: doubts.link(one, namesakes[0], **by)):
        with pytest.raises(DoubtRefused, match="decided this already"):
            decide(Doubt.objects.get(), **act_of(doubt))
    assert rows() == before


def act_of(doubt: Doubt) -> dict[str, Any]:
    return {"by": doubt.decided_by, "now": NOW}


def test_a_pair_is_asked_once_and_answered_by_its_merge(namesakes):
    doubt = doubts.raise_pair(*namesakes, rule="NAMESAKES", score=100, by=make.system(), now=NOW)
    assert doubts.raise_pair(*reversed(namesakes), rule="FUZZY", score=90, by=make.system(), now=NOW) is None
    done = doubts.merge_pair(doubt, namesakes[0], **act())
    doubt.refresh_from_db()
    assert (doubt.state, [one.account for one in doubt.candidates.all()]) == (DoubtState.LINKED, [namesakes[0]])
    merging.unmerge(done, **act())
    doubt.refresh_from_db()
    assert (doubt.state, doubt.decided_at, doubt.candidates.count()) == (DoubtState.OPEN, None, 2)
