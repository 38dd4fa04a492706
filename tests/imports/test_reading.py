"""Files as companies have them."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports import reading
from imports.reading import Unreadable, open_table

TEXT = "会社名,部署名,電話\r\n株式会社みどり,情報システム部,03-0000-0001\r\n有限会社アオバ,,\r\n"


def written(tmp_path, data, encoding="utf-8"):
    path = tmp_path / "file.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def cells(table):
    return [line.cells for line in table.lines()]


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp932", "cp932"),
    ],
)
def test_the_encoding_is_found(tmp_path, encoding, detected):
    table = open_table(written(tmp_path, TEXT, encoding))
    assert table.encoding == detected
    assert table.columns == ("会社名", "部署名", "電話")
    assert cells(table)[0] == ("株式会社みどり", "情報システム部", "03-0000-0001")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    table = open_table(written(tmp_path, f'name{delimiter}note\nMinato{delimiter}"a, b; c"\nMidori{delimiter}d\n'))
    assert table.delimiter == delimiter
    assert cells(table) == [("Minato", "a, b; c"), ("Midori", "d")]


def test_the_header_is_found_below_a_preamble_padded_with_commas(tmp_path):
    preamble = "download date,2021-02-18,count,2,,,\n"
    table = open_table(written(tmp_path, preamble + "コード,種別,上場,資本金,名称,英字,所在地\n1,a,b,9,緑,M,東京\n"))
    assert (table.header_line, table.columns[4]) == (2, "名称")
    assert [line.number for line in table.lines()] == [3]


def test_the_header_is_found_below_seven_lines_of_prose(tmp_path):
    prose = "名刺リストです。\n合計 2 件\n*注1\n*注2\n*注3\n\n\n"
    table = open_table(written(tmp_path, prose + TEXT), known_headers={"会社名", "部署名"})
    assert (table.header_line, table.columns[0]) == (8, "会社名")
    assert open_table(written(tmp_path, prose + TEXT)).header_line == 8


def test_a_row_has_the_number_a_spreadsheet_shows(tmp_path):
    table = open_table(written(tmp_path, 'a,b\n"two\nlines",1\n\nx,2\n'))
    assert [(line.number, line.cells[0]) for line in table.lines()] == [(2, "two\nlines"), (4, "x")]


def test_columns_of_one_name_are_told_apart(tmp_path):
    assert open_table(written(tmp_path, "TEL,TEL,,name,\n1,2,3,4,\n")).columns == ("TEL", "TEL (2)", "", "name")


def test_short_rows_are_filled_and_long_rows_refused(tmp_path):
    table = open_table(written(tmp_path, "a,b\n1\n1,2,,\n1,2,3\n"))
    assert [(line.cells, line.refusal) for line in table.lines()] == [
        (("1", ""), ""),
        (("1", "2"), ""),
        (("1", "2"), "The row has 3 cells, the header 2."),
    ]


def test_a_nul_character_or_a_giant_cell_refuses_the_row_only(tmp_path):
    giant = "x" * (reading.MAX_CELL + 1)
    table = open_table(written(tmp_path, f"a,b\n1\x00,2\n{giant},2\n1,2\n"))
    assert [line.refusal for line in table.lines()] == [
        "The row contains a NUL character.", "A cell is longer than 32,767 characters.", ""
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n\n", "no rows"),
        (b"PK\x03\x04rest", "workbook is damaged"),
        (b"%PDF-1.7", "not a CSV"),
        (b"PK\x05\x06" + bytes(18), "not a CSV"),
        (b"name\x00,b\n1,2\n", "not a CSV"),
        (b"a,b\n\x81\x20\xff,1\n", "cannot be read"),
        (b'a,b\n"' + b"x" * 200_000, "quotation mark"),
        (("," .join(f"c{i}" for i in range(501)) + "\n").encode(), "more than 500 columns"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path, data, says):
    with pytest.raises(Unreadable, match=says):
        list(open_table(written(tmp_path, data)).lines())


def test_limits_are_enforced(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    with pytest.raises(Unreadable, match="more than 2 rows"):
        list(open_table(written(tmp_path, "a\n1\n2\n3\n")).lines())
    monkeypatch.setattr(reading, "MAX_BYTES", 5)
    with pytest.raises(Unreadable, match="larger"):
        open_table(written(tmp_path, "a\n1\n2\n3\n"))


def test_a_stated_encoding_that_does_not_exist_or_fit_is_refused(tmp_path):
    path = written(tmp_path, TEXT, "cp932")
    for encoding, says in (("klingon", "no encoding"), ("utf-8", "not written"), ("utf-16", "not written")):
        with pytest.raises(Unreadable, match=says):
            list(open_table(path, encoding=encoding).lines())


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(Unreadable, match="There is no file"):
        open_table(tmp_path / "none.csv")


@given(data=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_in_words(tmp_path, data):
    with contextlib.suppress(Unreadable):
        table = open_table(written(tmp_path, data))
        assert all(len(line.cells) == len(table.columns) for line in table.lines())
