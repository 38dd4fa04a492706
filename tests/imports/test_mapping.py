"""Mappings: what they translate, and what they say when they do not fit."""

import json
from datetime import date

import pytest

from audit.effects import Effect
from imports import mapping, values
from imports.fields import Field, Refusal
from imports.mapping import MappingError, Reader
from imports.reading import Line

FIELDS = (
    Field("name", values.text(50), ("会社名", "Company")),
    Field("code", values.identifier(13), ("法人番号",)),
    Field("status", values.choice({"won": "WON", "lost": "LOST"}), ("Stage",), strict=True),
    Field("on", values.day, ("日付", "Date")),
)
NEEDS = (("name",),)
COLUMNS = ("会社名", "法人番号", "Stage", "Date")


def reader(written, columns=COLUMNS):
    return Reader(mapping.parse(written, kind="k", fields=FIELDS), columns, fields=FIELDS, needs=NEEDS)


def row(written, *cells, columns=COLUMNS):
    return reader(written, columns).row(Line(2, cells))


def test_columns_words_and_dates_are_translated():
    written = {
        "columns": {"会社名": "name", "Stage": "status", "Date": "on"},
        "values": {"name": {"GTXPro": "GTX Pro"}, "status": {"Gewonnen": "won"}},
        "dates": "%d-%m-%y",
    }
    assert row(written, "GTXPro", "", "Gewonnen", "20-10-16").values == {
        "name": "GTX Pro", "status": "WON", "on": date(2016, 10, 20)
    }  # fmt: skip


def test_constants_always_and_defaults_only_where_the_cell_is_blank():
    columns = {"会社名": "name", "Stage": "status"}
    written = {"columns": columns, "constants": {"code": "C"}, "defaults": {"status": "lost"}}
    assert row(written, "A", "x", "", "").values == {"name": "A", "status": "LOST", "code": "C"}
    assert row(written, "A", "x", "won", "").values["status"] == "WON"


def test_several_columns_of_one_field_are_joined_and_one_column_may_feed_two():
    assert row({"columns": {"会社名": ["name", "code"], "Stage": "name"}}, "A", "", "B", "").values == {
        "name": "A B", "code": "A"
    }  # fmt: skip


def test_a_blank_cell_says_nothing():
    assert row({"columns": {"会社名": "name", "Date": "on"}}, "A", "", "", " ").values == {"name": "A"}


def test_a_bad_cell_refuses_its_field_and_the_row_is_taken():
    found = row({"columns": {"会社名": "name", "法人番号": "code"}}, "A", "5.07E+12", "", "")
    assert (found.effect, found.values) == (None, {"name": "A"})
    assert found.field_refusals == [Refusal("法人番号", "Excel has rounded this number; its last digits are lost.")]


def test_a_bad_cell_in_a_strict_field_refuses_the_row():
    found = row({"columns": {"会社名": "name", "Stage": "status"}}, "A", "", "maybe", "")
    assert found.effect is Effect.REFUSED
    assert found.refusal.column == "Stage"
    assert "“maybe” is none of LOST, WON" in found.refusal.reason


def test_a_row_without_what_is_needed_is_refused():
    assert row({"columns": {"会社名": "name"}}, "", "", "", "").refusal == Refusal("会社名", "This is missing.")


def test_a_row_refused_by_the_reader_stays_refused():
    found = reader({"columns": {"会社名": "name"}}).row(Line(2, ("A",) * 4, "too long"))
    assert found.refusal == Refusal("", "too long")


def test_headers_are_found_whatever_their_width_case_and_underscores():
    assert row({"columns": {"ＣＯＭＰＡＮＹ name": "name"}}, "A", columns=("company_name",)).values == {"name": "A"}


def test_the_apostrophe_before_a_formula_is_taken_off():
    assert row({"columns": {"会社名": "name"}}, "'=1+1", "", "", "").values == {"name": "=1+1"}
    assert row({"columns": {"会社名": "name"}}, "'t Hooft", "", "", "").values == {"name": "'t Hooft"}


def test_a_mapping_is_proposed_from_known_headers():
    proposed = mapping.propose(("法人番号", "Company", "会社名（必須）", "memo"), FIELDS)
    assert proposed.columns == {"会社名（必須）": ("name",), "法人番号": ("code",)}
    assert reader({"columns": {"Date": "name"}}).ignored == ["会社名", "法人番号", "Stage"]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ([], "JSON object"),
        ({"colums": {}}, "“colums” is no part of a mapping"),
        ({"columns": []}, "“columns” in the mapping must be a JSON object"),
        ({"columns": {"会社名": "nam"}}, "no field “nam” here; the fields are code, name, on, status"),
        ({"columns": {}, "constants": {"nam": "x"}}, "no field “nam”"),
        ({"columns": {"会社名": "name"}, "kind": "deals"}, "for deals, not for k"),
        ({"columns": {"会社名": "name"}, "values": {"name": "x"}}, "which word becomes which"),
        ({"columns": {"会社名": "name"}, "time_zone": "Mars/Base"}, "no time zone “Mars/Base”"),
        ({"columns": {"会社名": "name"}, "dates": "%Q"}, "“%Q” is no date format"),
        ({"columns": {"会社名": 5}}, "no field “5”"),
        ({"columns": {"会社名": "name"}, "delimiter": "||"}, "“delimiter” in the mapping must be one character"),
        ({"columns": {"会社名": "name"}, "numbers": {"decimal": ""}}, "“decimal” in the mapping must be one"),
        ({"columns": {"社名": "name"}}, "names the column “社名”, but the file has: 会社名, 法人番号"),
        ({"columns": {"Date": "on"}}, "No column gives name"),
    ],
)
def test_a_mapping_that_does_not_fit_says_what_to_change(written, says):
    with pytest.raises(MappingError, match=says):
        reader(written)


def test_a_mapping_file_that_is_no_json_is_refused(tmp_path):
    path = tmp_path / "m.json"
    path.write_text("{columns: 1}")
    with pytest.raises(MappingError, match="cannot be read"):
        mapping.read(path)
    path.write_text(json.dumps({"columns": {"a": "name"}}))
    assert mapping.read(path) == {"columns": {"a": "name"}}
