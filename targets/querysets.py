"""Words for reading target lists."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When

from engagement.models import Touch
from targets.enums import PlannedState, Tier, VersionState
from users.roles import Role

if TYPE_CHECKING:
    from targets.models import PlannedPerson, RevivalPlan, TargetEntry, TargetList, WaitingLine  # noqa: F401

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


class RevivalPlanQuerySet(models.QuerySet["RevivalPlan"]):
    """Revival plans."""

    def visible_to(self, user: Any) -> "RevivalPlanQuerySet":
        """Both sides see every plan, as they see every list; partners see none."""
        return self.none() if user.role == Role.PARTNER else self

    def open(self) -> "RevivalPlanQuerySet":
        """Those under way."""
        return self.filter(closed_at=None)


class PlannedQuerySet(models.QuerySet["PlannedPerson"]):
    """Persons in plans."""

    def with_state(self) -> "PlannedQuerySet":
        """Each with `touched_at`, the first touch since it was put in, and what follows: `state` (PlannedState)."""
        since = Touch.objects.personal().filter(person=OuterRef("person"), occurred_at__gte=OuterRef("added_at"))
        state = Case(
            When(Q(person=None) | Q(person__erased_at__isnull=False), then=Value(PlannedState.ERASED)),
            When(touched_at__isnull=False, then=Value(PlannedState.TOUCHED)),
            When(person__opted_out_at__isnull=False, then=Value(PlannedState.OPTED_OUT)),
            default=Value(PlannedState.WAITING),
            output_field=CharField(),
        )
        first = Subquery(since.order_by("occurred_at").values("occurred_at")[:1])
        return self.annotate(touched_at=first).annotate(state=state)

    def touched(self) -> "PlannedQuerySet":
        """Those somebody has been in touch with since; of rows `with_state`."""
        return self.filter(touched_at__isnull=False)


class WaitingLineQuerySet(models.QuerySet["WaitingLine"]):
    """Pasted lines that wait."""

    def visible_to(self, user: Any) -> "WaitingLineQuerySet":
        """As their lists."""
        return self.none() if user.role == Role.PARTNER else self

    def with_proposals(self) -> "WaitingLineQuerySet":
        """Each with the companies it could mean, in a fixed number of queries."""
        return self.select_related("account", "doubt__account").prefetch_related("doubt__candidates__account")
