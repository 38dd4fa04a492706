"""The product's own tables."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.sessions.models import Session

PRODUCT = (
    "demo",
    "api",
    "imports",
    "scoring",
    "surface",
    "funnel",
    "targets",
    "engagement",
    "accounts",
    "users",
    "audit",
)


def of_the_product() -> Iterator[str]:
    """Names of all tables that hold the product's rows, sessions included."""
    yield Session._meta.db_table
    for label in PRODUCT:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                yield model._meta.db_table
