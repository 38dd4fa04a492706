"""What we may do with what we know of persons: opt-outs, and marks that the erased leave (docs/decisions/0021)."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import ErasureState
from accounts.querysets import ErasureQuerySet, OptOutQuerySet
from audit.public_ids import public_id_field

USER = settings.AUTH_USER_MODEL

SUPPRESSED = """
    PERFORM set_config('abm.seqscan', current_setting('enable_seqscan'), true);
    PERFORM set_config('enable_seqscan', 'off', true);
    IF EXISTS (SELECT 1 FROM told JOIN accounts_optout o ON o.address = lower(told.email)
               WHERE told.email <> '' AND told.opted_out_at IS NULL AND o.lifted_at IS NULL) THEN
        UPDATE accounts_person p SET opted_out_at = o.at FROM told JOIN accounts_optout o
            ON o.address = lower(told.email)
            WHERE p.id = told.id AND told.email <> '' AND p.opted_out_at IS NULL AND o.lifted_at IS NULL;
    END IF;
    PERFORM set_config('enable_seqscan', current_setting('abm.seqscan'), true);
    RETURN NULL;
"""
"""Whoever has, or gets, a suppressed address is opted out, through whichever door it came.

Each address is looked up by index whatever the planner believes: its plan is kept, and one made while there were no
opt-outs would compare every person of a file with each of a hundred thousand.
"""

OPT_OUT_TRIGGERS = [
    *(
        pgtrigger.Trigger(
            name=name, level=pgtrigger.Statement, when=pgtrigger.After, operation=operation,
            referencing=pgtrigger.Referencing(new="told"), func=SUPPRESSED,
        )
        for name, operation in (("suppressed_new", pgtrigger.Insert), ("suppressed_told", pgtrigger.Update))
    ),
    pgtrigger.Trigger(
        name="opt_out_stays", when=pgtrigger.Before, operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__opted_out_at__isnull=False, new__opted_out_at__isnull=True),
        func="NEW.opted_out_at := OLD.opted_out_at; RETURN NEW;",
    ),
]  # fmt: skip
"""On persons. An opt-out is cleared only by `opt_outs.lift`, and by un-merge, which then asks what stands."""
OPT_OUT_STAYS = "accounts.Person:opt_out_stays"


class OptOut(models.Model):
    """Somebody wants no mails or calls: an address, whether we know whose it is or not, and the person where known.

    `at`: when they said so; `channel` and `evidence`: how, in whose words. It stands until it is lifted, because
    consent was given anew. What stands is the truth; `Person.opted_out_at` follows from it.
    """

    public_id = public_id_field()
    address = models.CharField(max_length=254, blank=True)
    person = models.ForeignKey(
        "accounts.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="opt_outs"
    )
    at = models.DateTimeField()
    channel = models.CharField(max_length=60, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    source = models.ForeignKey("accounts.Source", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    lifted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=500, blank=True)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-recorded_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["address"], name="opt_out_by_address")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["address"], condition=~Q(address="") & Q(lifted_at=None), name="opt_out_address"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(address="", lifted_at=None), name="opt_out_without_address"
            ),
            models.CheckConstraint(name="opt_out_lifted_because", condition=Q(lifted_at=None) | ~Q(lifted_because="")),
        ]

    def __str__(self) -> str:
        return self.address or str(self.person or self.pk)


class Erasure(models.Model):
    """Somebody is to be erased, or was: on which ground, and what was done, in numbers; it does not say who.

    `at`: when it was asked for; from then on nobody writes to them, and nobody takes them in anew. `done_at`: when it
    was done. `person`: whose; then an empty row. Erased before both were kept: nobody.
    """

    public_id = public_id_field()
    person = models.OneToOneField("accounts.Person", null=True, on_delete=models.PROTECT, related_name="erasure")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=200)
    counts = models.JSONField(default=dict)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"

    @property
    def state(self) -> ErasureState:
        """Whether it is done."""
        return ErasureState.DONE if self.done_at else ErasureState.ASKED


class ErasedKey(models.Model):
    """By what an erased person would be told of again: the keyed digest of a mail address, or of a source's id."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.digest[:8]
