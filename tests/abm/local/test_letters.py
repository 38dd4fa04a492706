"""A database in which Japanese names cannot be searched is refused."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from abm.local import letters


@pytest.fixture
def blind(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a database of locale C."""
    name = f"{connection.settings_dict['NAME']}_blind"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'")
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict | {"NAME": name}
    monkeypatch.setattr(letters, "connections", {"default": other})
    yield other
    other.close()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.django_db
def test_our_own_database_knows_japanese() -> None:
    assert letters.database_knows_japanese(["default"]) == []


def test_a_database_of_locale_c_is_refused_before_the_first_migration(blind: BaseDatabaseWrapper) -> None:
    assert [error.id for error in letters.database_knows_japanese(["default"])] == ["abm.E001"]


def test_a_database_of_locale_c_is_refused_when_trigrams_are_there(blind: BaseDatabaseWrapper) -> None:
    with blind.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_trgm")
    assert [error.id for error in letters.database_knows_japanese(["default"])] == ["abm.E001"]


def test_the_check_of_the_database_stops_the_command(blind: BaseDatabaseWrapper) -> None:
    with pytest.raises(SystemCheckError, match="Japanese is no text"):
        call_command("check", databases=["default"])
