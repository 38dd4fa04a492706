"""Words for reading scores."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, FloatField, Q, Value
from django.db.models.functions import Coalesce

from accounts.models import Account
from scoring.enums import Decay
from users.roles import Role

if TYPE_CHECKING:
    from scoring.models import Score, ScoringRule  # noqa: F401


class RuleQuerySet(models.QuerySet["ScoringRule"]):
    """Versions of the scoring rule."""

    def in_force(self, at: datetime | None = None) -> "ScoringRule":
        """The version that counts; at a past moment, the one that counted then (before the first, the first)."""
        then = self.filter(published_at__lte=at).order_by("-version").first() if at else None
        return then or self.earliest("version") if at else self.latest("version")


class ScoreQuerySet(models.QuerySet["Score"]):
    """Scores."""

    def visible_to(self, user: Any) -> "ScoreQuerySet":
        """Those of the accounts the user sees."""
        return self if user.role != Role.PARTNER else self.filter(account__in=Account.objects.visible_to(user))

    def at(self, now: datetime, rule: "ScoringRule") -> "ScoreQuerySet":
        """Annotates `engagement`: what the score is at `now`, in the database, without touching a touch."""
        return self.annotate(engagement=_worth(now, rule))

    def over_the_line(self, rule: "ScoringRule") -> "ScoreQuerySet":
        """Of scores `at` a moment: those that reach the threshold."""
        return self.filter(Q(("engagement__gte", rule.line)))

    def under_the_line(self, rule: "ScoringRule") -> "ScoreQuerySet":
        """Of scores `at` a moment: those that do not."""
        return self.filter(Q(("engagement__lt", rule.line)))

    def hot(self) -> "ScoreQuerySet":
        """Over the threshold when last looked at, the longest first; on a list or not."""
        return self.filter(crossed_at__isnull=False).order_by("crossed_at", "id")


def _worth(now: datetime, rule: "ScoringRule") -> models.Expression:
    weights = rule.as_weights()
    left = [F(decay) * Value(weights.factor(decay, rule.landmark, now)) for decay in Decay]
    return Coalesce(sum(left[1:], start=left[0]), 0.0, output_field=FloatField())
