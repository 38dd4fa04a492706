"""Target lists: the named accounts, departments and persons both sides chose, version by version."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.enums import DoubtState
from accounts.models import Account, Department, Doubt, Offering, Person
from audit.public_ids import public_id_field
from targets.enums import Horizon, Side, Tier, VersionState, WaitingState
from targets.querysets import (
    EntryQuerySet,
    PlannedQuerySet,
    RevivalPlanQuerySet,
    TargetListQuerySet,
    WaitingLineQuerySet,
)

FROZEN = """
    IF EXISTS (
        SELECT 1 FROM targets_targetlistversion
        WHERE id IN (COALESCE(NEW.version_id, OLD.version_id), COALESCE(OLD.version_id, NEW.version_id))
          AND state <> 'DRAFT'
    ) THEN
        RAISE EXCEPTION 'This list version is signed and cannot change: make the next version.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class TargetList(models.Model):
    """A list with a purpose; what is on it stands in its versions."""

    public_id = public_id_field()
    name = models.CharField(max_length=160, unique=True)
    purpose = models.CharField(max_length=400, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = TargetListQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class TargetListVersion(models.Model):
    """One state of a list. Frozen from its first signature; active once both sides have signed."""

    public_id = public_id_field()
    list = models.ForeignKey(TargetList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=[(s, s) for s in VersionState], default=VersionState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["list_id", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "number"], name="version_number"),
            models.UniqueConstraint(fields=["list"], condition=Q(state="ACTIVE"), name="version_one_active"),
            models.UniqueConstraint(
                fields=["list"], condition=Q(state__in=["DRAFT", "SIGNING"]), name="version_one_in_work"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list} v{self.number}"

    @property
    def is_in_work(self) -> bool:
        """Not yet in force: drawn up, or waiting for its second signature."""
        return self.state in (VersionState.DRAFT, VersionState.SIGNING)


class Signature(models.Model):
    """One side's signature under one version."""

    version = models.ForeignKey(TargetListVersion, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=[(s, s) for s in Side])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "side"], name="signature_per_side")]

    def __str__(self) -> str:
        return f"{self.version} {self.side}"


class TargetEntry(models.Model):
    """A named account; for a spear (銛) also its department, offering, key persons, path and visit goal."""

    public_id = public_id_field()
    version = models.ForeignKey(TargetListVersion, on_delete=models.CASCADE, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    offering = models.ForeignKey(Offering, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    theme = models.CharField(max_length=200, blank=True)
    tier = models.CharField(max_length=8, choices=[(t, t) for t in Tier], default=Tier.ONE_TO_MANY)
    horizon = models.CharField(max_length=5, choices=[(h, h) for h in Horizon], default=Horizon.NOW)
    wanted_rank = models.PositiveIntegerField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="entries"
    )
    persons = models.ManyToManyField(Person, blank=True, related_name="entries")
    path = models.CharField(max_length=300, blank=True)
    visit_goal = models.CharField(max_length=300, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "target entries"
        ordering: ClassVar = ["wanted_rank", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "account", "department", "offering"], name="entry_once", nulls_distinct=False
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.account}"


class RevivalPlan(models.Model):
    """Persons we own and have not used, to be spoken to again by somebody until a day (docs/decisions/0023).

    Who is in it never changes by itself; how far it is follows from touches since each was put in.
    """

    public_id = public_id_field()
    name = models.CharField(max_length=160)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = RevivalPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.name


class PlannedPerson(models.Model):
    """One person of a plan, and the place they were wanted for. Who is erased leaves an empty row, so counts stay."""

    public_id = public_id_field()
    plan = models.ForeignKey(RevivalPlan, on_delete=models.CASCADE, related_name="persons")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="plans")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField()
    last_touch_at = models.DateTimeField(null=True)

    objects = PlannedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan_id", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "person"], name="planned_once")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.person or self.pk}"


class WaitingLine(models.Model):
    """A pasted line that a person must decide before it is on a draft: which company (`doubt`), or which department.

    `account`: the company, where that was beyond doubt. `department`: what was written behind the company.
    """

    public_id = public_id_field()
    version = models.ForeignKey(TargetListVersion, on_delete=models.CASCADE, related_name="waiting")
    text = models.CharField(max_length=255)
    doubt = models.ForeignKey(Doubt, null=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    department = models.CharField(max_length=255, blank=True, default="")
    tier = models.CharField(max_length=8, choices=[(t, t) for t in Tier], default=Tier.ONE_TO_MANY)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WaitingLineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "doubt", "account", "department"], name="waiting_line_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="waiting_for_one",
                condition=Q(doubt=None, account__isnull=False) | Q(account=None, doubt__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def company(self) -> Account | None:
        """The company, once it is known."""
        return self.account or (self.doubt.account if self.doubt else None)

    @property
    def state(self) -> WaitingState:
        """What it waits for."""
        if self.company:
            return WaitingState.DEPARTMENT if self.department else WaitingState.DECIDED
        return WaitingState.COMPANY if self.doubt and self.doubt.state == DoubtState.OPEN else WaitingState.LEFT_OUT
