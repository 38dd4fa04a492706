"""The waterfall's nouns: lead, handoff, lead move, deal; reject reasons and clock policies."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from accounts.models import Account, Department, Offering, Person, Source
from audit.public_ids import public_id_field
from funnel.asking import AnswerLink, Feedback  # noqa: F401 - models too, kept in a file of their own
from funnel.counts import Counts
from funnel.enums import OPEN, DealStatus, Disposition, MoveName, Origin, Outcome, Stage, Target
from funnel.provided import Transfer  # noqa: F401 - a model, too
from funnel.querysets import DealQuerySet, HandoffQuerySet, LeadQuerySet
from funnel.terms import Policy
from targets.enums import Tier
from targets.models import TargetEntry, TargetListVersion
from users.models import Team

USER = settings.AUTH_USER_MODEL


class RejectReason(models.Model):
    """Why sales said no, and what marketing then does; kept as rows so that a company can word its own."""

    code = models.CharField(max_length=24, unique=True)
    label_en = models.CharField(max_length=80)
    label_ja = models.CharField(max_length=80)
    disposition = models.CharField(max_length=16, choices=[(d, d) for d in Disposition])
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.label_ja if (get_language() or "").startswith("ja") else self.label_en


class RoutingRule(models.Model):
    """Who gets which leads, asked in the order of `position`; an empty condition holds for all (`funnel.choosing`)."""

    public_id = public_id_field()
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    prefectures = models.JSONField(default=list, blank=True)
    industries = models.JSONField(default=list, blank=True)
    tiers = models.JSONField(default=list, blank=True)
    categories = models.JSONField(default=list, blank=True)
    existing = models.BooleanField(null=True, blank=True)
    partner_account = models.BooleanField(null=True, blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    target = models.CharField(max_length=13, choices=[(t, t) for t in Target])
    user = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["position"], name="routing_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="routing_target",
                condition=(Q(target=Target.USER) ^ Q(user=None)) & (Q(target=Target.TEAM) ^ Q(team=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Automation(models.Model):
    """Which dispositions and deliveries SYSTEM does by itself: one row, made when first changed."""

    routes = models.BooleanField(default=False)
    requeues = models.BooleanField(default=True)
    recycles = models.BooleanField(default=True)
    reclaims_ghosts = models.BooleanField(default=False)
    ghost_hours = models.PositiveSmallIntegerField(default=24)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="automation_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return "automation"

    @classmethod
    def current(cls) -> "Automation":
        """The row, or what holds while nobody has changed anything."""
        return cls.objects.first() or cls(pk=1)


class Deal(models.Model):
    """The SFA's record behind PIPELINE. Without an account it is kept and counted, never invented one."""

    public_id = public_id_field()
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="deals")
    external_id = models.CharField(max_length=120)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="deals")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="deals")
    offering = models.ForeignKey(Offering, null=True, blank=True, on_delete=models.PROTECT, related_name="deals")
    owner = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="deals")
    name = models.CharField(max_length=255, blank=True)
    stage_name = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=4, choices=[(s, s) for s in DealStatus], default=DealStatus.OPEN)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3)
    opened_on = models.DateField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "external_id"], name="deal_external_id"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "offering", "status"], name="deal_account")]

    def __str__(self) -> str:
        return self.name or self.external_id


class Lead(models.Model):
    """One demand of one department for one offering, on one trip down the waterfall.

    Stage and milestones are written only by acts, together with the LeadMove that causes them; `seq` is the
    number of moves so far and guards every write. `assignee`/`team` are of the open (or last) handoff,
    `first_assignee`/`first_team` and `due_at` of the first: the cohort stands by its first hand-over. While
    `question_at` is set, sales has asked marketing and the clock is paused. `answer_hours`: business hours from the
    first delivery to the first answer, pauses not counted. `routing_due_at`, `disposition_due_at`: marketing's dues.
    """

    public_id = public_id_field()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="leads")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    offering = models.ForeignKey(Offering, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    persons = models.ManyToManyField(Person, blank=True, related_name="leads")
    origin = models.CharField(max_length=9, choices=[(o, o) for o in Origin], default=Origin.MARKETING)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    external_id = models.CharField(max_length=200, blank=True)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_trips")
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates")

    stage = models.CharField(max_length=12, choices=[(s, s) for s in Stage], default=Stage.NURTURE)
    seq = models.PositiveIntegerField(default=0)

    list_version = models.ForeignKey(
        TargetListVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="leads"
    )
    entry = models.ForeignKey(TargetEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    on_list = models.BooleanField(default=False)
    tier = models.CharField(max_length=8, blank=True, choices=[(t, t) for t in Tier])
    wanted_rank = models.PositiveIntegerField(null=True, blank=True)
    existing = models.BooleanField(default=False)
    score = models.FloatField(null=True, blank=True)
    because = models.JSONField(default=dict, blank=True)

    assignee = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_leads")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    first_assignee = models.ForeignKey(USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    deal = models.ForeignKey(Deal, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    reject_reason = models.ForeignKey(
        RejectReason, null=True, blank=True, on_delete=models.PROTECT, related_name="leads"
    )
    next_action = models.CharField(max_length=300, blank=True)
    next_action_on = models.DateField(null=True, blank=True)
    return_on = models.DateField(null=True, blank=True)

    mql_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    first_outcome = models.CharField(max_length=10, blank=True, choices=[(o, o) for o in Outcome])
    first_outcome_at = models.DateTimeField(null=True, blank=True)
    question_at = models.DateTimeField(null=True, blank=True)
    ignored_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    upheld_at = models.DateTimeField(null=True, blank=True)
    denied_at = models.DateTimeField(null=True, blank=True)
    routing_due_at = models.DateTimeField(null=True, blank=True)
    disposition_due_at = models.DateTimeField(null=True, blank=True)
    answer_hours = models.FloatField(null=True, blank=True)
    first_touch_due_at = models.DateTimeField(null=True, blank=True)
    first_touch_at = models.DateTimeField(null=True, blank=True)
    ghost_at = models.DateTimeField(null=True, blank=True)
    gave_up_at = models.DateTimeField(null=True, blank=True)
    sql_at = models.DateTimeField(null=True, blank=True)
    pipeline_at = models.DateTimeField(null=True, blank=True)
    won_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    recycled_at = models.DateTimeField(null=True, blank=True)
    disqualified_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "offering"],
                condition=Q(stage__in=sorted(OPEN), department__isnull=False, offering__isnull=False),
                name="lead_one_open",
                violation_error_message="This department already has an open lead for this offering.",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="lead_external_id"
            ),
            models.CheckConstraint(
                name="lead_due_after_hand_over",
                condition=Q(handed_over_at=None, due_at=None) | Q(due_at__gte=F("handed_over_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["handed_over_at"], name="lead_cohort", condition=Q(handed_over_at__isnull=False)),
            models.Index(fields=["stage", "-id"], name="lead_stage"),
            models.Index(fields=["assignee", "stage"], name="lead_assignee"),
            models.Index(fields=["account", "-id"], name="lead_account"),
            models.Index(fields=["ghost_at"], name="lead_ghost", condition=Q(ghost_at__isnull=False)),
            models.Index(fields=["question_at"], name="lead_question", condition=Q(question_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.department or ''}".strip()


class Handoff(models.Model):
    """One delivery of a lead to one decider, with its clock.

    `answer_hours`: business hours to its answer, unpaused. `at_risk_at`: when 80 % of the time to `due_at` are used;
    None until the clock has come round since `due_at` was set.
    """

    public_id = public_id_field()
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="handoffs")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    assignee = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="handoffs")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="handoffs")
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    at_risk_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True, choices=[(o, o) for o in Outcome])
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    answer_hours = models.FloatField(null=True)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["lead_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead", "number"], name="handoff_number"),
            models.UniqueConstraint(fields=["lead"], condition=Q(outcome=""), name="handoff_one_open"),
            models.CheckConstraint(name="handoff_due", condition=Q(due_at__gte=F("sent_at"))),
            models.CheckConstraint(
                name="handoff_decided",
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="handoff_waiting", condition=Q(outcome="")),
            models.Index(fields=["assignee", "due_at"], name="handoff_assignee"),
        ]

    def __str__(self) -> str:
        return f"{self.lead} → {self.assignee}"


class LeadMove(models.Model):
    """What happened to a lead. Append-only: the database refuses UPDATE and DELETE."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="moves")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    move = models.CharField(max_length=20, choices=[(m, m) for m in MoveName])
    from_stage = models.CharField(max_length=12, blank=True, choices=[(s, s) for s in Stage])
    to_stage = models.CharField(max_length=12, choices=[(s, s) for s in Stage])
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.ForeignKey(RejectReason, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    rule_version = models.PositiveIntegerField(null=True)
    imported = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["lead_id", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["lead", "seq"], name="lead_move_seq")]
        indexes: ClassVar = [BrinIndex(fields=["recorded_at"], name="lead_move_recorded", pages_per_range=16)]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}.{self.seq} {self.move}"


class CohortRollup(Counts):
    """How many leads of one slice of one month's hand-over cohort each measure counted, at `as_of`, with k = 30 days.

    Filled set-based by `funnel.rollups`; one column per measure of `funnel.cohorts`. The dimensions' columns have the
    lead's names, so that one definition of a dimension reads both tables.
    """

    month = models.DateField()
    first_team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    first_assignee = models.ForeignKey(USER, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.ForeignKey(Source, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    list_version = models.ForeignKey(
        TargetListVersion, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    tier = models.CharField(max_length=8, blank=True)
    on_list = models.BooleanField()
    existing = models.BooleanField()
    as_of = models.DateTimeField()

    class Meta(Counts.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "month",
                    "source",
                    "first_team",
                    "first_assignee",
                    "list_version",
                    "tier",
                    "on_list",
                    "existing",
                ],
                name="cohort_rollup_slice",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="cohort_rollup_partition",
                condition=Q(matured=F("accepted_in_time") + F("rejected_in_time") + F("ignored")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
