"""Words for reading leads, handoffs and deals."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from accounts import erased
from accounts.models import Person
from funnel.enums import OPEN, DealStatus, Disposition, MoveName, Outcome, Stage
from users.roles import Role

if TYPE_CHECKING:
    from funnel.models import Deal, Feedback, Handoff, Lead  # noqa: F401
    from funnel.provided import Transfer  # noqa: F401
    from funnel.terms import Policy, Proposal  # noqa: F401


ORDERS: dict[str, OrderBy] = {
    "due": F("due_at").asc(),
    "rank": F("lead__wanted_rank").asc(nulls_last=True),
    "score": F("lead__score").desc(nulls_last=True),
}
"""What handoffs that wait can be sorted by."""


class LeadQuerySet(models.QuerySet["Lead"]):
    """Leads."""

    def visible_to(self, user: Any) -> "LeadQuerySet":
        """Marketing, managers, analysts and admins see all; a rep sees the team's, the owned accounts' and the own;
        a partner's user sees what was handed to that very user."""
        if user.role == Role.PARTNER:
            return self.filter(Q(assignee=user) | Q(pk__in=self._handed_to(user)))
        if user.role != Role.REP:
            return self
        mine = Q(assignee=user) | Q(account__owner=user) | Q(pk__in=self._handed_to(user))
        return self.filter(mine | Q(team=user.team_id) if user.team_id else mine)

    def _handed_to(self, user: Any) -> "models.QuerySet[Any, Any]":
        return self.model._default_manager.filter(handoffs__assignee=user).values("pk")

    def for_rows(self) -> "LeadQuerySet":
        """With what a row of a list shows."""
        return self.select_related("account", "department", "offering", "assignee", "source", "reject_reason", "team")

    def open(self) -> "LeadQuerySet":
        """On their way."""
        return self.filter(stage__in=OPEN)

    def without_samples(self) -> "LeadQuerySet":
        """Leaves out the golden cases' leads, which stand apart."""
        return self.exclude(source__is_sample=True)

    def to_route(self) -> "LeadQuerySet":
        """Qualified, not yet delivered to anybody."""
        return self.filter(stage=Stage.MQL).exclude(handoffs__outcome="")

    def rejected_waiting(self) -> "LeadQuerySet":
        """Rejected by sales, waiting for marketing's disposition; not while the manager decides on an appeal."""
        return self.filter(~Q(self._appeals()), stage=Stage.REJECTED)

    def appealed_waiting(self) -> "LeadQuerySet":
        """Rejected, with an appeal on which the sales manager has not decided yet."""
        return self.filter(self._appeals(), stage=Stage.REJECTED)

    def _appeals(self) -> Coalesce:
        """Whether the latest move asks for a verdict; naming the true reason meanwhile leaves that open."""
        moves: Any = self.model._meta.get_field("moves").related_model
        latest = moves._default_manager.filter(lead=OuterRef("pk")).exclude(move=MoveName.RECODE).order_by("-seq")
        asks = Q(move=MoveName.APPEAL) & ~Q(data__has_key="verdict")
        asked = latest.annotate(asks=ExpressionWrapper(asks, models.BooleanField())).values("asks")[:1]
        return Coalesce(Subquery(asked), False, output_field=models.BooleanField())

    def to_recode(self) -> "LeadQuerySet":
        """Rejected as OTHER, still without the true reason; an overruled rejection needs none."""
        stages = (Stage.REJECTED, Stage.RECYCLED, Stage.DISQUALIFIED, Stage.WITHDRAWN)
        return self.without_samples().filter(stage__in=stages, reject_reason__disposition=Disposition.RECODE)

    def asked(self) -> "LeadQuerySet":
        """Sales has a question that marketing has not answered."""
        return self.filter(question_at__isnull=False)

    def due_back(self, today: Any) -> "LeadQuerySet":
        """Recycled, with a return date that has come, and no next trip yet."""
        return self.resting().filter(return_on__lte=today)

    def resting(self) -> "LeadQuerySet":
        """Recycled, without a next trip yet."""
        return self.filter(stage=Stage.RECYCLED, next_trips=None)


class HandoffQuerySet(models.QuerySet["Handoff"]):
    """Handoffs."""

    def visible_to(self, user: Any) -> "HandoffQuerySet":
        """As their leads; a partner's user sees only those to that very user."""
        if user.role == Role.PARTNER:
            return self.filter(assignee=user)
        if user.role != Role.REP:
            return self
        leads = LeadQuerySet(self.model._meta.get_field("lead").related_model)
        return self.filter(lead__in=leads.visible_to(user).values("pk"))

    def awaiting_answer(self) -> "HandoffQuerySet":
        """Delivered, not answered."""
        return self.filter(outcome="")

    def unanswered(self) -> "HandoffQuerySet":
        """Waiting for sales' word: within the time, or ignored and still to be answered; a lead's latest delivery."""
        waiting = Q(outcome="", lead__stage=Stage.MQL) | Q(outcome=Outcome.IGNORED, lead__stage=Stage.IGNORED)
        later = self.model._default_manager.filter(lead=OuterRef("lead"), number__gt=OuterRef("number"))
        return self.filter(waiting).exclude(Exists(later))

    def for_rows(self) -> "HandoffQuerySet":
        """With what a row of the inbox shows."""
        return self.select_related("lead__account", "lead__department", "lead__offering", "assignee")

    def of(self, user: Any) -> "HandoffQuerySet":
        """This user's own."""
        return self.filter(assignee=user)

    def overdue(self, now: datetime) -> "HandoffQuerySet":
        """Not answered, and the due time has passed without a question that pauses it."""
        return self.awaiting_answer().filter(due_at__lt=now, lead__question_at=None)

    def in_answering_order(self, first: str = "due") -> "HandoffQuerySet":
        """Least time left first, then most wanted, then warmest, or another of the three (`ORDERS`) before the others.

        Those whose clock stands still for a question come last.
        """
        asked = ExpressionWrapper(Q(lead__question_at__isnull=False), output_field=models.BooleanField())
        keys = [ORDERS[first], *(key for name, key in ORDERS.items() if name != first)]
        return self.order_by(asked.asc(), *keys, "id")


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Feedback asked for, answered or not."""

    def visible_to(self, user: Any) -> "FeedbackQuerySet":
        """As their leads; a partner's user sees only what that very user is asked."""
        if user.role == Role.PARTNER:
            return self.filter(user=user)
        if user.role != Role.REP:
            return self
        leads = LeadQuerySet(self.model._meta.get_field("lead").related_model)
        return self.filter(Q(user=user) | Q(lead__in=leads.visible_to(user).values("pk")))

    def of(self, user: Any) -> "FeedbackQuerySet":
        """What this user is asked."""
        return self.filter(user=user)

    def answered(self) -> "FeedbackQuerySet":
        """Given."""
        return self.filter(answered_at__isnull=False)

    def to_answer(self, now: datetime) -> "FeedbackQuerySet":
        """Not given, and still to be given."""
        return self.filter(answered_at=None, closes_at__gt=now)

    def for_rows(self) -> "FeedbackQuerySet":
        """With what a row of a list shows."""
        return self.select_related("lead__account", "lead__department", "lead__offering", "user", "team")


class DealQuerySet(models.QuerySet["Deal"]):
    """Deals."""

    def visible_to(self, user: Any) -> "DealQuerySet":
        """As the accounts they are at; a partner sees its own."""
        return self.filter(owner=user) if user.role == Role.PARTNER else self

    def closed(self) -> "DealQuerySet":
        """Won or lost."""
        return self.filter(status__in=[DealStatus.WON, DealStatus.LOST])


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Clocks agreed."""

    def visible_to(self, user: Any) -> "PolicyQuerySet":
        """A partner is not told what was promised to other firms."""
        return self.filter(Q(partner=None) | Q(partner=user.team_id)) if user.role == Role.PARTNER else self


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Clocks proposed."""

    def visible_to(self, user: Any) -> "ProposalQuerySet":
        """What is not agreed yet stays in the house."""
        return self.none() if user.role == Role.PARTNER else self


class TransferQuerySet(models.QuerySet["Transfer"]):
    """What partner firms were given of persons' data."""

    def visible_to(self, user: Any) -> "TransferQuerySet":
        """Those who answer for it; whom they see no persons of, they see without names."""
        return self if user.role in {Role.MARKETING_LEAD, Role.ADMIN, Role.SYSTEM} else self.none()

    def about(self, text: str) -> "TransferQuerySet":
        """Those about persons of this name or mail address; the erased are found by their whole address."""
        if not text.strip():
            return self
        gone = erased.persons_of(text)
        return self.filter(Q(person__in=Person.objects.named(text).values("pk")) | Q(person__in=gone))

    def between(self, first: datetime | None, last: datetime | None) -> "TransferQuerySet":
        """Those given then, and care that lasted then; None: whenever."""
        found = self.filter(at__lte=last) if last else self
        still = Q(handoff=None) & (Q(until=None) | Q(until__gte=first))
        return found.filter(Q(at__gte=first) | still) if first else found

    def for_rows(self) -> "TransferQuerySet":
        """With what a row of a list shows."""
        return self.select_related("person", "account", "partner", "user")
