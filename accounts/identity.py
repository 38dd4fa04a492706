"""Who is who, as people decide it: doubts waiting in review, merges that can be taken back, further mail addresses."""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.enums import DoubtKind, DoubtState, MergeKind
from accounts.querysets import DoubtQuerySet, MergeQuerySet
from audit.public_ids import public_id_field

USER = settings.AUTH_USER_MODEL


class Doubt(models.Model):
    """A question who is who, until a person decides it.

    TOLD: a company as a file or another system told of it (`facts`), which could be one of several. ACCOUNTS and
    PERSONS: two that may be one. `key` says what makes the same doubt the same, so that it is asked once; `account` is
    where what was told went, so that telling it again goes there too.
    """

    public_id = public_id_field()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in DoubtKind])
    key = models.CharField(max_length=64, unique=True)
    rule = models.CharField(max_length=20)
    score = models.FloatField(default=0)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    source = models.ForeignKey("accounts.Source", null=True, on_delete=models.PROTECT, related_name="+")
    import_id = models.UUIDField(null=True)
    row = models.PositiveIntegerField(null=True)
    raised_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=[(s, s) for s in DoubtState], default=DoubtState.OPEN)
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = DoubtQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-score", "id"]
        indexes: ClassVar = [
            models.Index(fields=["-score", "id"], name="doubt_open", condition=Q(state=DoubtState.OPEN)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="doubt_decided",
                condition=Q(state=DoubtState.OPEN, decided_at=None)
                | (~Q(state=DoubtState.OPEN) & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DoubtCandidate(models.Model):
    """One of those a doubt could mean, best first."""

    doubt = models.ForeignKey(Doubt, on_delete=models.CASCADE, related_name="candidates")
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering: ClassVar = ["doubt_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["doubt", "account"], name="doubt_account_once"),
            models.UniqueConstraint(fields=["doubt", "person"], name="doubt_person_once"),
            models.CheckConstraint(
                name="doubt_candidate_of_one",
                condition=Q(account=None, person__isnull=False) | Q(person=None, account__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doubt_id}: {self.account or self.person}"


class Merge(models.Model):
    """One company (person) that became part of another, and all that is needed to take that back exactly.

    `journal`: what was changed, in its order (`accounts.joining`). `evidence`: the keys, ids, number or mail by which
    the one that is gone is still told of; whoever tells by these fills blanks and overwrites nothing.
    """

    public_id = public_id_field()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in MergeKind])
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.CASCADE, related_name="+")
    gone_id = models.BigIntegerField()
    gone_public_id = models.UUIDField(db_index=True)
    gone_name = models.CharField(max_length=255)
    evidence = models.JSONField(default=list)
    journal = models.JSONField(default=list)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gone_public_id"], condition=Q(undone_at=None), name="merge_gone_once"),
            models.CheckConstraint(
                name="merge_of_one",
                condition=Q(kind=MergeKind.ACCOUNT, account__isnull=False, person=None)
                | Q(kind=MergeKind.PERSON, person__isnull=False, account=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_name} → {self.account or self.person}"


class PersonEmail(models.Model):
    """A further mail address a person is found by; nobody writes to it."""

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="further_emails")
    email = models.EmailField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="person_further_email")]

    def __str__(self) -> str:
        return self.email
