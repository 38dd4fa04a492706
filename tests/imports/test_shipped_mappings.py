"""The worked examples under docs/recipes/mappings are right, and fit the files they are for."""

import json
from pathlib import Path

import jsonschema
import pytest

from imports import mapping
from imports.kinds import KINDS
from imports.mapping import Reader

FOLDER = Path("docs/recipes/mappings")
SHIPPED = sorted(path for path in FOLDER.glob("*.json") if path.name != "schema.json")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_mapping_gives_all_its_kind_needs(path):
    written = json.loads(path.read_text())
    kind = KINDS[written["kind"]]
    parsed = mapping.parse(mapping.read(path), kind=written["kind"], fields=kind.fields)
    reader = Reader(parsed, list(parsed.columns), fields=kind.fields, needs=kind.needs)
    assert reader.ignored == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_mapping_follows_the_schema(path):
    jsonschema.validate(json.loads(path.read_text()), json.loads((FOLDER / "schema.json").read_text()))


def test_the_schema_names_every_part_and_every_kind():
    schema = json.loads((FOLDER / "schema.json").read_text())
    assert set(schema["properties"]) == mapping.KEYS
    assert set(schema["properties"]["kind"]["enum"]) == set(KINDS)
