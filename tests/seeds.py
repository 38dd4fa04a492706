"""Rows that migrations bring in, put back whenever a test with real transactions has emptied all tables.

After such a test Django flushes the database and says so by `post_migrate`.
"""

from importlib import import_module
from typing import Any

from django.apps import apps

SEEDS = [
    "users.migrations.0002_system_user",
    "funnel.migrations.0002_reasons_and_policy",
    "scoring.migrations.0002_first_rule",
]


def restore(sender: Any, **_: object) -> None:
    """Once per flush, from the ground up; nothing where the rows are still there."""
    if sender.label != "users" or apps.get_model("users", "User").objects.filter(username="system").exists():
        return
    for name in SEEDS:
        import_module(name).create(apps, None)
