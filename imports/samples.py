"""Samples of the matcher's work on our own data, labelled by persons; models in a file of their own."""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Account, Person
from audit.public_ids import public_id_field
from imports.enums import Label, Stratum
from imports.querysets import SamplePairQuerySet, SampleQuerySet

USER = settings.AUTH_USER_MODEL


class Sample(models.Model):
    """One draw. `looked_at`: of how many companies (told of in files) it was drawn; the pairs say the rest."""

    public_id = public_id_field()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    looked_at = models.PositiveIntegerField()

    objects = SampleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class SamplePair(models.Model):
    """Two that the matcher held for one, asked about, or nearly so: a company as told (`facts`) and one we know, or two
    persons. `weight`: how many such pairs of those looked at it stands for. A label changes nothing but this row."""

    public_id = public_id_field()
    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="pairs")
    position = models.PositiveSmallIntegerField()
    stratum = models.CharField(max_length=6, choices=[(s, s) for s in Stratum])
    rule = models.CharField(max_length=20, blank=True)
    weight = models.FloatField()
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=9, blank=True, choices=[(label, label) for label in Label])
    labelled_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    labelled_at = models.DateTimeField(null=True)

    objects = SamplePairQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["sample_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "position"], name="sample_position"),
            models.CheckConstraint(
                name="sample_pair_of_two",
                condition=Q(account__isnull=False, person=None, other=None)
                | Q(account=None, person__isnull=False, other__isnull=False),
            ),
            models.CheckConstraint(
                name="sample_labelled", condition=Q(label="", labelled_at=None) | (~Q(label="") & ~Q(labelled_at=None))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample}: {self.position}"
