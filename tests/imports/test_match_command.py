"""manage.py match: names in, verdicts out, nothing changed."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account
from imports import verdicts
from imports.reading import open_table
from manage import needs_servers
from tests.make import account


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "names.csv"
    rows = "㈱みどり商事,1,港区1-1\nみどり商事運輪,2,\nなごみ,3,\n,4,\nあおば,5,北区2-2\n"
    path.write_text(f"会社,id,住所\n{rows}", encoding="cp932")
    return path


@pytest.fixture
def reference(tmp_path):
    path = tmp_path / "ref.csv"
    rows = "A\tみどり商事株式会社\t\t\nB\tみどり商事運輸\t\t\nC\tあおば\t\t東京都北区2-2\nD\tあおば\tNAGOMI\t\n"
    path.write_text(f"コード\t名称\t英名\t所在\n{rows}", encoding="utf-16")
    return path


def match(names, *options):
    verdicts = names.with_name("verdicts.csv")
    said = io.StringIO()
    call_command("match", str(names), "--column", "会社", "--out", str(verdicts), *options, stdout=said)
    with verdicts.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream)), said.getvalue()


def test_every_row_gets_a_verdict_without_the_database(names, reference):
    rows, said = match(names, "--against", str(reference), "--against-column", "名称", "--id-column", "コード")
    assert rows == [
        ["会社", "id", "住所", "verdict", "match_id", "rule", "score"],
        ["㈱みどり商事", "1", "港区1-1", "MATCHED", "A", "COMPANY_KEY", "100.0"],
        ["みどり商事運輪", "2", "", "AMBIGUOUS", "B|A", "FUZZY", "85.7"],
        ["なごみ", "3", "", "NEW", "", "", ""],
        ["", "4", "", "NEW", "", "", ""],
        ["あおば", "5", "北区2-2", "AMBIGUOUS", "C|D", "NAMESAKES", "100.0"],
    ]
    assert "MATCHED    COMPANY_KEY                1\n" in said
    assert "5 rows in " in said


def test_addresses_and_further_names_help(names, reference):
    options = ("--against-column", "名称", "--id-column", "コード", "--address-column", "住所",
               "--against-address-column", "所在", "--against-further-column", "英名")  # fmt: skip
    rows, _said = match(names, "--against", str(reference), *options)
    assert [row[3:6] for row in rows[3:]] == [
        ["AMBIGUOUS", "D", "READING"], ["NEW", "", ""], ["MATCHED", "C", "KEY_AND_CONTACT"]
    ]  # fmt: skip


def test_without_a_file_our_accounts_are_asked_and_stay_as_they_are(db, names):
    midori = account("みどり商事")
    rows, _said = match(names)
    assert [row[3:6] for row in rows[1:4]] == [
        ["MATCHED", str(midori.public_id), "COMPANY_KEY"],
        ["AMBIGUOUS", str(midori.public_id), "FUZZY"],
        ["NEW", "", ""],
    ]  # fmt: skip
    assert list(Account.objects.values_list("name", flat=True)) == ["みどり商事"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--against-column", "社名"), "There is no column “社名” in ref.csv; it has: コード, 名称, 英名, 所在."),
        ((), "There is no column “会社” in ref.csv; it has: コード, 名称, 英名, 所在."),
        (
            ("--against-column", "名称", "--phone-column", "電話"),
            "There is no column “電話” in names.csv; it has: 会社, id, 住所.",
        ),
    ],
)
def test_a_column_that_is_not_there_is_named_with_those_that_are(names, reference, options, reason):
    with pytest.raises(CommandError) as refused:
        match(names, "--against", str(reference), *options)
    assert (str(refused.value), names.with_name("verdicts.csv").exists()) == (reason, False)


def test_neither_file_is_overwritten(names):
    before = names.read_bytes()
    with pytest.raises(CommandError, match="The verdicts would overwrite"):
        call_command("match", str(names), "--column", "会社", "--against", str(names), "--out", str(names))
    assert names.read_bytes() == before


def test_only_comparing_two_files_needs_no_servers():
    assert not needs_servers(["match", "a.csv", "--against", "b.csv"])
    assert not needs_servers(["match", "a.csv", "--against=b.csv"])
    assert needs_servers(["match", "a.csv"])
    assert needs_servers(["load", "--against"])


def test_several_processes_answer_as_one_would_and_in_order(names, reference, monkeypatch):
    columns, against = verdicts.Columns(name=0, contacts=(("address", 2),)), verdicts.Columns(0, 1)
    known = verdicts.reference(open_table(reference, encoding="utf-16").lines(), against)
    lines = [line._replace(number=number) for number in range(50) for line in open_table(names).lines()]
    alone = list(verdicts.answered(lines, columns, known))
    monkeypatch.setattr(verdicts, "BATCH", 7)
    assert list(verdicts.answered(lines, columns, known, processes=2)) == alone
    assert [(line.number, line.cells[1]) for line, _answer in alone[4:7]] == [(0, "5"), (1, "1"), (1, "2")]
    assert len(alone) == 250
