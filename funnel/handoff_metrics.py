"""Handoffs as a subject: each delivery counts for whoever got it, so that reps, teams and partners can be told apart.

Like the cohort of leads, but by the day of each delivery. One taken back, or given to somebody else before its due
and unanswered, was not theirs to answer and is left out.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Offering, Source
from funnel.answer_times import Waits, answer_hours
from funnel.cohorts import periods, without_samples
from funnel.enums import Origin, Outcome, Stage
from funnel.measures import Measure, Metric, Section, Terms, Unit
from funnel.models import Handoff
from funnel.slices import Choice, Dimension, Flag, Reference
from targets.models import TargetList
from users.enums import TeamKind
from users.models import Team, User

TAKEN = (Outcome.REASSIGNED, Outcome.WITHDRAWN)


def sent(terms: Terms, viewer: Any) -> QuerySet[Any]:
    """Deliveries of marketing's leads in the period, as the viewer may see them."""
    rows = Handoff.objects.all() if viewer is None else Handoff.objects.visible_to(viewer)
    return without_samples(rows.filter(terms.moments("sent_at"), lead__origin=Origin.MARKETING), terms, "lead__source")


def _theirs(terms: Terms) -> Q:
    return ~Q(outcome__in=TAKEN) | Q(decided_at__gt=terms.as_of)


def _open(terms: Terms) -> Q:
    return _theirs(terms) & (Q(due_at__gte=terms.as_of) | Q(outcome="", lead__question_at__lte=terms.as_of))


def _matured(terms: Terms) -> Q:
    running = Q(lead__question_at=None) | Q(lead__question_at__gt=terms.as_of) | ~Q(outcome="")
    return _theirs(terms) & Q(due_at__lt=terms.as_of) & running


def _in_time(outcome: Outcome, terms: Terms) -> Q:
    return _matured(terms) & Q(outcome=outcome, decided_at__lte=F("due_at"))


def _ignored(terms: Terms) -> Q:
    silent = Q(outcome__in=("", Outcome.IGNORED)) | Q(decided_at__gt=F("due_at"))
    return _matured(terms) & silent


def _accepted(terms: Terms) -> Q:
    soon = Q(decided_at__lte=terms.as_of) & Q(decided_at__lte=F("sent_at") + timedelta(days=terms.k))
    return _matured(terms) & Q(outcome=Outcome.ACCEPTED) & soon


def _ghosts(terms: Terms) -> Q:
    """The ghost is whose acceptance was the last before it."""
    later = Handoff.objects.filter(
        lead=OuterRef("lead"),
        outcome=Outcome.ACCEPTED,
        decided_at__gt=OuterRef("decided_at"),
        decided_at__lte=OuterRef("lead__ghost_at"),
    )
    flagged = Q(lead__ghost_at__lte=terms.as_of, lead__ghost_at__gte=F("decided_at"))
    return _accepted(terms) & flagged & ~Q(Exists(later))


def _overdue(terms: Terms) -> Q:
    ignored = Q(outcome=Outcome.IGNORED, lead__stage=Stage.IGNORED, lead__assignee=F("assignee"))
    return _matured(terms) & (Q(outcome="") | ignored)


def _answered(terms: Terms) -> Q:
    return _theirs(terms) & Q(answer_hours__isnull=False, decided_at__lte=terms.as_of)


def _waiting(terms: Terms) -> Q:
    silent = Q(outcome__in=("", Outcome.IGNORED, *TAKEN)) | Q(decided_at__gt=terms.as_of)
    return _theirs(terms) & silent


MEASURES = {
    "sent": Measure(_("delivered, and not taken back before the due"), _theirs),
    "open": Measure(_("delivered, answer not yet due"), _open),
    "overdue": Measure(_("delivered, the due has passed, still no answer"), _overdue),
    "matured": Measure(_("delivered, answer due has passed"), _matured),
    "accepted_in_time": Measure(_("accepted by the due"), lambda terms: _in_time(Outcome.ACCEPTED, terms)),
    "rejected_in_time": Measure(_("rejected by the due"), lambda terms: _in_time(Outcome.REJECTED, terms)),
    "ignored": Measure(_("no answer by the due"), _ignored),
    "accepted": Measure(_("accepted within k days of the delivery"), _accepted),
    "ghosts": Measure(_("accepted, but not touched by the first-touch due"), _ghosts),
    "answered": Measure(_("answered, in time or late"), _answered),
    "waiting": Measure(_("not answered"), _waiting),
    "waited": Measure(_("answered or still waiting"), lambda terms: _answered(terms) | _waiting(terms)),
}
PARTNER = Case(When(team__kind=TeamKind.PARTNER, then=F("team_id")))
DIMENSIONS: dict[str, Dimension] = {
    **periods("sent_at", moment=True),
    "team": Reference(_("Team"), F("team_id"), Team, "public_id", ("name",)),
    "assignee": Reference(_("Assignee"), F("assignee_id"), User, "public_id", ("username",)),
    "partner": Reference(_("Partner"), PARTNER, Team, "public_id", ("name",)),
    "source": Reference(_("Source"), F("lead__source_id"), Source, "code"),
    "tier": Choice(_("Tier"), F("lead__tier")),
    "list": Reference(_("List"), F("lead__list_version__list_id"), TargetList, "public_id", ("name",)),
    "on_list": Flag(_("On a list"), F("lead__on_list"), (_("on a list"), _("off list"))),
    "existing": Flag(_("Existing customer"), F("lead__existing"), (_("existing customer"), _("new account"))),
    "offering": Reference(_("Offering"), F("lead__offering_id"), Offering, "code"),
}
HANDOFFS = Waits(
    key="handoffs",
    base=sent,
    measures=MEASURES,
    dimensions=DIMENSIONS,
    lead="lead_id",
    asked="lead__asked_at",
    team="team_id",
    started="sent_at",
    ends=(Case(When(outcome__in=TAKEN, then=F("decided_at"))), F("lead__gave_up_at"), F("lead__withdrawn_at")),
)


def _metric(key: str, label: Any, definition: Any, numerator: str, denominator: str | None = "matured") -> Metric:
    return Metric(
        key=key,
        label=label,
        definition=definition,
        section=Section.BEHAVIOUR,
        subject=HANDOFFS,
        unit=Unit.RATE if denominator else Unit.COUNT,
        numerator=numerator,
        denominator=denominator,
    )


def _hours(key: str, label: Any, definition: Any, share: float) -> Metric:
    return answer_hours(key, label, definition, HANDOFFS, share, Section.BEHAVIOUR)


HANDOFF_METRICS = (
    _metric(
        "handoff_sal_rate",
        _("Deliveries accepted"),
        _("Accepted within k days of the delivery ÷ deliveries whose due has passed."),
        "accepted",
    ),
    _metric(
        "handoff_in_time_rate",
        _("Deliveries accepted in time"),
        _("Accepted by the due ÷ deliveries whose due has passed."),
        "accepted_in_time",
    ),
    _metric(
        "handoff_reject_rate",
        _("Deliveries rejected"),
        _("Rejected by the due ÷ deliveries whose due has passed."),
        "rejected_in_time",
    ),
    _metric(
        "handoff_ignore_rate",
        _("Deliveries ignored"),
        _("No answer by the due ÷ deliveries whose due has passed."),
        "ignored",
    ),
    _metric(
        "handoff_ghost_rate",
        _("Accepted, then nothing"),
        _("Not touched by the first-touch due ÷ deliveries accepted within k days."),
        "ghosts",
        "accepted",
    ),
    _hours(
        "handoff_answer_hours_median",
        _("Time to answer a delivery (median)"),
        _("Business hours until half of the deliveries were answered; unanswered ones count as still waiting."),
        0.5,
    ),
    _hours(
        "handoff_answer_hours_p75",
        _("Time to answer a delivery (75 %)"),
        _("Business hours until three quarters of the deliveries were answered."),
        0.75,
    ),
    _metric("handoffs_matured", _("Deliveries matured"), _("Deliveries whose due has passed."), "matured", None),
    _metric("handoffs_open", _("Deliveries open"), _("Deliveries whose answer is not yet due."), "open", None),
    _metric(
        "handoffs_overdue",
        _("Deliveries overdue"),
        _("Deliveries past their due and still unanswered."),
        "overdue",
        None,
    ),
)
