"""Persons taken out as a file: said what for, noted, harmless in a spreadsheet, the same text when it comes back."""

import csv
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts import exporting, opt_outs
from accounts.exporting import ExportRefused
from accounts.models import Affiliation, Person
from accounts.spreadsheets import plain
from audit.models import Access
from imports import jobs, load, mapping
from imports.kinds.persons import Persons
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20).map(str.strip)
STARTS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'", "''", "'=", ""])


@given(st.lists(st.builds(str.__add__, STARTS, CELLS), min_size=1, max_size=4))
def test_what_was_written_is_read_again_and_no_cell_is_a_formula(cells):
    (read,) = csv.reader(io.StringIO(exporting.line(cells), newline=""))
    assert not {cell[:1] for cell in read} & set("=+-@\t\r")
    assert [plain(cell) for cell in read] == [cell.strip() for cell in cells]


def taken(**options: Any) -> list[list[str]]:
    told: dict[str, Any] = {
        "purpose": "seminar",
        "filters": {"search": "青葉"},
        "by": make.user("MARKETER"),
        "now": NOW,
    }
    text = "".join(exporting.export(Person.objects.all(), **{"purpose": "seminar", **told, **options}))
    assert text[0] == exporting.BOM
    return list(csv.reader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_our_own_imports_understand_every_column(language):
    found = mapping.propose(exporting.HEADERS[language], Persons.fields).columns
    assert [found[name] for name in exporting.HEADERS[language]] == [
        (name,)
        for name in ("account", "corporate_number", "department", "title", "name", "last_name", "first_name",
                     "name_kana", "email", "phone", "mobile", "opted_out")
    ]  # fmt: skip


def test_brought_in_again_it_changes_nothing(db):
    company = make.account("=HYPERLINK(0)工業", corporate_number="8700110005901")
    place = make.department(company, "+設計部", function="DESIGN")
    person = make.person(company, "@山田 太郎", place, email="taro@example.jp", phone="+81-3-1111-2222", mobile="-1")
    Affiliation.objects.update(title="-部長", rank="GENERAL_MANAGER")
    with translation.override("ja"):
        text = "".join(
            exporting.export(Person.objects.all(), purpose="back", filters={}, by=make.user("MARKETER"), now=NOW)
        )
    assert text.count("\r\n") == 2
    before = list(Person.objects.values())
    told = {"file_name": "a.csv", "kind": "persons", "source": "back", "by": make.system(), "now": NOW}
    job = load.run(jobs.queue(ContentFile(text.encode()), **told), now=NOW)
    assert (job.read, job.unchanged, job.refused) == (1, 1, 0), job.report
    assert (list(Person.objects.values()), Person.objects.get()) == (before, person)


def test_who_opted_out_stays_at_home_unless_asked_for():
    company = make.account("青葉")
    opt_outs.opt_out(make.person(company, "山田", email="a@example.jp"), by=make.system(), now=NOW)
    make.person(company, "佐藤", email="b@example.jp")
    assert [row[4] for row in taken()] == ["Full Name", "佐藤"]
    assert [(row[4], row[11]) for row in taken(only_reachable=False)][1:] == [("山田", "○"), ("佐藤", "")]
    assert list(Access.objects.order_by("pk").values_list("kind", "rows", "purpose", "filters")) == [
        ("EXPORT", 1, "seminar", {"search": "青葉"}), ("EXPORT", 2, "seminar", {"search": "青葉"}),
    ]  # fmt: skip


def test_without_a_purpose_or_the_role_nothing_leaves():
    make.person(make.account())
    for options, why in (({"purpose": " x "}, "what the file is for"), ({"by": make.user("REP")}, "Marketing takes")):
        with pytest.raises(ExportRefused, match=why):
            taken(**options)
    assert Access.objects.count() == 0
