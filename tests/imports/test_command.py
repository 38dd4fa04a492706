"""manage.py load: for people and for machines."""

import io
import json
import os

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "companies.csv"
    path.write_text("会社名,法人番号\nみどり,5.07E+12\n,8700110005901\nあおば,\n", encoding="cp932")
    return path


def load(file, *options):
    out = io.StringIO()
    call_command("load", str(file), "--as", "accounts", "--source", "register", *options, stdout=out)
    return out.getvalue()


def test_people_read_what_became_of_every_row(db, file):
    said = load(file)
    assert "companies.csv: cp932, header in row 1" in said
    assert "read 3 = created 2 + updated 0 + unchanged 0 + refused 1" in said
    reason = "Excel has rounded this number; its last digits are lost."
    assert f"not taken: 法人番号: {reason} (1 rows: 2)" in said
    assert "refused: row 3, 会社名: This is missing." in said


def test_machines_read_json(db, file):
    said = json.loads(load(file, "--json", "--dry-run"))
    counts = {name: said[name] for name in ("read", "created", "updated", "unchanged", "refused", "dry_run", "state")}
    assert counts == {
        "read": 3, "created": 2, "updated": 0, "unchanged": 0, "refused": 1, "dry_run": True, "state": "DONE"
    }  # fmt: skip
    assert said["refusals"] == [{"row": 3, "column": "会社名", "reason": "This is missing."}]
    assert not Account.objects.exists()


def test_a_mapping_file_is_used(db, file, tmp_path):
    mapping = tmp_path / "m.json"
    mapping.write_text(json.dumps({"columns": {"会社名": "name"}, "constants": {"industry": "化学"}}))
    load(file, "--mapping", str(mapping))
    assert set(Account.objects.values_list("industry", "corporate_number")) == {("化学", None)}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--mapping", "/nowhere.json"), "mapping file cannot be read"),
        (("--by", "nobody"), "no user nobody"),
    ],
)
def test_what_cannot_be_done_ends_with_an_error(db, file, options, says):
    with pytest.raises(CommandError, match=says):
        load(file, *options)
    assert not Account.objects.exists()


def test_a_file_that_is_not_there_or_no_table_ends_with_an_error(db, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("none.csv", "pipe.csv", "."):
        with pytest.raises(CommandError, match="There is no file"):
            load(tmp_path / name)
    (tmp_path / "long.csv").write_text("x" * 200_000)
    with pytest.raises(CommandError, match=r"the file has: x{60}…\.$"):
        load(tmp_path / "long.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(CommandError, match="empty"):
        load(tmp_path / "empty.csv")
