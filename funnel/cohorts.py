"""Leads as a subject: the hand-over cohort, its measures and dimensions.

A cohort is the leads of a period of their *first* hand-over. Everything is read from the lead's milestones at the
terms' `as_of`: what happened later does not exist, and an answer that is overdue counts as ignored whether or not the
clock's job has been there.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Offering, Source
from funnel.counting import Table
from funnel.enums import Origin
from funnel.measures import Measure, Terms
from funnel.models import Lead, RejectReason
from funnel.slices import Choice, Dimension, Flag, Member, Reference, nothing, period
from targets.models import TargetList
from users.enums import TeamKind
from users.models import Team, User

OTHER = "OTHER"
"""The reason that says nothing until it is re-coded."""


def without_samples(rows: QuerySet[Any], terms: Terms, column: str = "source") -> QuerySet[Any]:
    """Leaves out the sample sources (golden cases), unless a filter names the source."""
    if "source" in terms.filters:
        return rows
    samples = list(Source.objects.filter(is_sample=True).values_list("pk", flat=True))
    return rows.exclude(**{f"{column}__in": samples}) if samples else rows


def cohort(leads: QuerySet[Lead], terms: Terms) -> QuerySet[Lead]:
    """Marketing's leads among these that were handed over in the period, the recalled ones included."""
    return leads.filter(terms.moments("handed_over_at"), origin=Origin.MARKETING)


def delivered(terms: Terms, viewer: Any) -> QuerySet[Any]:
    """The cohort of the period, as the viewer may see it."""
    leads = Lead.objects.all() if viewer is None else Lead.objects.visible_to(viewer)
    return without_samples(cohort(leads, terms), terms)


def _by(name: str, terms: Terms) -> Q:
    """The milestone was reached by `as_of`."""
    return Q(**{f"{name}__lte": terms.as_of})


def _within_k(name: str, terms: Terms) -> Q:
    """The milestone was reached by `as_of` and within k days of the hand-over."""
    return _by(name, terms) & Q(**{f"{name}__lte": F("handed_over_at") + timedelta(days=terms.k)})


def _recalled(terms: Terms) -> Q:
    """Withdrawn (recalled, or merged as a duplicate) before the due and unanswered."""
    early = _by("withdrawn_at", terms) & Q(withdrawn_at__lte=F("due_at"))
    return early & Q(accepted_at=None, rejected_at=None)


def _kept(terms: Terms) -> Q:
    """Not recalled; spelled out, so that the database need not weigh nulls in a negation."""
    stayed = Q(withdrawn_at=None) | Q(withdrawn_at__gt=terms.as_of) | Q(withdrawn_at__gt=F("due_at"))
    return stayed | Q(accepted_at__isnull=False) | Q(rejected_at__isnull=False)


def _open(terms: Terms) -> Q:
    paused = Q(question_at__lte=terms.as_of, first_outcome="")
    return _kept(terms) & (Q(due_at__gte=terms.as_of) | paused)


def _matured(terms: Terms) -> Q:
    """The due has passed, and no question pauses it: one about a later delivery does not touch the first answer."""
    running = Q(question_at=None) | Q(question_at__gt=terms.as_of) | ~Q(first_outcome="")
    return _kept(terms) & Q(due_at__lt=terms.as_of) & running


def _accepted_in_time(terms: Terms) -> Q:
    first = Q(rejected_at=None) | Q(rejected_at__gte=F("accepted_at"))
    return _matured(terms) & Q(accepted_at__lte=F("due_at")) & first


def _rejected_in_time(terms: Terms) -> Q:
    first = Q(accepted_at=None) | Q(accepted_at__gt=F("rejected_at"))
    return _matured(terms) & Q(rejected_at__lte=F("due_at")) & first


def _ignored(terms: Terms) -> Q:
    not_accepted = Q(accepted_at=None) | Q(accepted_at__gt=F("due_at"))
    not_rejected = Q(rejected_at=None) | Q(rejected_at__gt=F("due_at"))
    return _matured(terms) & not_accepted & not_rejected


def _accepted(terms: Terms) -> Q:
    return _matured(terms) & _within_k("accepted_at", terms)


def _ghosts(terms: Terms) -> Q:
    return _accepted(terms) & _by("ghost_at", terms)


def _followed(terms: Terms) -> Q:
    return _accepted(terms) & (Q(ghost_at=None) | Q(ghost_at__gt=terms.as_of))


def _not_followed(terms: Terms) -> Q:
    late = terms.as_of
    never = Q(accepted_at=None) | Q(accepted_at__gt=late)
    never |= Q(accepted_at__gt=F("handed_over_at") + timedelta(days=terms.k))
    silent = _rejected_in_time(terms) & Q(reject_reason=None)
    return (_ignored(terms) & never) | _ghosts(terms) | silent


def _rejected(terms: Terms) -> Q:
    """Rejected at all, in time or late, as first answer or later."""
    return _matured(terms) & _by("rejected_at", terms)


def _reasoned(terms: Terms) -> Q:
    return _rejected(terms) & Q(reject_reason__isnull=False) & ~Q(reject_reason__code=OTHER)


def _appealed(terms: Terms) -> Q:
    return _rejected(terms) & _by("appealed_at", terms)


def _asked(terms: Terms) -> Q:
    return _kept(terms) & _by("asked_at", terms)


def _disposition_due(terms: Terms) -> Q:
    """Marketing has said what becomes of the rejection, or should have."""
    return _rejected(terms) & (_by("disposed_at", terms) | _by("disposition_due_at", terms))


def _disposed_late(terms: Terms) -> Q:
    silent = Q(disposed_at=None) | Q(disposed_at__gt=F("disposition_due_at"))
    return _rejected(terms) & _by("disposition_due_at", terms) & silent


def _pipeline(terms: Terms) -> Q:
    return _matured(terms) & _within_k("pipeline_at", terms)


def _matured_and(name: str) -> Callable[[Terms], Q]:
    return lambda terms: _matured(terms) & _by(name, terms)


MEASURES = {
    "delivered": Measure(_("handed over, recalled leads included"), lambda terms: Q(handed_over_at__isnull=False)),
    "recalled": Measure(_("recalled or merged before the due and unanswered"), _recalled),
    "handed_over": Measure(_("handed over and not recalled"), _kept),
    "open": Measure(_("handed over, answer not yet due"), _open),
    "matured": Measure(_("handed over, answer due has passed (M)"), _matured),
    "accepted_in_time": Measure(_("first answer: accepted by the due (A)"), _accepted_in_time),
    "rejected_in_time": Measure(_("first answer: rejected by the due (J)"), _rejected_in_time),
    "ignored": Measure(_("no answer by the due (I)"), _ignored),
    "asked": Measure(_("sales asked marketing about it"), _asked),
    "breached": Measure(
        _("asked about, and marketing let its time to answer pass"),
        lambda terms: _asked(terms) & _by("breached_at", terms),
    ),
    "rejected": Measure(_("matured and rejected, in time or late"), _rejected),
    "reasoned": Measure(_("rejected with a reason that says something (not “other”)"), _reasoned),
    "appealed": Measure(_("rejected, and marketing appealed"), _appealed),
    "appeals_decided": Measure(
        _("appealed, and the sales manager decided"),
        lambda terms: _appealed(terms) & (_by("upheld_at", terms) | _by("denied_at", terms)),
    ),
    "appeals_upheld": Measure(
        _("appealed, and the appeal was upheld"), lambda terms: _appealed(terms) & _by("upheld_at", terms)
    ),
    "disposition_due": Measure(_("rejected, and marketing has answered or its time has passed"), _disposition_due),
    "disposed_late": Measure(_("rejected, and marketing's time passed without a word on what follows"), _disposed_late),
    "accepted": Measure(_("matured, accepted within k days of hand-over"), _accepted),
    "ghosts": Measure(_("accepted, but no human touch by the first-touch due"), _ghosts),
    "followed": Measure(_("accepted and not a ghost"), _followed),
    "not_followed": Measure(_("ignored and not later accepted, ghosts, rejected without a reason"), _not_followed),
    "never_answered": Measure(_("given up without any answer"), _matured_and("gave_up_at")),
    "pipeline": Measure(_("matured, in the pipeline within k days of hand-over"), _pipeline),
    "accepted_pipeline": Measure(
        _("accepted and in the pipeline within k days of hand-over"), lambda terms: _accepted(terms) & _pipeline(terms)
    ),
    "won": Measure(_("matured and won"), _matured_and("won_at")),
    "lost": Measure(_("matured and lost"), _matured_and("lost_at")),
    "decided": Measure(
        _("matured and won or lost"), lambda terms: _matured(terms) & (_by("won_at", terms) | _by("lost_at", terms))
    ),
}


class Reason(Reference):
    """Reject reasons speak the reader's language."""

    def members(self, values: Iterable[Any]) -> dict[Any, Member]:
        return {None: nothing()} | {
            reason.pk: Member(reason.code, str(reason)) for reason in RejectReason.objects.all()
        }


PARTNER_TEAM = Case(When(first_team__kind=TeamKind.PARTNER, then=F("first_team_id")))

SHARED: dict[str, Dimension] = {
    "team": Reference(_("Team"), F("first_team_id"), Team, "public_id", ("name",)),
    "assignee": Reference(_("Assignee"), F("first_assignee_id"), User, "public_id", ("username",)),
    "partner": Reference(_("Partner"), PARTNER_TEAM, Team, "public_id", ("name",)),
    "source": Reference(_("Source"), F("source_id"), Source, "code"),
    "tier": Choice(_("Tier"), F("tier")),
    "list": Reference(_("List"), F("list_version__list_id"), TargetList, "public_id", ("name",)),
    "on_list": Flag(_("On a list"), F("on_list"), (_("on a list"), _("off list"))),
    "existing": Flag(_("Existing customer"), F("existing"), (_("existing customer"), _("new account"))),
}
"""Dimensions of leads that the rollup keeps too, under the same columns."""


def periods(column: str, *, moment: bool) -> dict[str, Dimension]:
    """Month, quarters and fiscal year of a column."""
    return {
        "month": period(_("Month"), column, "month", moment=moment),
        "quarter": period(_("Calendar quarter"), column, "quarter", moment=moment),
        "fiscal_quarter": period(_("Fiscal quarter"), column, "quarter", fiscal=True, moment=moment),
        "fiscal_year": period(_("Fiscal year"), column, "year", fiscal=True, moment=moment),
    }


TIMES = frozenset(periods("handed_over_at", moment=True))
DIMENSIONS: dict[str, Dimension] = {
    **periods("handed_over_at", moment=True),
    **SHARED,
    "offering": Reference(_("Offering"), F("offering_id"), Offering, "code"),
    "account": Reference(_("Account"), F("account_id"), Account, "public_id", ("name",)),
    "reason": Reason(_("Reject reason"), F("reject_reason_id"), RejectReason, "code"),
}

LEADS = Table("leads", delivered, MEASURES, DIMENSIONS)


def qualified(terms: Terms, viewer: Any) -> QuerySet[Any]:
    """Marketing's leads that qualified in the period, as the viewer may see them."""
    leads = Lead.objects.all() if viewer is None else Lead.objects.visible_to(viewer)
    found = leads.filter(terms.moments("mql_at"), origin=Origin.MARKETING, routing_due_at__isnull=False)
    return without_samples(found, terms)


def _routed(terms: Terms) -> Q:
    return _by("handed_over_at", terms)


def _routed_late(terms: Terms) -> Q:
    """Handed over late, or still lying there after its time; what was withdrawn meanwhile is nobody's breach."""
    lies = (Q(handed_over_at=None) | Q(handed_over_at__gt=terms.as_of)) & (
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=F("routing_due_at"))
    )
    return _by("routing_due_at", terms) & (lies | Q(handed_over_at__gt=F("routing_due_at")))


QUALIFIED_MEASURES = {
    "routed_late": Measure(_("qualified, and marketing's time to hand over passed"), _routed_late),
    "routing_due": Measure(
        _("qualified, and handed over or due to be"), lambda terms: _routed(terms) | _routed_late(terms)
    ),
}
QUALIFIED = Table(
    "qualified",
    qualified,
    QUALIFIED_MEASURES,
    {**periods("mql_at", moment=True), **{name: found for name, found in DIMENSIONS.items() if name not in TIMES}},
)
