"""Who answers how? Reps, teams and partners by their deliveries, and marketing by its own clocks.

Rates are drawn to the team's, nobody is ranked on few cases, and a rep or a partner sees no colleague.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from funnel import metrics
from funnel.measures import Row
from funnel.metrics import PREVIOUS_YEAR
from funnel.shrinking import Standing, Tally, standings
from funnel.slices import NOTHING
from users.roles import Role

HEADLINE = "handoff_sal_rate"
"""What places are given by."""
RATES = (HEADLINE, "handoff_in_time_rate", "handoff_reject_rate", "handoff_ignore_rate", "handoff_ghost_rate")
TIMES = ("handoff_answer_hours_median", "handoff_answer_hours_p75")
NOW = ("handoffs_open", "handoffs_overdue")
MARKETING = ("routing_breach_rate", "question_breach_rate", "disposition_breach_rate")
GROUPS: dict[str, tuple[str, ...]] = {"assignee": ("assignee", "team"), "team": ("team",), "partner": ("partner",)}
"""Whom the deliveries are told apart by; a rep is compared within the team each delivery went to."""
OWN_ONLY = frozenset({Role.REP, Role.PARTNER})

Rows = Mapping[str, Row]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One rep (in one team), team or partner: each metric's row, the shrunken headline rate and the place."""

    label: str
    team: str
    rows: Rows
    standing: Standing

    @property
    def n(self) -> int:
        """How many deliveries have matured."""
        return self.rows[HEADLINE].denominator or 0


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """Best first those with enough deliveries; the others by name; the mean they are drawn to; marketing's breaches."""

    ranked: Sequence[Line] = ()
    few: Sequence[Line] = ()
    mean: Rows = field(default_factory=dict)
    marketing: Rows = field(default_factory=dict)


def read(by: str, *, viewer: Any, filters: Mapping[str, str] | None = None, **period: Any) -> Behaviour:
    """The behaviour of a period as the viewer may know it: a rep the own and the team's mean, a partner only the own.

    `period`: `date_from`, `date_to`, `as_of`, `k` as in `metrics.evaluate`. What is open or overdue is so now.

    Raises:
        UnknownSlice: for a filter's unknown dimension or code.
    """
    alone = viewer is not None and viewer.role in OWN_ONLY
    chosen = dict(filters or {}) | ({"assignee": str(viewer.public_id)} if alone else {})
    wish = {**period, "viewer": viewer, "filters": chosen}
    lines = _lines(GROUPS["assignee" if alone else by], wish)
    mean = _mean(viewer, {**period, "filters": dict(filters or {})}) if alone else {}
    placed = _placed(lines, mean.get(HEADLINE))
    ranked = [line for line in placed if line.standing.place]
    return Behaviour(
        ranked=sorted(ranked, key=lambda line: (line.standing.place or 0, line.label)),
        few=sorted((line for line in placed if not line.standing.place), key=lambda line: line.label),
        mean=mean,
        marketing={} if alone else _marketing(period, viewer, filters),
    )


def _lines(dimensions: tuple[str, ...], wish: dict[str, Any]) -> list[tuple[tuple[str, ...], dict[str, Row]]]:
    """Each slice's rows by metric; who only has deliveries open now is there, too."""
    found: dict[tuple[str, ...], dict[str, Row]] = {}
    compared = metrics.evaluate([*RATES, *TIMES], by=dimensions, compare=PREVIOUS_YEAR, **wish)
    now = metrics.evaluate(NOW, by=dimensions, as_of=wish.get("as_of"), viewer=wish["viewer"], filters=wish["filters"])
    for row in [*compared, *now]:
        place = tuple(row.slice.values())
        if place[0] != NOTHING:
            found.setdefault(place, {})[row.metric.key] = row
    return [(place, rows) for place, rows in found.items() if HEADLINE in rows]


def _placed(lines: list[tuple[tuple[str, ...], dict[str, Row]]], mean: Row | None) -> list[Line]:
    tallies = {
        place: Tally(rows[HEADLINE].numerator, rows[HEADLINE].denominator or 0, _prior(place, lines, mean))
        for place, rows in lines
    }
    found = standings(tallies)
    return [
        Line(
            label=next(iter(rows[HEADLINE].labels.values())),
            team=rows[HEADLINE].labels.get("team", "") if len(place) > 1 else "",
            rows=rows,
            standing=found[place],
        )
        for place, rows in lines
    ]


def _prior(
    place: tuple[str, ...], lines: Iterable[tuple[tuple[str, ...], dict[str, Row]]], mean: Row | None
) -> float | None:
    """The rate of those one is compared with: the told mean, else one's team, else all."""
    if mean is not None:
        return mean.value
    among = [rows[HEADLINE] for other, rows in lines if other[1:] == place[1:]]
    n = sum(row.denominator or 0 for row in among)
    return sum(row.numerator for row in among) / n if n else None


def _mean(viewer: Any, wish: dict[str, Any]) -> Rows:
    """The team's own figures, as numbers only: nobody stands in them by name."""
    if viewer.role != Role.REP or viewer.team is None:
        return {}
    filters = wish["filters"] | {"team": str(viewer.team.public_id)}
    return {row.metric.key: row for row in metrics.evaluate([*RATES, *TIMES], **{**wish, "filters": filters})}


def _marketing(period: Mapping[str, Any], viewer: Any, filters: Mapping[str, str] | None) -> Rows:
    """Both sides are held to their clocks; marketing has no team to be cut by."""
    kept = {name: code for name, code in (filters or {}).items() if name in ("source", "tier")}
    return {row.metric.key: row for row in metrics.evaluate(MARKETING, viewer=viewer, filters=kept, **period)}
