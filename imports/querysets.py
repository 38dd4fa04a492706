"""Words for reading imports."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accounts.querysets import REVIEWERS
from imports.enums import JobState
from users.roles import MARKETING, Role

if TYPE_CHECKING:
    from imports.drawers import DrawerRound  # noqa: F401
    from imports.models import ImportJob, MappingTemplate  # noqa: F401
    from imports.samples import Sample, SamplePair  # noqa: F401

SILENCE = timedelta(seconds=60)
"""A running import that has not been heard of for so long has lost its worker."""

SEES_ALL = MARKETING | {Role.ADMIN, Role.SYSTEM}


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    """Imports."""

    def visible_to(self, user: Any) -> "ImportJobQuerySet":
        """Marketing and admins see all, others their own."""
        return self if user.role in SEES_ALL else self.filter(by=user)

    def to_run(self, now: datetime) -> "ImportJobQuerySet":
        """Waiting, or left by a worker that died."""
        abandoned = Q(state=JobState.RUNNING, heartbeat_at__lt=now - SILENCE)
        return self.filter(Q(state=JobState.QUEUED) | abandoned)

    def to_undo(self) -> "ImportJobQuerySet":
        """Those whose undoing was asked for and has not happened."""
        return self.filter(undo_asked_at__isnull=False, undone_at=None)


class MappingTemplateQuerySet(models.QuerySet["MappingTemplate"]):
    """Remembered mappings."""

    def visible_to(self, user: Any) -> "MappingTemplateQuerySet":
        """Whoever brings files in sees all of them."""
        return self if user.role in SEES_ALL else self.none()


class DrawerRoundQuerySet(models.QuerySet["DrawerRound"]):
    """Drawer rounds."""

    def visible_to(self, user: Any) -> "DrawerRoundQuerySet":
        """Whoever brings files in sees all of them; who is asked has their link."""
        return self if user.role in SEES_ALL else self.none()


class SampleQuerySet(models.QuerySet["Sample"]):
    """Labelled samples."""

    def visible_to(self, user: Any) -> "SampleQuerySet":
        """Those who decide who is who."""
        return self if user.role in REVIEWERS else self.none()


class SamplePairQuerySet(models.QuerySet["SamplePair"]):
    """Pairs of samples."""

    def visible_to(self, user: Any) -> "SamplePairQuerySet":
        """As samples; pairs of persons only for those who see persons."""
        if user.role not in REVIEWERS:
            return self.none()
        return self if user.sees_persons else self.filter(person=None)

    def open(self) -> "SamplePairQuerySet":
        """Those nobody has labelled and that can be: of who is erased nothing is left to compare."""
        return self.filter(label="", person__erased_at=None, other__erased_at=None)
