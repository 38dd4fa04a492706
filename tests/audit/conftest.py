"""Fixtures of the audit floor."""

from tests.audit.hooks import admin, only_own_events, webhook  # noqa: F401
from tests.audit.parcels import parcels  # noqa: F401
from tests.receiver import receiver  # noqa: F401
