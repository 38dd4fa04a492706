"""Department × offering of one account: each cell's state, and what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Account, Department, Offering
from surface.enums import CellState
from surface.evidence import Evidence, collect

ORDER = {state: number for number, state in enumerate(CellState)}


@dataclass(frozen=True, slots=True)
class Cell:
    """A state, the evidence it rests on (none for UNKNOWN) and its age in days, where known."""

    state: CellState
    evidence: Evidence | None = None
    age: int | None = None


NOTHING = Cell(CellState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Row:
    """One department's cells, in the order of the matrix's offerings. No department: the account as a whole."""

    department: Department | None
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """An account on a day. The first row holds what is known without a department ("whole account").

    `offerings`: those sold, those with evidence, and None last where a lead or deal names no offering.
    """

    account: Account
    on: date
    offerings: list[Offering | None]
    rows: list[Row]

    def cell(self, department: Department | None, offering: Offering | None) -> Cell:
        """One cell; UNKNOWN where the matrix has no such row or column."""
        if offering not in self.offerings:
            return NOTHING
        column = self.offerings.index(offering)
        return next((row.cells[column] for row in self.rows if row.department == department), NOTHING)


def of_account(account: Account, *, on: date) -> Matrix:
    """The matrix at the end of a day, from evidence only; seven statements however large the account is."""
    evidence = collect(account.pk, on=on)
    offerings: list[Offering | None] = [*_offerings(evidence)]
    if any(found.offering is None and not found.about_all for found in evidence):
        offerings.append(None)
    best = _best(evidence)
    departments: list[Department | None] = [None, *_departments(account, evidence, on)]
    rows = [Row(place, [_cell(best, place, offering, on) for offering in offerings]) for place in departments]
    return Matrix(account, on, offerings, rows)


def _offerings(evidence: Iterable[Evidence]) -> Iterable[Offering]:
    named = {found.offering for found in evidence if found.offering}
    return Offering.objects.filter(Q(is_active=True) | Q(pk__in=named))


def _departments(account: Account, evidence: Iterable[Evidence], on: date) -> Iterable[Department]:
    """Those that existed on the day, and those something is known of."""
    named = {found.department for found in evidence if found.department}
    existed = (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))
    return Department.objects.filter(existed | Q(pk__in=named), account=account)


Key = tuple[int | None, int | None, bool]


def _best(evidence: Iterable[Evidence]) -> dict[Key, Evidence]:
    best: dict[Key, Evidence] = {}
    for found in sorted(evidence, key=_strength):
        best.setdefault((found.department, found.offering, found.about_all), found)
    return best


def _strength(evidence: Evidence) -> tuple[int, int, int]:
    """The better state first, then the latest."""
    return ORDER[evidence.state], -(evidence.since or date.min).toordinal(), -evidence.id


def _cell(best: dict[Key, Evidence], department: Department | None, offering: Offering | None, on: date) -> Cell:
    place = department.pk if department else None
    named = best.get((place, offering.pk if offering else None, False))
    found = [one for one in (named, best.get((place, None, True))) if one]
    if not found:
        return NOTHING
    strongest = min(found, key=_strength)
    return Cell(strongest.state, strongest, strongest.age(on))
