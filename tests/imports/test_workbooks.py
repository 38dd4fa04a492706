"""Excel workbooks: read as a person reads them."""

import pytest

from accounts.models import Account
from imports import workbooks
from imports.reading import Unreadable, open_table
from tests.imports import books
from tests.imports.conftest import counts, field_refusals

ROWS = [["会社名", "法人番号", "設立", "従業員数", "比率"], ["みどり", 8700110005901, (45382,), 300, 0.1]]


@pytest.fixture
def book(tmp_path):
    def written(*sheets, **options):
        return books.write(tmp_path / "book.xlsx", {f"表{i}": books.sheet(rows) for i, rows in enumerate(sheets, 1)})

    return written


def test_numbers_and_dates_come_as_people_write_them(book):
    table = open_table(book(ROWS))
    assert table.columns == tuple(ROWS[0])
    assert [line.cells for line in table.lines()] == [("みどり", "8700110005901", "2024-03-31", "300", "0.1")]


def test_the_first_sheet_is_read_or_the_one_named(book):
    path = book(ROWS, [["氏名"], ["山田"]])
    assert (open_table(path).sheet, open_table(path).sheets) == ("表1", ("表1", "表2"))
    assert open_table(path, sheet="表2").columns == ("氏名",)
    with pytest.raises(Unreadable, match="There is no sheet “表3”; the workbook has: 表1, 表2"):
        open_table(path, sheet="表3")


def test_rows_keep_the_numbers_the_spreadsheet_shows(book):
    table = open_table(book([[], ["会社名", "電話"], [], ["みどり", "03"]]))
    assert table.header_line == 2
    assert [line.number for line in table.lines()] == [4]


def test_a_formula_is_its_text_and_stays_text(book):
    assert [line.cells for line in open_table(book([["a", "b"], ["=1+1", "-2"]])).lines()] == [("=1+1", "-2")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(True, "TRUE"), (5.0, "5"), (1e15, "1E+15"), (1234567890123456789, "1.23457E+18"), (-1.5, "-1.5")],
)
def test_digits_that_excel_lost_are_not_made_up(book, cell, text):
    assert next(open_table(book([["a", "b"], [cell, "x"]])).lines()).cells[0] == text


def test_a_rounded_corporate_number_is_refused_for_its_field(book, system, db):
    from django.core.files.base import ContentFile

    from imports import jobs, load
    from tests.imports.conftest import NOW

    rows = [["会社名", "法人番号"], ["みどり", "5.07E+12"], ["あおば", 5070000000000], ["しらゆり", 8700110005901]]
    file = ContentFile(book(rows).read_bytes())
    job = jobs.queue(file, file_name="a.xlsx", kind="accounts", source="x", by=system, now=NOW)
    job = load.run(job, now=NOW)
    assert counts(job) == (3, 0, 0, 0)
    assert [(column, rows) for column, _reason, rows in field_refusals(job)] == [("法人番号", [2]), ("法人番号", [3])]
    assert Account.objects.exclude(corporate_number=None).count() == 1
    assert job.report["sheet"] == "表1"


def test_too_many_cells_are_refused(book, monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_CELLS", 9)
    with pytest.raises(Unreadable, match="unpacks to more than 9 cells"):
        open_table(book(ROWS))
