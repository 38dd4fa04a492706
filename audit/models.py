"""Who did what, when, through which door; messages waiting to leave; runs of background work.

The lowest floor: no foreign key leaves it, so actors are kept as id and name.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from audit.enums import Door, RunState, SendState


class Entry(models.Model):
    """One act that changed something. Append-only: the database refuses UPDATE and DELETE."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=200)
    door = models.CharField(max_length=8, choices=[(d, d) for d in Door])
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    account_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "entries"
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id", "-id"], name="entry_object"),
            models.Index(fields=["account_id", "-id"], name="entry_account", condition=Q(account_id__isnull=False)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.act} {self.object_type} {self.object_id}"


class OutboxMessage(models.Model):
    """An event written in the same transaction as its act, delivered after it, exactly once per key."""

    topic = models.CharField(max_length=60)
    lane = models.CharField(max_length=12, default="messages")
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["lane", "available_at", "id"],
                name="outbox_waiting",
                condition=Q(delivered_at=None, failed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class Outgoing(models.Model):
    """What is sent to the outside, at least once (`audit.sending`): mails, chats, webhooks.

    `started_at`: a worker is sending it since then. `attempts`: so often it was begun since it was put here or
    replayed; more than one may be a repeat for the receiver. `error`: what the last attempt ran into.
    """

    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(
                fields=["available_at", "id"], name="%(class)s_due", condition=Q(sent_at=None, failed_at=None)
            ),
        ]

    @property
    def state(self) -> SendState:
        """Whether it waits, has left, or was given up."""
        if self.sent_at:
            return SendState.SENT
        return SendState.FAILED if self.failed_at else SendState.WAITING


class TaskRun(models.Model):
    """One run of a background task with what it counted, for the operations page."""

    task = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=[(s, s) for s in RunState])
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    idle = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["task", "-id"], name="taskrun_last")]

    def __str__(self) -> str:
        return f"{self.task} {self.state} {self.started_at:%Y-%m-%d %H:%M}"
