"""What the API itself remembers: tokens, and answers kept for clients who ask again."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from knox.models import AbstractAuthToken

from audit.public_ids import public_id_field


class Token(AbstractAuthToken):
    """A bearer token of a service user; only its digest is stored. `scopes` are words parted by spaces.

    `token_key` (its first characters) is what people tell tokens apart by; it cannot be used to sign in.
    """

    public_id = public_id_field()
    name = models.CharField(max_length=120)
    scopes = models.CharField(max_length=400)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "name"], condition=models.Q(revoked_at=None), name="token_name_of_user"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_good_at(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expiry is None or now < self.expiry)


class KeptAnswer(models.Model):
    """The answer to one POST under its Idempotency-Key, given again to whoever repeats the request."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="kept_answer_key")]

    def __str__(self) -> str:
        return self.key
