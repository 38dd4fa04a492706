"""Imports: one row per file brought in."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.enums import Basis
from accounts.models import Source
from audit.public_ids import public_id_field
from imports.drawers import DrawerFile, DrawerInvitation, DrawerRound  # noqa: F401 - models too, in a file of their own
from imports.enums import FINISHED, JobState, KindName
from imports.querysets import ImportJobQuerySet, MappingTemplateQuerySet
from imports.samples import Sample, SamplePair  # noqa: F401


def folder_of(job: "ImportJob", name: str) -> str:
    """Where the job's files lie, under MEDIA_ROOT."""
    return f"imports/{job.queued_at:%Y%m%d-%H%M%S-%f}/{name}"


class ImportJob(models.Model):
    """A file, how it is to be understood, and what came of it.

    `report` holds encoding, delimiter, header_line, columns, ignored_columns, field_refusals, refusals (the first
    ones) and notes (see imports.reports). `attempt` tells a run that was thought dead from the one that replaced
    it. `basis`, `purpose`: on which ground, for what, where not as the source says. `undo_report` says what undoing
    removed, restored and left (imports.taking_back). `language` is that of whoever asked: reasons are written in it.
    """

    public_id = public_id_field()
    file = models.FileField(upload_to=folder_of, max_length=300)
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in KindName])
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    mapping = models.JSONField(null=True, blank=True)
    basis = models.CharField(max_length=10, choices=[(b, b) for b in Basis], blank=True, default="")
    purpose = models.CharField(max_length=200, blank=True, default="")
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=[(s, s) for s in JobState], default=JobState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    error_file = models.FileField(upload_to=folder_of, max_length=300, blank=True)
    error = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imports")
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    undo_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_report = models.JSONField(default=dict)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="import_waiting", condition=~Q(state__in=sorted(FINISHED))),
            models.Index(
                fields=["id"], name="import_to_undo", condition=Q(undo_asked_at__isnull=False, undone_at=None)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="import_counts_add_up",
                condition=Q(read=F("created") + F("updated") + F("unchanged") + F("refused")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.kind})"

    @property
    def brings_persons(self) -> bool:
        """Whether its rows are about persons."""
        return self.kind in (KindName.PERSONS, KindName.LEADS, KindName.SEMINARS)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in FINISHED

    @property
    def is_being_undone(self) -> bool:
        """Whether a worker is to undo it."""
        return bool(self.undo_asked_at) and not self.undone_at


class MappingTemplate(models.Model):
    """How files with this header were understood last, after somebody corrected the proposal.

    `fingerprint` is the header's (imports.headers.fingerprint), `mapping` as imports.mapping.parse reads it.
    """

    public_id = public_id_field()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in KindName])
    fingerprint = models.CharField(max_length=64)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    mapping = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField()

    objects = MappingTemplateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-used_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fingerprint", "kind"], name="mapping_template_once"),
        ]

    def __str__(self) -> str:
        return self.name
