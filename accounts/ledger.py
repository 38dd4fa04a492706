"""What sources cost: cards typed in, seminars held, licences; rows in the house's own currency."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.enums import CostKind
from audit.public_ids import public_id_field


class SourceCost(models.Model):
    """One cost of a source: `amount` a unit (a card, a seminar; FLAT: the whole), so many units, from day to day."""

    public_id = public_id_field()
    source = models.ForeignKey("accounts.Source", on_delete=models.CASCADE, related_name="costs")
    kind = models.CharField(max_length=12, choices=[(k, k) for k in CostKind])
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    units = models.PositiveIntegerField(default=1)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-first_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="source_cost_amount", condition=Q(amount__gte=0, units__gte=1)),
            models.CheckConstraint(name="source_cost_days", condition=Q(last_on=None) | Q(last_on__gte=F("first_on"))),
            models.CheckConstraint(name="source_cost_flat", condition=~Q(kind=CostKind.FLAT) | Q(units=1)),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.total}"

    @property
    def total(self) -> Decimal:
        """Amount × units."""
        return self.amount * self.units
