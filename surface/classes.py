"""点・線・面: how widely we are connected with an account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import Account
from surface.enums import AccountClass, CellState
from surface.evidence import Evidence, collect

SURFACE_DEPARTMENTS = 3
SURFACE_OFFERINGS = 2
SURFACE_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Width:
    """What stands in touch with each other: departments, offerings, persons of theirs, people of ours."""

    departments: int
    offerings: int
    persons: int
    people: int


def width(evidence: Iterable[Evidence]) -> Width:
    """Counted over contacts and business, not over mere cards; a contact of no known department stands for one."""
    live = [found for found in evidence if found.state != CellState.KNOWN]
    departments = {found.department for found in live if found.department}
    return Width(
        departments=len(departments) or int(bool(live)),
        offerings=len({found.offering for found in live if found.offering}),
        persons=len({found.person for found in live if found.person}),
        people=len(frozenset().union(*(found.people for found in live))),
    )


def classify(of: Width) -> AccountClass:
    """点: one department, one offering, one person, one of us. 線: one department, more of the others.
    面: three departments, two offerings, two of us, or more. 移行中: on the way there."""
    if not of.departments:
        return AccountClass.NONE
    if of.departments == 1:
        return AccountClass.POINT if max(of.offerings, of.persons, of.people) <= 1 else AccountClass.LINE
    wide = of.departments >= SURFACE_DEPARTMENTS
    if wide and of.offerings >= SURFACE_OFFERINGS and of.people >= SURFACE_PEOPLE:
        return AccountClass.SURFACE
    return AccountClass.BETWEEN


def of_account(account: Account, *, on: date) -> AccountClass:
    """The class of one account at the end of a day; five statements."""
    return classify(width(collect(account.pk, on=on)))
