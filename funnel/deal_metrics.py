"""Deals as a subject, and the metrics over them. Amounts are never added up across currencies."""

from typing import Any

from django.db.models import Aggregate, Avg, DurationField, ExpressionWrapper, F, Func, IntegerField, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Offering, Source
from funnel.cohorts import periods, without_samples
from funnel.counting import Table
from funnel.enums import DealStatus
from funnel.measures import CURRENCY, Measure, Metric, Section, Terms, Unit
from funnel.models import Deal
from funnel.slices import Choice, Dimension, Reference
from users.models import Team, User

CLOSED = [DealStatus.WON, DealStatus.LOST]


def deals(terms: Terms, viewer: Any) -> QuerySet[Any]:
    """The deals a viewer may see; each measure says which day must lie in the period."""
    found = Deal.objects.all() if viewer is None else Deal.objects.visible_to(viewer)
    return without_samples(found, terms)


def _dated(name: str, terms: Terms) -> Q:
    """The day lies in the period; without a period, deals whose day is not known stand in it too."""
    found = terms.days(name)
    return found if terms.start or terms.to else found | Q(**{name: None})


def _closed(terms: Terms, *statuses: DealStatus) -> Q:
    return Q(status__in=statuses) & _dated("closed_on", terms)


def _open(terms: Terms) -> Q:
    """Open today, or closed only after `as_of`."""
    return (Q(status=DealStatus.OPEN) | Q(closed_on__gt=terms.today)) & _dated("opened_on", terms)


def _with_cycle(terms: Terms) -> Q:
    return _closed(terms, DealStatus.WON) & Q(opened_on__isnull=False, closed_on__isnull=False)


MEASURES = {
    "deals": Measure(_("deals opened in the period"), lambda terms: _dated("opened_on", terms)),
    "won": Measure(_("deals won in the period"), lambda terms: _closed(terms, DealStatus.WON)),
    "lost": Measure(_("deals lost in the period"), lambda terms: _closed(terms, DealStatus.LOST)),
    "closed": Measure(_("deals won or lost in the period"), lambda terms: _closed(terms, *CLOSED)),
    "open": Measure(_("open deals opened in the period"), _open),
    "cycle": Measure(_("deals won in the period whose opening day is known"), _with_cycle),
}


class GroupOf(Func):
    """The topmost account of the group an account belongs to; an account without a parent is its own."""

    template = (
        "(WITH RECURSIVE up(id, parent_id) AS ("
        "SELECT id, parent_id FROM accounts_account WHERE id = %(expressions)s "
        "UNION SELECT a.id, a.parent_id FROM accounts_account a JOIN up ON a.id = up.parent_id"
        ") SELECT id FROM up WHERE parent_id IS NULL LIMIT 1)"
    )
    output_field = IntegerField()


class Median(Aggregate):
    """The continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


CYCLE = ExpressionWrapper(F("closed_on") - F("opened_on"), output_field=DurationField())

DIMENSIONS: dict[str, Dimension] = {
    **periods("closed_on", moment=False),
    "owner": Reference(_("Owner"), F("owner_id"), User, "public_id", ("username", "name")),
    "manager": Reference(_("Manager"), F("owner__manager_id"), User, "public_id", ("username", "name")),
    "team": Reference(_("Team"), F("owner__team_id"), Team, "public_id", ("name",)),
    "offering": Reference(_("Offering"), F("offering_id"), Offering, "code", ("name",)),
    "account": Reference(_("Account"), F("account_id"), Account, "public_id", ("name",)),
    "group": Reference(_("Group"), GroupOf(F("account_id")), Account, "public_id", ("name",)),
    "source": Reference(_("Source"), F("source_id"), Source, "code"),
    "stage": Choice(_("Stage in the SFA"), F("stage_name")),
    CURRENCY: Choice(_("Currency"), F("currency")),
}

DEALS = Table("deals", deals, MEASURES, DIMENSIONS)


def _count(key: str, label: Any, definition: Any, measure: str) -> Metric:
    return Metric(
        key=key, label=label, definition=definition, section=Section.DEALS, subject=DEALS, unit=Unit.COUNT,
        numerator=measure,
    )  # fmt: skip


DEAL_METRICS = (
    _count("deals", _("Deals"), _("Deals by the day they were opened."), "deals"),
    _count("deals_open", _("Open deals"), _("Deals neither won nor lost, by the day they were opened."), "open"),
    _count("deals_won", _("Deals won"), _("Deals won, by the day they were closed."), "won"),
    _count("deals_lost", _("Deals lost"), _("Deals lost, by the day they were closed."), "lost"),
    Metric(
        key="win_rate",
        label=_("Win rate"),
        definition=_("Deals won ÷ deals closed (won or lost), by the day they were closed."),
        section=Section.DEALS,
        subject=DEALS,
        unit=Unit.RATE,
        numerator="won",
        denominator="closed",
    ),
    Metric(
        key="won_value",
        label=_("Won value"),
        definition=_("Sum of the amounts of the deals won, per currency, by the day they were closed."),
        section=Section.DEALS,
        subject=DEALS,
        unit=Unit.MONEY,
        numerator="won",
        statistic=lambda where: Sum("amount", filter=where),
    ),
    Metric(
        key="mean_won",
        label=_("Mean value of a won deal"),
        definition=_("Mean amount of the deals won, per currency; deals without an amount are left out."),
        section=Section.DEALS,
        subject=DEALS,
        unit=Unit.MONEY,
        numerator="won",
        statistic=lambda where: Avg("amount", filter=where),
    ),
    Metric(
        key="cycle_days",
        label=_("Sales cycle, mean"),
        definition=_("Mean number of calendar days from opening to winning, over the deals won."),
        section=Section.DEALS,
        subject=DEALS,
        unit=Unit.DAYS,
        numerator="cycle",
        statistic=lambda where: Avg(CYCLE, filter=where),
    ),
    Metric(
        key="cycle_days_median",
        label=_("Sales cycle, median"),
        definition=_("Median number of calendar days from opening to winning, over the deals won."),
        section=Section.DEALS,
        subject=DEALS,
        unit=Unit.DAYS,
        numerator="cycle",
        statistic=lambda where: Median(CYCLE, filter=where, output_field=DurationField()),
    ),
)
