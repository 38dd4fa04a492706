"""Whatever the schema allows, and some of what it does not: no 5xx, and every answer as the schema says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from pytest_django import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from abm.api import tokens
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
BOUNDED = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
schema = schemathesis.openapi.from_path(Path(django_settings.BASE_DIR) / "docs" / "openapi.json", config=CONFIG)
schema.app = get_wsgi_application()


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request ends with its connection; here the test's transaction lives on, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module", params=[Role.SALES_MANAGER, Role.PARTNER])
def headers(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, str]]:
    """A token of either role's service user, in a company where a lead waits: one for all operations, each of which
    is taken back.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        world = people.build()
        people.sign_list(world)
        people.waiting(world)
        team = (world.partner if request.param is Role.PARTNER else world.manager).team
        service = make.user(request.param, "service", is_service=True, team=team)
        _, secret = tokens.issue(service, name="fuzz", scopes="read write", by=make.system(), now=NOW)
        connection.check_constraints()
        yield {"Authorization": f"Bearer {secret}"}
        transaction.set_rollback(True)


@schema.parametrize()
@BOUNDED
def test_every_operation_answers_as_described(case: schemathesis.Case, headers: dict[str, str]) -> None:
    case.call_and_validate(headers=headers, checks=CHECKS)
