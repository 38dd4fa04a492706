"""Feedback as a subject, and the metrics over it: how much of what was asked was told, and what was told.

Counted by the day it was asked for. What is asked counts at once, answered or not: a late answer moves the number of
the day it was asked on.
"""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Source
from funnel.cohorts import periods
from funnel.counting import Table
from funnel.enums import FEEDBACK_STEPS, Progress
from funnel.measures import Measure, Metric, Section, Terms, Unit
from funnel.models import Feedback
from funnel.slices import Choice, Dimension, Reference
from targets.models import TargetList
from users.enums import TeamKind
from users.models import Team, User

GOOD = 4
"""From this quality on a lead was a good one."""
NO_USE = (Progress.NO_CONTACT, Progress.WRONG_LEAD)


def asked_for(terms: Terms, viewer: Any) -> QuerySet[Any]:
    """The feedback asked for in the period, as the viewer may see it. Of sample leads none is asked."""
    found = Feedback.objects.all() if viewer is None else Feedback.objects.visible_to(viewer)
    return found.filter(terms.moments("asked_at"))


def _answered(terms: Terms) -> Q:
    return Q(answered_at__lte=terms.as_of)


MEASURES = {
    "asked": Measure(_("feedback asked for"), lambda terms: Q(asked_at__isnull=False)),
    "answered": Measure(_("feedback told"), _answered),
    "silent": Measure(_("feedback not told"), lambda terms: Q(answered_at=None) | Q(answered_at__gt=terms.as_of)),
    "good": Measure(_("told with a quality of 4 or 5"), lambda terms: _answered(terms) & Q(quality__gte=GOOD)),
    "no_use": Measure(
        _("told: no contact any more, or wrong lead"), lambda terms: _answered(terms) & Q(progress__in=NO_USE)
    ),
}


def steps() -> dict[str, str]:
    """What people read for each step."""
    return {str(step): str(_("%(days)s days")) % {"days": step} for step in FEEDBACK_STEPS}


class Step(Choice):
    """Days after the acceptance."""

    def member(self, value: Any) -> Any:
        return super().member(str(value))


PARTNER_TEAM = Case(When(team__kind=TeamKind.PARTNER, then=F("team_id")))

DIMENSIONS: dict[str, Dimension] = {
    **periods("asked_at", moment=True),
    "step": Step(_("After the acceptance"), F("step"), steps),
    "team": Reference(_("Team"), F("team_id"), Team, "public_id", ("name",)),
    "assignee": Reference(_("Assignee"), F("user_id"), User, "public_id", ("username",)),
    "partner": Reference(_("Partner"), PARTNER_TEAM, Team, "public_id", ("name",)),
    "source": Reference(_("Source"), F("lead__source_id"), Source, "code"),
    "tier": Choice(_("Tier"), F("lead__tier")),
    "list": Reference(_("List"), F("lead__list_version__list_id"), TargetList, "public_id", ("name",)),
}

FEEDBACK = Table("feedback", asked_for, MEASURES, DIMENSIONS)


def _count(key: str, label: Any, definition: Any, measure: str) -> Metric:
    return Metric(
        key=key, label=label, definition=definition, section=Section.FEEDBACK, subject=FEEDBACK, unit=Unit.COUNT,
        numerator=measure,
    )  # fmt: skip


def _rate(key: str, label: Any, definition: Any, numerator: str, denominator: str) -> Metric:
    return Metric(
        key=key, label=label, definition=definition, section=Section.FEEDBACK, subject=FEEDBACK, unit=Unit.RATE,
        numerator=numerator, denominator=denominator,
    )  # fmt: skip


FEEDBACK_METRICS = (
    _rate(
        "feedback_response_rate",
        _("Feedback response rate"),
        _("Feedback told ÷ feedback asked for 30, 60 and 90 days after acceptance, by the day it was asked for."),
        "answered",
        "asked",
    ),
    _count("feedback_asked", _("Feedback asked for"), _("By the day it was asked for."), "asked"),
    _count("feedback_answered", _("Feedback told"), _("By the day it was asked for."), "answered"),
    _count("feedback_silent", _("Feedback not told"), _("Not told so far, by the day it was asked for."), "silent"),
    _rate(
        "feedback_good_rate",
        _("Good leads by feedback"),
        _("Feedback with a quality of 4 or 5 ÷ feedback told."),
        "good",
        "answered",
    ),
    _rate(
        "feedback_no_use_rate",
        _("No use by feedback"),
        _("Feedback “no contact any more” or “wrong lead” ÷ feedback told."),
        "no_use",
        "answered",
    ),
)
