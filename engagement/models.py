"""Touches: what persons did, and what we did to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Account, Department, Offering, Person, Source
from audit.public_ids import public_id_field
from engagement.enums import Direction, TouchKind
from engagement.querysets import TouchQuerySet


class Touch(models.Model):
    """One event. (source, external id) is unique: the same event twice is one touch."""

    public_id = public_id_field()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="touches")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="touches")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="touches")
    offering = models.ForeignKey(Offering, null=True, blank=True, on_delete=models.PROTECT, related_name="touches")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="touches"
    )
    kind = models.CharField(max_length=20, choices=[(k, k) for k in TouchKind])
    direction = models.CharField(max_length=8, choices=[(d, d) for d in Direction], default=Direction.INBOUND)
    two_way = models.BooleanField(default=False)
    minutes = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    occurred_at = models.DateTimeField()
    title = models.CharField(max_length=300, blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="touches")
    external_id = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = TouchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "touches"
        ordering: ClassVar = ["-occurred_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["account", "-occurred_at"], name="touch_account"),
            models.Index(fields=["person", "-occurred_at"], name="touch_person", condition=Q(person__isnull=False)),
            models.Index(fields=["occurred_at", "id"], name="touch_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="touch_once"),
            models.CheckConstraint(name="touch_minutes", condition=Q(minutes__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d}"


class UncountedTouch(models.Model):
    """A touch the scores have not counted yet: written with the touch, taken away in the transaction that counts it.

    So "counted" is every touch without such a row, at any moment and in any transaction's view.
    """

    touch = models.OneToOneField(Touch, primary_key=True, on_delete=models.CASCADE, related_name="uncounted")

    def __str__(self) -> str:
        return str(self.touch_id)
