"""A + J + I = |M|: every matured lead was accepted in time, rejected in time or ignored, in every slice shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from funnel import metrics
from funnel.measures import Row

PARTS = ("leads_accepted_in_time", "leads_rejected", "leads_ignored")
WHOLE = "leads_matured"


@dataclass(frozen=True)
class Partition:
    """One slice: the rows of A, J and I, and of M."""

    parts: Sequence[Row]
    whole: Row

    @property
    def holds(self) -> bool:
        """Whether the three make up the whole."""
        return sum(part.numerator for part in self.parts) == self.whole.numerator


def read(by: Sequence[str] = (), **terms: Any) -> list[Partition]:
    """Each slice's partition; `terms` as in `metrics.evaluate`. Raises UnknownSlice."""
    found: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in metrics.evaluate([*PARTS, WHOLE], by=by, **terms):
        found.setdefault(tuple(row.slice.values()), {})[row.metric.key] = row
    return [_partition(rows) for rows in found.values()]


def _partition(rows: Mapping[str, Row]) -> Partition:
    return Partition([rows[key] for key in PARTS], rows[WHOLE])
