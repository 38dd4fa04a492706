"""Remembered mappings: drafts write them (imports.drafts.start), people throw them away."""

from datetime import datetime

from django.db import transaction

from audit import log
from imports.models import MappingTemplate
from users.models import User


@transaction.atomic
def forget(template: MappingTemplate, *, by: User, now: datetime) -> None:
    """The next file with this header is proposed afresh."""
    log.record("imports.forget", template, by=by, at=now, detail={"name": template.name, "kind": template.kind})
    template.delete()
