"""What partner firms were given of persons' data: one row per person and way, for the record the law asks for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, Person
from audit.public_ids import public_id_field
from funnel.querysets import TransferQuerySet
from users.models import Team


class Transfer(models.Model):
    """A person's data were made available to a partner firm: in a lead handed over, or at an account in its care.

    `handoff`: the delivery that told them; None: they stand at an account in the firm's care, from `at` (as noticed)
    to `until`. `user`: to whom, where it was one. `data`: what was told (`DataKind`), `bases`: on which grounds we
    had it, both as known when it was written down. Kept for good: the law asks for three years.
    """

    public_id = public_id_field()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    handoff = models.ForeignKey("funnel.Handoff", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    data = models.JSONField(default=list)
    bases = models.JSONField(default=list)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["handoff", "person"], condition=Q(handoff__isnull=False), name="transfer_by_handoff"
            ),
            models.UniqueConstraint(
                fields=["person", "account", "partner"], condition=Q(handoff=None, until=None), name="transfer_by_care"
            ),
            models.CheckConstraint(name="transfer_until", condition=Q(until=None) | Q(until__gte=F("at"))),
        ]
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="transfer_latest")]

    def __str__(self) -> str:
        return f"{self.person} → {self.partner or self.user}"
