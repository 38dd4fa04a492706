"""Time to answer, in business hours: by when half, and three quarters, of the deliveries were answered.

Kaplan–Meier: what still waits counts for as long as it has waited, so that ignoring leads never makes a team look fast.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Least, Round
from django.utils.translation import gettext_lazy as _

from funnel.clocks import Ledger
from funnel.cohorts import DIMENSIONS, MEASURES, delivered
from funnel.counting import Table
from funnel.measures import Measure, Metric, Row, Section, Terms, Unit
from funnel.models import LeadMove
from funnel.policies import Promises
from funnel.replay import replay
from funnel.statistics import kaplan_meier
from funnel.story import COLUMNS, record_of
from users.models import Team

MINUTES = 60
Pauses = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Wait:
    """One row that is not answered yet: its lead, whether sales asked, whose calendar, from when to when."""

    lead: int
    asked: bool
    team: int | None
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Group:
    """One slice: hours → how many were answered after so many, and how long each of the others has waited."""

    answered: dict[float, int] = field(default_factory=dict)
    waiting: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Waits(Table):
    """A table whose rows wait for an answer: those of its measure `answered` have one, those of `waiting` do not.

    `lead`, `asked`, `team`, `started`: where a row keeps them; `ends`: what else may have ended its wait.
    """

    lead: str
    asked: str
    team: str
    started: str
    ends: tuple[Combinable, ...]

    def _tally(self, metrics: Sequence[Metric], by: tuple[str, ...], terms: Terms, viewer: Any) -> list[Row]:
        counted = super()._tally(metrics, by, terms, viewer)
        groups = self._groups(by, terms, viewer) if any(metric.share for metric in metrics) else {}
        return [_timed(row, groups) if row.metric.share else row for row in counted]

    def _groups(self, by: tuple[str, ...], terms: Terms, viewer: Any) -> dict[tuple[str, ...], Group]:
        """By the codes of their slices."""
        slices = {f"by_{name}": self.dimension(name).expression for name in by}
        chosen = self.chosen(terms, viewer).order_by().annotate(**slices)
        found: dict[tuple[Any, ...], Group] = defaultdict(Group)
        for *place, minutes, n in self._answered(chosen, slices, terms):
            found[tuple(place)].answered[minutes / MINUTES] = n
        for place, hours in self._waiting(chosen, slices, terms):
            found[place].waiting.append(hours)
        members = [self.dimension(name).members({place[i] for place in found}) for i, name in enumerate(by)]
        return {
            tuple(known[value].code for known, value in zip(members, place, strict=True)): group
            for place, group in found.items()
        }

    def _answered(self, chosen: QuerySet[Any], slices: Iterable[str], terms: Terms) -> QuerySet[Any]:
        answered = chosen.filter(self.measures["answered"].where(terms))
        return (
            answered.annotate(minutes=Round(F("answer_hours") * MINUTES))
            .values_list(*slices, "minutes")
            .annotate(n=Count("pk"))
        )

    def _waiting(
        self, chosen: QuerySet[Any], slices: Iterable[str], terms: Terms
    ) -> Iterator[tuple[tuple[Any, ...], float]]:
        ended = Least(Value(terms.as_of), *self.ends)
        columns = (self.lead, self.asked, self.team, self.started, "ended")
        rows = chosen.filter(self.measures["waiting"].where(terms)).annotate(ended=ended)
        places, waits = [], []
        for *place, lead, asked, team, start, end in rows.values_list(*slices, *columns):
            places.append(tuple(place))
            waits.append(Wait(lead, asked is not None, team, start, max(start, end)))
        yield from zip(places, _hours(waits), strict=True)


def _timed(row: Row, groups: Mapping[tuple[str, ...], Group]) -> Row:
    group = groups.get(tuple(row.slice.values()), Group())
    return replace(row, value=kaplan_meier(group.answered, group.waiting, row.metric.share or 0))


def _hours(waits: Sequence[Wait]) -> Iterator[float]:
    """The business hours of each, pauses not counted."""
    if not waits:
        return
    first, last = min(wait.start for wait in waits), max(wait.end for wait in waits)
    promises, pauses = Promises.load(), _pauses({wait.lead for wait in waits if wait.asked})
    teams = Team.objects.select_related("calendar").in_bulk({wait.team for wait in waits if wait.team})
    ledgers = {
        pk: Ledger(promises.calendar(teams.get(pk) if pk else None), first, last) for pk in {w.team for w in waits}
    }
    for wait in waits:
        between = ledgers[wait.team].between
        cuts = ((max(start, wait.start), min(end, wait.end)) for start, end in pauses.get(wait.lead, ()))
        yield between(wait.start, wait.end) - sum(between(start, end) for start, end in cuts if start < end)


def _pauses(leads: set[int]) -> dict[int, Pauses]:
    """When sales waited for marketing's answers, lead by lead."""
    histories: dict[int, list[Any]] = defaultdict(list)
    for row in LeadMove.objects.filter(lead__in=leads).order_by("lead_id", "seq").values(*COLUMNS):
        histories[row["lead_id"]].append(record_of(row))
    return {lead: replay(records).pauses for lead, records in histories.items()}


def _answered(terms: Terms) -> Q:
    told = Q(accepted_at__lte=terms.as_of) | Q(rejected_at__lte=terms.as_of)
    return MEASURES["handed_over"].where(terms) & Q(answer_hours__isnull=False) & told


def _unanswered(terms: Terms) -> Q:
    not_accepted = Q(accepted_at=None) | Q(accepted_at__gt=terms.as_of)
    not_rejected = Q(rejected_at=None) | Q(rejected_at__gt=terms.as_of)
    return MEASURES["handed_over"].where(terms) & not_accepted & not_rejected


LEAD_WAITS = Waits(
    key="lead_waits",
    base=delivered,
    measures={
        "answered": Measure(_("handed over and answered, in time or late"), _answered),
        "waiting": Measure(_("handed over and not answered"), _unanswered),
        "waited": Measure(
            _("handed over, answered or still waiting"), lambda terms: _answered(terms) | _unanswered(terms)
        ),
    },
    dimensions=DIMENSIONS,
    lead="pk",
    asked="asked_at",
    team="first_team_id",
    started="handed_over_at",
    ends=(F("withdrawn_at"), F("gave_up_at"), F("question_at")),
)


def answer_hours(key: str, label: Any, definition: Any, subject: Waits, share: float, section: Section) -> Metric:
    """By when so many were answered."""
    return Metric(
        key=key,
        label=label,
        definition=definition,
        section=section,
        subject=subject,
        unit=Unit.HOURS,
        numerator="answered",
        denominator="waited",
        share=share,
    )


ANSWER_METRICS = (
    answer_hours(
        "answer_hours_median",
        _("Time to answer (median)"),
        _("Business hours from the first hand-over until half of the leads were answered; questions not counted."),
        LEAD_WAITS,
        0.5,
        Section.HAND_OVER,
    ),
    answer_hours(
        "answer_hours_p75",
        _("Time to answer (75 %)"),
        _("Business hours until three quarters of the leads were answered; the others count as still waiting."),
        LEAD_WAITS,
        0.75,
        Section.HAND_OVER,
    ),
)
