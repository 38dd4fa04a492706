"""The scoring rule, version by version, and the scores kept by it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Account, Department, Offering
from scoring.formula import Weights
from scoring.querysets import RuleQuerySet, ScoreQuerySet


class ScoringRule(models.Model):
    """Weights, cap and threshold; the newest version counts.

    `landmark`: the moment the scores' sums are kept against (scoring.formula); each version may take a later one.
    """

    version = models.PositiveIntegerField(unique=True)
    weights = models.JSONField()
    threshold = models.FloatField()
    cap = models.FloatField()
    landmark = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.CheckConstraint(name="rule_positive", condition=models.Q(threshold__gt=0, cap__gt=0)),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"

    @property
    def line(self) -> float:
        """The threshold, less what sums of doubles may differ by: sixty points reach a threshold of sixty."""
        return self.threshold * (1 - 1e-9)

    def as_weights(self) -> Weights:
        """The pure weights the formula counts with."""
        return Weights.from_json(self.weights, cap=self.cap)


class Score(models.Model):
    """Engagement of one (account, department, offering): forward sums, one per half-life (scoring.formula).

    An account's score is the sum of its rows. `persons`: distinct persons who ever came to us in this matter.
    `crossed_at`: when it was first seen over the threshold, since it last was under it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="scores")
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="scores")
    offering = models.ForeignKey(Offering, null=True, on_delete=models.CASCADE, related_name="scores")
    web = models.FloatField(default=0)
    mail = models.FloatField(default=0)
    seminar = models.FloatField(default=0)
    meeting = models.FloatField(default=0)
    persons = models.PositiveIntegerField(default=0)
    last_touch_at = models.DateTimeField()
    crossed_at = models.DateTimeField(null=True)

    engagement: float  # annotated by ScoreQuerySet.at

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "department", "offering"], name="score_once", nulls_distinct=False
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["crossed_at", "id"], name="score_hot", condition=models.Q(crossed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.department_id}/{self.offering_id}"
