"""What two or more say of themselves, side by side: what is equal and what differs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts import finding
from accounts.addresses import address_key, phone_key
from accounts.enums import DoubtKind
from accounts.identity import Doubt, DoubtCandidate
from accounts.models import Account, Person
from accounts.querysets import DoubtQuerySet


@dataclass(frozen=True)
class Cell:
    """What one says; `same` as the first one, different, or (None) nothing to compare."""

    said: tuple[str, ...]
    same: bool | None = None


@dataclass(frozen=True)
class Line:
    """One thing, as each says it; `what` is its code."""

    what: str
    cells: tuple[Cell, ...]


Said = dict[str, tuple[str, ...]]
KEYS: dict[str, Callable[[str], str]] = {
    "name": finding.key_of, "further_names": finding.key_of, "address": address_key, "phone": phone_key,
    "mobile": phone_key,
}  # fmt: skip
COMPANY = ("name", "corporate_number", "domain", "address", "phone", "prefecture", "industry", "further_names",
           "external_id", "owner", "partner")  # fmt: skip
PERSON = ("name", "name_kana", "email", "phone", "mobile", "place", "external_id")


def side_by_side(doubt: Doubt) -> list[Line]:
    """What was told (if it was) and each candidate, in their order; lines nobody fills are left out."""
    of = _of_person if doubt.kind == DoubtKind.PERSONS else _of_company
    told = [_of_facts(doubt.facts)] if doubt.kind == DoubtKind.TOLD else []
    return compare([*told, *(of(one.account or one.person) for one in doubt.candidates.all())])


def pair(one: Account | Person, other: Account | Person) -> list[Line]:
    """Two that may be one."""
    of = _of_person if isinstance(one, Person) else _of_company
    return compare([of(one), of(other)])


def told_and_known(facts: Mapping[str, Any], account: Account) -> list[Line]:
    """A company as it was told of (`doubts.as_json`), beside one we know."""
    return compare([_of_facts(facts), _of_company(account)])


def compare(sides: Sequence[Said]) -> list[Line]:
    """Lines in a fixed order."""
    order = dict.fromkeys((*COMPANY, *PERSON))
    lines = (Line(what, tuple(_cells(what, [side.get(what, ()) for side in sides]))) for what in order)
    return [line for line in lines if any(cell.said for cell in line.cells)]


def with_evidence(found: DoubtQuerySet) -> DoubtQuerySet:
    """All that the comparison shows, in a fixed number of queries."""
    company, person = "candidates__account", "candidates__person"
    return found.select_related("source", "raised_by", "decided_by", "account").prefetch_related(
        f"{company}__owner", f"{company}__partner", f"{company}__domains", f"{company}__names",
        f"{company}__external_ids__source", f"{person}__affiliations__account", f"{person}__external_ids__source",
        f"{person}__further_emails",
    )  # fmt: skip


def _cells(what: str, said: Sequence[tuple[str, ...]]) -> Iterable[Cell]:
    key = KEYS.get(what, str.casefold)
    first = {key(text) for text in said[0]}
    yield Cell(said[0])
    for texts in said[1:]:
        yield Cell(texts, bool(first & {key(text) for text in texts}) if first and texts else None)


def _texts(*values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values if value not in (None, ""))


def _of_facts(told: Mapping[str, Any]) -> Said:
    facts = {**told.get("details", {}), **told}
    return {what: _texts(facts.get(what)) for what in COMPANY}


def _of_company(row: Any) -> Said:
    own = {what: _texts(getattr(row, what)) for what in
           ("name", "corporate_number", "address", "phone", "prefecture", "industry", "owner", "partner")}  # fmt: skip
    return own | {
        "domain": _texts(*(one.domain for one in row.domains.all())),
        "further_names": _texts(*(one.name for one in row.names.all())),
        "external_id": _external_ids(row),
    }


def _of_person(row: Any) -> Said:
    own = {what: _texts(getattr(row, what)) for what in ("name", "name_kana", "phone", "mobile")}
    return own | {
        "email": _texts(row.email, *(one.email for one in row.further_emails.all())),
        "place": _texts(*(one.account for one in row.affiliations.all() if one.ended_on is None)),
        "external_id": _external_ids(row),
    }


def _external_ids(row: Any) -> tuple[str, ...]:
    named = ((one.source.code, one.external_id) for one in row.external_ids.all())
    return tuple(f"{source} {external_id}" for source, external_id in named if not external_id.startswith("row:"))


def candidate(doubt: Doubt, position: int) -> DoubtCandidate | None:
    """The candidate at this place."""
    return next((one for one in doubt.candidates.all() if one.position == position), None)
