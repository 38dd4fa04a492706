"""How we stand with a company: its surface (department × offering) and its score, each with what it rests on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from abm.web.words import CELLS, Mark
from accounts.models import Account, Department
from engagement.models import Touch
from funnel.models import Lead
from scoring import why
from scoring.models import Score, ScoringRule
from surface import classes, matrix
from surface.enums import CellState, EvidenceKind
from users.models import User

STRONGEST = 5
BUSINESS = frozenset({CellState.OWNED, CellState.DEAL, CellState.LEAD})


@dataclass(frozen=True)
class Field:
    """One cell as drawn: its mark, its age in days, and the lead it leads to, if any."""

    mark: Mark
    state: CellState
    age: int | None
    href: str


def surface(account: Account, *, by: User, now: datetime) -> dict[str, Any]:
    """The matrix of today with the company's class; a lead is linked for those who see it."""
    found = matrix.of_account(account, on=timezone.localdate(now))
    seen = set(Lead.objects.visible_to(by).filter(account=account).values_list("public_id", flat=True))
    rows = [(row.department, [_field(cell, seen) for cell in row.cells]) for row in found.rows]
    return {
        "offerings": found.offerings,
        "rows": [(department, cells) for department, cells in rows if department or _is_known(cells)],
        "class": classes.of_account(account, on=found.on),
        "legend": CELLS.values(),
    }


def _is_known(cells: list[Field]) -> bool:
    return any(cell.state != CellState.UNKNOWN for cell in cells)


def _field(cell: matrix.Cell, seen: Collection[UUID]) -> Field:
    """`seen`: the leads that may be linked."""
    lead = cell.evidence.public_id if cell.evidence and cell.evidence.kind == EvidenceKind.LEAD else None
    href = reverse("lead", args=[lead]) if lead in seen else ""
    return Field(CELLS[cell.state], cell.state, cell.age, href)


def open_cells(lead: Lead, *, now: datetime) -> list[str]:
    """The offerings for which the lead's department has neither a contract nor an open deal or lead."""
    found = matrix.of_account(lead.account, on=timezone.localdate(now))
    return [str(offering) for offering in found.offerings if offering and _is_open(found, lead.department, offering)]


def _is_open(found: matrix.Matrix, department: Department | None, offering: Any) -> bool:
    return found.cell(department, offering).state not in BUSINESS


def score(account: Account, *, now: datetime) -> dict[str, Any] | None:
    """The warmest demand against the threshold, with its strongest touches; the company's sum stands beside it.

    None while no rule is in force.
    """
    rule = ScoringRule.objects.order_by("-version").first()
    if rule is None:
        return None
    demands = list(Score.objects.filter(account=account).select_related("department", "offering").at(now, rule))
    hottest = max(demands, key=lambda score: score.engagement, default=None)
    found = _why(account, hottest, rule, now)
    strongest = found.parts[:STRONGEST]
    touches = Touch.objects.select_related("department").in_bulk([part.touch.id for part in strongest])
    return {
        "why": found,
        "demand": hottest,
        "total": sum(score.engagement for score in demands),
        "raise": why.what_would_raise(found),
        "parts": [{"touch": touches[part.touch.id], "value": part.value} for part in strongest],
        "rest": len(found.parts) - len(strongest),
    }


def _why(account: Account, demand: Score | None, rule: ScoringRule, now: datetime) -> why.Why:
    if demand is None:
        return why.explain(account.pk, at=now, rule=rule)
    return why.explain(
        account.pk, at=now, department_id=demand.department_id, offering_id=demand.offering_id, rule=rule
    )
