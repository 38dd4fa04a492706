"""Wiping the demo company: every table of the product is emptied, and what migrations put there is put back."""

from importlib import import_module

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext as _

from abm.demo import tables
from abm.demo.build import DemoRefused, refuse_real_data
from abm.demo.models import DemoCompany

REFERENCES = (
    "users.migrations.0002_system_user",
    "funnel.migrations.0002_reasons_and_policy",
    "scoring.migrations.0002_first_rule",
)
"""Migrations whose `create(apps, schema_editor)` fills reference tables, in their order."""


@transaction.atomic
def wipe() -> None:
    """Leaves the database as the migrations did. Raises DemoRefused where the demo is not, or real data is.

    TRUNCATE, because moves and audit entries refuse to be deleted row by row, on purpose.
    """
    if not DemoCompany.objects.exists():
        raise DemoRefused(_("There is no demo company here."))
    refuse_real_data()
    names = ", ".join(connection.ops.quote_name(name) for name in tables.of_the_product())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for name in REFERENCES:
        import_module(name).create(apps, None)
