"""Are these two the same person? A pure verdict with its evidence.

The same mail address decides. Everything else is for a person to confirm: the name at the same company is a candidate,
a phone is a hint, and enough of weaker evidence together is one as well. Weights are whole points, set on FEBRL 1's
duplicates by what each costs in wrong pairs (docs/benchmarks.md); ENOUGH of them make a question, never a link.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA, JaroWinkler

from accounts.matching import Outcome

ENOUGH = 6
_ALIKE = 0.85
_ONE_SLIP = 1


class PersonRule(StrEnum):
    """Which evidence decided, or made it a question."""

    MAIL = "MAIL"
    NAME_AND_ACCOUNT = "NAME_AND_ACCOUNT"
    TOGETHER = "TOGETHER"


@dataclass(frozen=True)
class PersonSaid:
    """A person as a file or a form tells of them, one spelling each; "" and None mean "not said"."""

    last: str = ""
    first: str = ""
    email: str = ""
    account: Hashable = None
    phone: str = ""
    address: str = ""
    postcode: str = ""
    born: str = ""


@dataclass(frozen=True)
class PersonVerdict:
    """MATCHED or AMBIGUOUS by `rule`, or NEW; `evidence` names what agrees with its points, `score` is their sum."""

    outcome: Outcome
    rule: PersonRule | None = None
    evidence: tuple[tuple[str, int], ...] = ()

    @property
    def score(self) -> int:
        """Points of everything that agrees."""
        return sum(points for _what, points in self.evidence)


def compare(one: PersonSaid, other: PersonSaid) -> PersonVerdict:
    """What all that is said about both tells together; the same whichever is named first."""
    evidence = tuple((what, points) for what, points in _agreeing(one, other) if points)
    if one.email and one.email.casefold() == other.email.casefold():
        return PersonVerdict(Outcome.MATCHED, PersonRule.MAIL, evidence)
    verdict = PersonVerdict(Outcome.AMBIGUOUS, PersonRule.TOGETHER, evidence)
    if one.account is not None and one.account == other.account and _full_name(one) == _full_name(other) != "":
        return PersonVerdict(Outcome.AMBIGUOUS, PersonRule.NAME_AND_ACCOUNT, evidence)
    return verdict if verdict.score >= ENOUGH else PersonVerdict(Outcome.NEW, evidence=evidence)


def blocks(person: PersonSaid) -> Iterator[tuple[str, str]]:
    """Under what the person is looked for: two who share none of these are never compared."""
    said = {"email": person.email.casefold(), "phone": person.phone, "born": person.born, "address": person.address,
            "name": "".join(sorted((person.last, person.first))), "postcode": person.postcode}  # fmt: skip
    return ((what, text) for what, text in said.items() if text)


def _agreeing(one: PersonSaid, other: PersonSaid) -> Iterator[tuple[str, int]]:
    yield "name", _names(one, other)
    yield "phone", _slip(one.phone, other.phone, 4)
    yield "born", _slip(one.born, other.born, 3)
    yield "address", 2 * _alike(one.address, other.address)
    yield "postcode", int(bool(one.postcode) and one.postcode == other.postcode)


def _names(one: PersonSaid, other: PersonSaid) -> int:
    """Two points for each part that is alike, in either order: forms mix family and given names up."""
    straight = _alike(one.last, other.last) + _alike(one.first, other.first)
    crossed = _alike(one.last, other.first) + _alike(one.first, other.last)
    return 2 * max(straight, crossed)


def _slip(one: str, other: str, points: int) -> int:
    """All points for the same figures, half of them with one slip."""
    if not (one and other):
        return 0
    return points if one == other else (points // 2 if OSA.distance(one, other) <= _ONE_SLIP else 0)


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and JaroWinkler.similarity(one, other) >= _ALIKE


def _full_name(person: PersonSaid) -> str:
    return person.last + person.first
