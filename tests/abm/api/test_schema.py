"""The API describes itself: completely, truly, and as committed."""

import json
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from abm.api.management.commands import openapi

SCHEMA: dict[str, Any] = json.loads(openapi.FILE.read_text(encoding="utf-8"))
OPERATIONS = [
    pytest.param(operation, method, id=operation["operationId"])
    for methods in SCHEMA["paths"].values()
    for method, operation in methods.items()
]


@pytest.mark.django_db
def test_the_committed_schema_is_what_the_code_describes():
    call_command("openapi", check=True)


@pytest.mark.django_db
def test_a_stale_schema_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(openapi, "FILE", tmp_path / "openapi.json")
    monkeypatch.setattr(openapi, "described", lambda: json.dumps({**SCHEMA, "paths": {}}))
    with pytest.raises(CommandError, match="out of date"):
        call_command("openapi", check=True)
    call_command("openapi")
    call_command("openapi", check=True)


def test_what_is_no_schema_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(openapi, "FILE", tmp_path / "openapi.json")
    monkeypatch.setattr(openapi, "described", lambda: '{"openapi": "3.1.0"}')
    with pytest.raises(jsonschema.ValidationError):
        call_command("openapi")
    assert not openapi.FILE.exists()


def test_it_is_openapi_3_1():
    assert SCHEMA["openapi"].startswith("3.1")


@pytest.mark.parametrize(("operation", "method"), OPERATIONS)
def test_every_operation_says_what_it_does_and_how_it_refuses(operation, method):
    assert operation.get("description")
    assert {"400", "401", "403"} <= set(operation["responses"])
    assert operation["security"]


@pytest.mark.parametrize(("operation", "method"), OPERATIONS)
def test_every_example_fits_its_schema(operation, method):
    for body in [operation.get("requestBody", {}), *operation["responses"].values()]:
        for kind, content in body.get("content", {}).items():
            assert "example" in content
            if "json" in kind:
                schema = content["schema"] | {"components": SCHEMA["components"]}
                jsonschema.Draft202012Validator(schema).validate(content["example"])


@pytest.mark.django_db
def test_schema_and_reader_are_for_those_signed_in(client, django_user_model):
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/docs/").status_code == 401
    client.force_login(django_user_model.objects.create(username="x", role="REP"))
    page = client.get("/api/docs/").content.decode()
    assert client.get("/api/schema/").status_code == 200
    assert "<style" not in page
    assert 'src="/static/drf_spectacular_sidecar' in page
