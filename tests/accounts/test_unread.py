"""What nobody reads: one rule for the page of words, the data-quality page, the API, and the rows behind a number."""

from typing import Any

import pytest

from accounts import departments, quality, unread
from accounts.enums import Function, Naming, Rank
from accounts.models import Account, Department, WordRule
from accounts.unread import Texts, Unread
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
NOTHING = {Naming.DEPARTMENT: Function.OTHER, Naming.TITLE: Rank.UNKNOWN}
TEXTS = ("なごみ課", "ﾅｺﾞﾐ課", "特命係", "特命第一", "Unit", "IT unit", "元隊長", "隊長")


@pytest.fixture
def company() -> Account:
    """Departments and titles of these texts, at two companies; what is closed, ended or read is beside them."""
    made, other = make.account("みどり"), make.account("あおば")
    for text in TEXTS:
        place(made, text)
    place(other, "なごみ課")
    place(other, "なごみ　課", parent=place_above(other))
    gone = place(made, "昔の課")
    Department.objects.filter(name="昔の課").update(valid_to=NOW.date())
    gone.affiliations.update(ended_on=NOW.date())
    place(made, "営業部", function="SALES").affiliations.update(rank="STAFF")
    make.person(made).affiliations.update(title="")
    return made


def place(account: Account, text: str, **fields: Any) -> Any:
    department = Department.objects.create(account=account, name=text, key=departments.key_of(text), **fields)
    person = make.person(account, in_department=department)
    person.affiliations.update(title=text)
    return person


def place_above(account: Account) -> Department:
    return make.department(account, "営業本部", function="SALES")


def teach(naming: Naming, text: str, meaning: str = "", *, is_word: bool = False) -> None:
    told = {"by": make.system(), "at": NOW, "naming": naming, "meaning": meaning or NOTHING[naming]}
    WordRule.objects.create(text=text, key=departments.key_of(text), is_word=is_word, **told)


def texts(naming: Naming) -> dict[str, int]:
    return {one.text: one.rows for one in unread.texts(naming, most=99).most}


@pytest.mark.parametrize("naming", list(Naming))
def test_spellings_of_a_text_are_one_and_the_most_frequent_comes_first(company, naming):
    found = unread.texts(naming, most=1, with_accounts=True)
    assert found == Texts([Unread("なごみ課", "なごみ課", 3, 2)], 8, 10)
    assert unread.rows(naming, "なごみ課").count() == 3
    assert (unread.rows(naming).count(), unread.rows(naming, "営業部").count()) == (10, 0)


@pytest.mark.parametrize("naming", list(Naming))
def test_what_was_taught_to_mean_nothing_in_particular_is_known(company, naming):
    teach(naming, "なごみ課"), teach(naming, "特命", is_word=True), teach(naming, "it", is_word=True)
    assert texts(naming) == {"ﾅｺﾞﾐ課": 1, "Unit": 1, "元隊長": 1, "隊長": 1}


def test_a_text_is_known_only_if_what_decides_how_it_is_read_says_so(company):
    teach(Naming.TITLE, "隊長", Rank.MANAGER), teach(Naming.TITLE, "元隊長")
    assert not {"元隊長"} & texts(Naming.TITLE).keys()
    teach(Naming.TITLE, "特命", is_word=True), teach(Naming.TITLE, "特命第", Rank.STAFF, is_word=True)
    assert {"特命係", "特命第一"} & texts(Naming.TITLE).keys() == {"特命第一"}


@pytest.mark.parametrize("naming", list(Naming))
@pytest.mark.parametrize("taught", [(), ("なごみ課",)])
def test_page_of_words_quality_page_and_rows_agree(client, company, naming, taught):
    for text in taught:
        teach(naming, text)
    client.force_login(make.user("MARKETER"))
    words = client.get(f"/accounts/words/?naming={naming}").context["unread"]
    page = client.get("/review/quality/").context["quality"]
    of, total = {"DEPARTMENT": ("departments", page.departments_unread), "TITLE": ("titles", page.titles_unread)}[
        naming
    ]
    assert words.rows == total == client.get(f"/review/quality/{of}/").context["page"].paginator.count
    assert [(one.key, one.rows) for one in words.most] == [(one.key, one.rows) for one in getattr(page, of)]
    for one in words.most:
        found = client.get(f"/review/quality/{of}/", {"text": one.key}).context["page"]
        assert found.paginator.count == one.rows, one
    assert quality.read(now=NOW).departments_unread == unread.rows(Naming.DEPARTMENT).count()


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("taught", "queries"), [(False, 3), (True, 5)])
def test_the_texts_take_so_many_statements_however_many_there_are(number, taught, queries, django_assert_num_queries):
    account = make.account()
    for place_number in range(number):
        place(account, "なごみ課" * (place_number + 1))
    if taught:
        teach(Naming.TITLE, "特命")
    with django_assert_num_queries(queries):
        assert unread.texts(Naming.TITLE, most=9, with_accounts=True).rows == number
