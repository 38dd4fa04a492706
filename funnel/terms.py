"""What both sides promise each other: for whom, how much time, from when; and whose signatures it bears."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from accounts.models import Source
from audit.public_ids import public_id_field
from funnel.querysets import PolicyQuerySet, ProposalQuerySet
from targets.enums import Side, Tier
from users.models import Team, User

SCOPE = ("tier", "source", "partner")
CLOCKS = (
    "routing_hours",
    "answer_hours",
    "first_touch_hours",
    "question_hours",
    "disposition_hours",
    "escalation_hours",
    "give_up_days",
)
"""Business hours, and for giving up business days; in the order of a lead's way."""

FROZEN = """
    IF (OLD.marketing_at IS NOT NULL OR OLD.sales_at IS NOT NULL)
        AND to_jsonb(OLD) - ARRAY['marketing_by_id', 'marketing_at', 'sales_by_id', 'sales_at']
         <> to_jsonb(NEW) - ARRAY['marketing_by_id', 'marketing_at', 'sales_by_id', 'sales_at']
    THEN
        RAISE EXCEPTION 'This proposal is signed and cannot change: send it back first.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Terms(models.Model):
    """The clocks for a tier, source or partner (blank: for all). Hours are business hours of the assignee's team."""

    tier = models.CharField(max_length=8, blank=True, choices=[(t, t) for t in Tier])
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    routing_hours = models.PositiveSmallIntegerField(default=4)
    answer_hours = models.PositiveSmallIntegerField(default=16)
    first_touch_hours = models.PositiveSmallIntegerField(default=24)
    question_hours = models.PositiveSmallIntegerField(default=8)
    disposition_hours = models.PositiveSmallIntegerField(default=8)
    escalation_hours = models.PositiveSmallIntegerField(default=8)
    give_up_days = models.PositiveSmallIntegerField(default=20)
    active_from = models.DateTimeField()
    marketing_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    marketing_at = models.DateTimeField(null=True)
    sales_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sales_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def signers(self) -> dict[Side, User | None]:
        """Who signed for each side."""
        return {Side.MARKETING: self.marketing_by, Side.SALES: self.sales_by}

    @property
    def is_signed(self) -> bool:
        """Whether at least one side has signed."""
        return self.marketing_at is not None or self.sales_at is not None

    @property
    def scope(self) -> dict[str, object]:
        """For whom: what two versions of one policy have in common."""
        return {name: getattr(self, name) for name in SCOPE}

    @property
    def clocks(self) -> dict[str, int]:
        """How much time, by clock."""
        return {name: getattr(self, name) for name in CLOCKS}


class Policy(Terms):
    """Clocks both sides have signed (the founding one: nobody). Never changed; the newest version in force counts.

    `due_at` is stored at hand-over, so a later policy never rewrites history.
    """

    public_id = public_id_field()
    version = models.PositiveIntegerField(default=1)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        ordering: ClassVar = ["-active_from", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tier", "source", "partner", "version"], name="policy_version", nulls_distinct=False
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="signed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.tier or '*'} v{self.version}"


class Proposal(Terms):
    """Clocks one side would like; frozen by the first signature, a Policy with both, and then gone."""

    public_id = public_id_field()
    note = models.CharField(max_length=400, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tier", "source", "partner"], name="proposal_one", nulls_distinct=False),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(name="frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=FROZEN),
        ]

    def __str__(self) -> str:
        return f"{self.tier or '*'} {self.answer_hours}"
