"""Migrations match the models and can all be undone."""

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.house.floors import OURS

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_migration_can_be_undone() -> None:
    migrations = MigrationLoader(None).disk_migrations.values()
    ours = [migration for migration in migrations if migration.app_label in OURS]
    operations = [(migration, operation) for migration in ours for operation in migration.operations]
    assert [f"{migration}: {operation}" for migration, operation in operations if not operation.reversible] == []
