"""A table of things to be sent, for tests of sending: of no installed app, made for the test."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from audit.models import Outgoing
from tests.make import NOW

RETRY = (timedelta(minutes=1), timedelta(minutes=5))


class Parcel(Outgoing):
    """Something sent."""

    class Meta(Outgoing.Meta):
        app_label = "parcels"


@pytest.fixture
def parcels(db: None) -> Iterator[None]:
    """The table, while the test runs."""
    with connection.schema_editor() as editor:
        editor.create_model(Parcel)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Parcel)


def parcel(**fields: object) -> Parcel:
    """One that may be sent now."""
    return Parcel.objects.create(**{"created_at": NOW, "available_at": NOW, **fields})
