"""Who did what, when, through which door; messages waiting to leave; runs of background work.

The lowest floor: no foreign key leaves it, so actors are kept as id and name.
"""

from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit.enums import AccessKind, Door, RunState, SendState
from audit.public_ids import public_id_field

READERS = frozenset({"ADMIN", "MARKETING_LEAD", "SYSTEM"})


class AccessQuerySet(models.QuerySet["Access"]):
    """The log of accesses."""

    def visible_to(self, user: Any) -> "AccessQuerySet":
        """Those who answer for it (roles live one floor up: by name)."""
        return self if user.role in READERS else self.none()


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


class Access(models.Model):
    """Persons were read in bulk, or taken out of the house: by whom, what, narrowed how, how many rows, what for.

    `persons`: whom, by the ids their table had for them then (it is upstairs). None: noted before they were kept.
    """

    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=200)
    door = models.CharField(max_length=8, choices=[(d, d) for d in Door])
    kind = models.CharField(max_length=8, choices=[(k, k) for k in AccessKind])
    what = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
    persons = ArrayField(models.BigIntegerField(), null=True)
    purpose = models.CharField(max_length=200, blank=True)
    public_id = public_id_field()

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "accesses"
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["actor_id", "-id"], name="access_actor")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.kind} {self.what} {self.rows}"


class OutboxMessage(models.Model):
    """An event written in the same transaction as its act, delivered after it, exactly once per key.

    `subject`: what it is about (`lead:17`); webhooks hear the events of one subject in their order.
    """

    topic = models.CharField(max_length=60)
    lane = models.CharField(max_length=12, default="messages")
    subject = models.CharField(max_length=40, blank=True, db_default="")
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
            models.Index(
                fields=["subject", "id"],
                name="outbox_subject",
                condition=Q(delivered_at=None, failed_at=None) & ~Q(subject=""),
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


class Webhook(models.Model):
    """An address that gets our events. No `kinds` are all; `seed` makes its secret (`audit.signatures`).

    `failures`: so many in a row, since `failing_since`; it rests until `resume_at`. Who made it is id and name.
    """

    public_id = public_id_field()
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=2000)
    kinds = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    seed = models.CharField(max_length=64)
    old_seed = models.CharField(max_length=64, blank=True)
    old_seed_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_name = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def seeds(self, now: datetime) -> list[str]:
        """Seeds of the secrets that sign now, the newest first."""
        overlaps = self.old_seed and self.old_seed_until and now < self.old_seed_until
        return [self.seed, self.old_seed] if overlaps else [self.seed]


class WebhookDelivery(Outgoing):
    """One event on its way to one webhook. `public_id` is its webhook-id, the same however often it is sent.

    `key` and `position` are the outbox message's; the events of one `subject` go in the order of their positions.
    """

    public_id = public_id_field()
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=40, blank=True)
    position = models.BigIntegerField()
    payload = models.JSONField()
    response_status = models.PositiveSmallIntegerField(null=True)
    response = models.CharField(max_length=500, blank=True)

    class Meta(Outgoing.Meta):
        verbose_name_plural = "webhook deliveries"
        constraints: ClassVar = [models.UniqueConstraint(fields=["webhook", "key"], name="delivery_once")]
        indexes: ClassVar = [
            *Outgoing.Meta.indexes,
            models.Index(fields=["webhook", "-id"], name="delivery_latest"),
            models.Index(
                fields=["webhook", "subject", "position"],
                name="delivery_order",
                condition=Q(sent_at=None, failed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


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
