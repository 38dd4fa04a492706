"""What is missing, unread, out of date: counted exactly, and each count is the number of its rows."""

from datetime import timedelta

import pytest

from accounts import quality
from accounts.models import Account, Confirmation, Person, Telling
from accounts.quality import Gap
from accounts.unread import Unread
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
OLD = NOW - timedelta(days=800)


@pytest.fixture
def company() -> Account:
    """One company with departments, read and unread; a household counts nowhere."""
    made = make.account("みどり", industry="食品")
    made.domains.create(domain="midori.example")
    make.account("山田家", kind="HOUSEHOLD")
    return made


def gaps(found: list[Gap]) -> dict[str, tuple[int, int]]:
    return {one.code: (one.missing, one.total) for one in found}


def test_fields_of_companies_are_counted_without_households(company):
    make.account("あおば", corporate_number="8700110005901")
    found = gaps(quality.read(now=NOW).accounts)
    assert {code: found[code] for code in ("corporate_number", "industry", "domain", "owner")} == {
        "corporate_number": (1, 2), "industry": (1, 2), "domain": (1, 2), "owner": (2, 2),
    }  # fmt: skip


def test_fields_of_persons_are_those_of_where_they_work_now(company):
    placed = make.person(company, in_department=make.department(company), mobile="090")
    placed.affiliations.update(title="部長")
    moved = make.person(company, email="")
    moved.affiliations.update(ended_on=NOW.date())
    make.person(company)
    found = gaps(quality.read(now=NOW).persons)
    assert found == {"email": (1, 3), "phone": (2, 3), "name_kana": (3, 3), "account": (1, 3), "department": (2, 3),
                     "title": (2, 3)}  # fmt: skip


@pytest.mark.parametrize("code", quality.GAPS["persons"])
def test_the_rows_of_a_gap_are_as_many_as_it_counts(company, code):
    (
        make.person(company, email="a@gmail.com"),
        make.person(company, email=""),
        make.person(company).affiliations.all().delete(),
    )
    Person.objects.filter(email="").update(updated_at=OLD)
    found = quality.read(now=NOW)
    (counted,) = (one.missing for one in [*found.persons, *found.troubles] if one.code == code)
    assert quality.persons_lacking(code, now=NOW).count() == counted > 0


@pytest.mark.parametrize("code", quality.GAPS["accounts"])
def test_the_companies_that_lack_a_field_are_as_many_as_it_counts(company, code):
    make.account("あおば")
    (counted,) = (one.missing for one in quality.read(now=NOW).accounts if one.code == code)
    assert quality.accounts_lacking(code).count() == counted > 0


def test_a_free_address_counts_only_without_another_one(company):
    make.person(company, email="a@GMail.com")
    make.person(company, email="b@gmail.com").further_emails.create(email="b@midori.example")
    make.person(company, email="c@midori.example")
    assert [one.email for one in quality.free_mail_only()] == ["a@GMail.com"]


def test_who_was_confirmed_by_a_file_is_not_out_of_date(company):
    forgotten, confirmed, _fresh = (make.person(company, email=f"{n}@x.example") for n in "abc")
    Person.objects.filter(pk__in=[forgotten.pk, confirmed.pk]).update(updated_at=OLD)
    telling = Telling.objects.create(source=make.source(), by=make.system(), at=NOW)
    Confirmation.objects.create(telling=telling, kind="accounts.person", row_ids=[confirmed.pk, 999])
    Confirmation.objects.create(telling=telling, kind="accounts.account", row_ids=[forgotten.pk])
    assert list(quality.stale(now=NOW)) == [forgotten]


def test_texts_nothing_is_read_from_come_most_frequent_first(company):
    other = make.account("あおば")
    for account, name in ((company, "第一"), (other, "第一"), (company, "第二")):
        make.person(account, in_department=make.department(account, name))
    make.department(company, "昔の", valid_to=NOW.date()), make.department(company, "設計部", function="DESIGN")
    for title in ("匠", "匠", "導師", ""):
        make.person(company).affiliations.update(title=title)
    make.person(company).affiliations.update(title="部長", rank="GENERAL_MANAGER")
    found = quality.read(now=NOW)
    assert found.departments == [Unread("第一", "第一", 2, 2), Unread("第二", "第二", 1, 1)]
    assert found.titles == [Unread("匠", "匠", 2, 1), Unread("導師", "導師", 1, 1)]
    assert (found.departments_unread, found.titles_unread) == (3, 3)


def test_whose_basis_nobody_told_is_counted(company):
    known, unknown = make.person(company), make.person(company)
    for person, basis in ((known, "CARD"), (unknown, "")):
        telling = Telling.objects.create(source=make.source(), by=make.system(), at=NOW, basis=basis)
        telling.traces.create(kind="accounts.person", row_id=person.pk)
    assert list(quality.persons_lacking("no_basis", now=NOW)) == [unknown]


@pytest.mark.parametrize("number", [1, 3])
def test_everything_takes_thirteen_statements_however_much_there_is(company, django_assert_num_queries, number):
    for _one in range(number):
        make.person(company)
    with django_assert_num_queries(13):
        quality.read(now=NOW)
