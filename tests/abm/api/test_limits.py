"""Bodies: how large, in what form, and what stands in them."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.funnel import people

pytestmark = pytest.mark.django_db

MB = 1024 * 1024


def test_a_body_over_five_megabytes_is_too_large(world, ask, lead):
    before = people.everything()
    answer = ask(world.rep).post(f"/leads/{lead.public_id}/accept/", {"next_action": "x" * 5 * MB})
    assert (answer.status_code, answer.json()["limit"]) == (413, 5 * MB)
    assert people.everything() == before


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b'"text"', b"", b'{"next_action": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(world, ask, lead, body):
    answer = ask(world.rep).generic("POST", f"/leads/{lead.public_id}/accept/", body, "application/json")
    assert answer.status_code in {400, 409}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_another_content_type_is_refused(world, ask, lead):
    answer = ask(world.rep).post(f"/leads/{lead.public_id}/accept/", "next_action=Call", content_type="text/plain")
    assert answer.status_code == 415


def test_another_method_is_refused(world, ask, lead):
    answer = ask(world.rep).delete(f"/leads/{lead.public_id}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")


def test_what_nobody_expected_is_a_problem_too(world, client, lead, monkeypatch):
    monkeypatch.setattr("abm.api.users.MeRow", None)
    client.raise_request_exception = False
    client.force_login(world.rep)
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["type"] == "urn:abm:problem:server-error"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "/accounts/{id}/"),
        ("put", "/deals/{id}/"),
        ("options", "/accounts/"),
        ("options", "/accounts/by-external-id/sfa/1/"),
        ("options", "/deals/by-external-id/sfa/1/"),
        ("get", "/accounts/by-external-id/sfa/1/"),
    ],
)
def test_a_method_that_is_not_there_is_refused(world, ask, method, path):
    answer = getattr(ask(world.manager), method)(path.format(id=world.account.public_id), {})
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ["account", "department", "persons", "external_id", "next_action", "next_action_on", "bant", "amount"]
VERBS = ["accept", "register", "confirm", ""]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(FIELDS), ANYTHING), verb=st.sampled_from(VERBS))
def test_no_body_breaks_the_server(world, ask, lead, body, verb):
    address = f"/leads/{lead.public_id}/{verb}/" if verb else "/leads/"
    key = {"idempotency-key": json.dumps(body)[:50]}
    for headers in ({}, key):
        answer = ask(world.marketer).post(address, json.dumps(body), content_type="application/json", headers=headers)
        assert answer.status_code in {400, 403, 409, 422}
