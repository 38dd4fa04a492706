"""Stored counts per slice of a month's cohort: dashboards of a million leads read these few rows.

Filled by one INSERT … SELECT with the very conditions live evaluation counts by. A month is counted anew when a lead of
it moved or was flagged, while it has open leads (they mature as time passes), and at least once a day.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Aggregate, Count, DateField, F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth

from funnel.cohorts import LEADS, MEASURES, SHARED, cohort, periods, without_samples
from funnel.counting import Table
from funnel.measures import DEFAULT_K, Measure, Metric, Row, Terms, midnight
from funnel.models import CohortRollup, Lead, LeadMove
from funnel.slices import months_after

DIMENSIONS = ("first_team_id", "first_assignee_id", "source_id", "list_version_id", "tier", "on_list", "existing")
LATE_COMMITS = timedelta(minutes=10)
"""A move recorded this long before the last roll-up may have been committed only after it."""
AT_LEAST_EVERY = timedelta(days=1)
LOCK = 0x726F6C6C


def roll_up(*, now: datetime, everything: bool = False) -> dict[str, int]:
    """Counts the months anew whose figures may have changed (or all of them); returns how many months and slices.

    Doing it twice changes nothing. Two at once wait for each other.
    """
    with transaction.atomic():
        _lock()
        months = None if everything else changed_months(now)
        leads, stored = Lead.objects.all(), CohortRollup.objects.all()
        if months is not None:
            leads, stored = leads.filter(_in_months(months)), stored.filter(month__in=months)
        stored.delete()
        slices = _insert(leads, now) if months is None or months else 0
        if months is None:
            months = list(CohortRollup.objects.values_list("month", flat=True).distinct())
        return {"months": len(months), "slices": slices}


def changed_months(now: datetime) -> list[date] | None:
    """The months to be counted anew; None for all of them, when nothing has been stored yet."""
    last = CohortRollup.objects.aggregate(last=Max("as_of"))["last"]
    if last is None:
        return None
    stored = CohortRollup.objects.filter(Q(open__gt=0) | Q(as_of__lt=now - AT_LEAST_EVERY))
    recent = last - LATE_COMMITS
    moved = Lead.objects.filter(Q(pk__in=_moved_since(recent)) | Q(ghost_at__gt=recent), handed_over_at__isnull=False)
    in_leads = moved.order_by().values_list(_month(), flat=True).distinct()
    return sorted({*stored.values_list("month", flat=True).distinct(), *in_leads})


def can_answer(by: Sequence[str], terms: Terms, viewer: Any) -> bool:
    """Whether the stored counts hold the answer: stored dimensions, whole months, k as stored, all leads visible."""
    known = all(name in STORED.dimensions for name in (*by, *terms.filters))
    whole = _begins_month(terms.start) and (terms.to is None or _begins_month(terms.to + timedelta(days=1)))
    return known and whole and terms.k == DEFAULT_K and _sees_all(viewer)


def tally(metrics: Sequence[Metric], by: Sequence[str], terms: Terms) -> list[Row]:
    """The metrics' rows out of the stored counts, as of the last roll-up."""
    last = CohortRollup.objects.aggregate(last=Max("as_of"))["last"]
    return STORED.tally(metrics, by, replace(terms, as_of=last or terms.as_of), None)


def _stored(terms: Terms, viewer: Any) -> QuerySet[Any]:
    """The stored rows of the period's months."""
    rows = CohortRollup.objects.filter(month__gte=terms.start) if terms.start else CohortRollup.objects.all()
    return without_samples(rows.filter(month__lte=terms.to) if terms.to else rows, terms)


def _sum(measure: Measure, key: str, terms: Terms) -> Aggregate:
    return Sum(key)


STORED = Table(LEADS.key, _stored, MEASURES, {**periods("month", moment=False), **SHARED}, _sum)


def _insert(leads: QuerySet[Lead], now: datetime) -> int:
    """One statement: the grouped query of all measures, into the table."""
    terms = Terms(as_of=now)
    counts = {key: Count("pk", filter=measure.where(terms)) for key, measure in MEASURES.items()}
    groups = {"month_": _month(), **{f"{name}_": F(name) for name in DIMENSIONS}}
    grouped = cohort(leads, terms).order_by().values(**groups).annotate(**counts, as_of_=Value(now))
    query, parameters = grouped.values_list(*groups, "as_of_", *counts).query.sql_with_params()
    columns = ", ".join(connection.ops.quote_name(name) for name in ("month", *DIMENSIONS, "as_of", *counts))
    table = connection.ops.quote_name(CohortRollup._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {query}", parameters)
        return int(cursor.rowcount)


def _month() -> TruncMonth:
    return TruncMonth("handed_over_at", output_field=DateField())


def _in_months(months: Sequence[date]) -> Q:
    """Handed over in one of the months, as ranges the cohort's index can serve."""
    found = Q(pk__in=[])
    for month in months:
        found |= Q(handed_over_at__gte=midnight(month), handed_over_at__lt=midnight(months_after(month, 1)))
    return found


def _moved_since(moment: datetime) -> QuerySet[Any]:
    return LeadMove.objects.filter(recorded_at__gt=moment).order_by().values("lead")


def _begins_month(day: date | None) -> bool:
    return day is None or day.day == 1


def _sees_all(viewer: Any) -> bool:
    """Whether the row rules leave all leads to this viewer."""
    return viewer is None or not Lead.objects.visible_to(viewer).query.where


def _lock() -> None:
    """Held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
