"""Drawer rounds: the cards in people's desks, asked for until a day, dropped by a link that is good for nothing else.

Models in a file of their own; what is done with them is in `rounds` and `dropping` (docs/decisions/0023).
"""

from datetime import datetime, time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Source
from audit.public_ids import public_id_field
from imports.querysets import DrawerRoundQuerySet

USER = settings.AUTH_USER_MODEL


class DrawerRound(models.Model):
    """One asking round, until the end of `due_on` in the house's time, or until it is closed."""

    public_id = public_id_field()
    name = models.CharField(max_length=100)
    due_on = models.DateField()
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = DrawerRoundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name

    def is_open(self, now: datetime) -> bool:
        """Whether files are still taken."""
        ends = timezone.make_aware(datetime.combine(self.due_on, time.max))
        return self.closed_at is None and now <= ends


class DrawerInvitation(models.Model):
    """One person asked in a round, and the source their cards come from.

    `link_number` is part of what a link is sealed over: a new number ends all links before. `opened_at`: the link was
    fetched first, perhaps by a mail program. `tries`: uploads by the present link, refused ones too.
    """

    public_id = public_id_field()
    round = models.ForeignKey(DrawerRound, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="drawer_invitations")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    link_number = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["round_id", "user__name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "user"], name="drawer_invited_once")]

    def __str__(self) -> str:
        return f"{self.round} · {self.user}"


class DrawerFile(models.Model):
    """A file somebody dropped: it lies as a draft among the imports until marketing starts it."""

    invitation = models.ForeignKey(DrawerInvitation, on_delete=models.PROTECT, related_name="files")
    job = models.OneToOneField("imports.ImportJob", on_delete=models.PROTECT, related_name="drawer_file")
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["invitation", "digest"], name="drawer_file_once")]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.job}"
