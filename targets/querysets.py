"""Words for reading target lists."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, F, Q, Value, When

from targets.enums import Tier, VersionState
from users.roles import Role

if TYPE_CHECKING:
    from targets.models import TargetEntry, TargetList  # noqa: F401

TIER_ORDER = [Tier.ONE_TO_ONE, Tier.ONE_TO_FEW, Tier.ONE_TO_MANY]


class TargetListQuerySet(models.QuerySet["TargetList"]):
    """Lists."""

    def visible_to(self, user: Any) -> "TargetListQuerySet":
        """Both sides see every list; partners see none."""
        return self.none() if user.role == Role.PARTNER else self


class EntryQuerySet(models.QuerySet["TargetEntry"]):
    """Entries."""

    def visible_to(self, user: Any) -> "EntryQuerySet":
        """As their lists."""
        return self.none() if user.role == Role.PARTNER else self

    def active(self) -> "EntryQuerySet":
        """On a version in force: the gate through which a lead becomes an MQL."""
        return self.filter(version__state=VersionState.ACTIVE)

    def covering(self, *, account_id: int, department_id: int | None, offering_id: int | None) -> "EntryQuerySet":
        """Entries that want this demand, the most precise first.

        An entry without a department wants every department of its account; likewise for the offering.
        """
        wanted = Q(department=None) | Q(department=department_id) if department_id else Q(department=None)
        wanted &= Q(offering=None) | Q(offering=offering_id) if offering_id else Q(offering=None)
        tier = Case(*[When(tier=t, then=Value(n)) for n, t in enumerate(TIER_ORDER)], default=Value(len(TIER_ORDER)))
        return self.filter(wanted, account=account_id).order_by(
            F("department").asc(nulls_last=True), F("offering").asc(nulls_last=True), tier, "wanted_rank", "id"
        )
