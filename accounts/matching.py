"""Are these two companies the same? A pure verdict with its evidence. When in doubt, do not merge.

Order of evidence: the source's own id, the 法人番号, then a company key only one known company has. A company that
carries another id of the same source, another 法人番号 or another Japanese legal form is never matched by its name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from accounts.names import LegalForm


class Outcome(StrEnum):
    """What the matcher says."""

    MATCHED = "MATCHED"
    NEW = "NEW"
    AMBIGUOUS = "AMBIGUOUS"


class Rule(StrEnum):
    """Which evidence decided."""

    EXTERNAL_ID = "EXTERNAL_ID"
    CORPORATE_NUMBER = "CORPORATE_NUMBER"
    COMPANY_KEY = "COMPANY_KEY"


@dataclass(frozen=True)
class Candidate:
    """A company as a file or a form names it. Empty texts mean "not said"."""

    key: str
    legal_form: LegalForm | None = None
    corporate_number: str = ""
    source: str = ""
    external_id: str = ""


@dataclass(eq=False)
class Known:
    """A company we know: `ref` is whatever the caller finds it by again."""

    ref: object
    keys: set[str]
    legal_form: LegalForm | None = None
    corporate_number: str = ""
    external_ids: set[tuple[str, str]] = field(default_factory=set)

    def contradicts(self, candidate: Candidate) -> bool:
        """Whether something says that this is another company than the candidate, whatever the names."""
        return (
            _differ(self.corporate_number, candidate.corporate_number)
            or _differ(self.legal_form, candidate.legal_form)
            or (bool(candidate.external_id) and self._has_other_id_of(candidate.source))
        )

    def _has_other_id_of(self, source: str) -> bool:
        return any(own_source == source for own_source, _ in self.external_ids)


@dataclass(frozen=True)
class Verdict:
    """MATCHED to `known` by `rule`, with the `evidence` both share; NEW; or AMBIGUOUS among `candidates`."""

    outcome: Outcome
    known: Known | None = None
    rule: Rule | None = None
    evidence: str = ""
    candidates: tuple[Known, ...] = ()


NEW = Verdict(Outcome.NEW)


class Index:
    """The known companies, found by each kind of evidence."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self.by_external_id: dict[tuple[str, str], Known] = {}
        self.by_number: dict[str, Known] = {}
        self.by_key: dict[str, list[Known]] = {}
        for company in known:
            self.add(company)

    def add(self, company: Known) -> None:
        """Adds a company, or what was learned about one that is already here."""
        for external_id in company.external_ids:
            self.by_external_id[external_id] = company
        if company.corporate_number:
            self.by_number[company.corporate_number] = company
        for key in company.keys:
            namesakes = self.by_key.setdefault(key, [])
            if company not in namesakes:
                namesakes.append(company)


def match(candidate: Candidate, index: Index) -> Verdict:
    """Which known company the candidate is, if that is beyond doubt."""
    if candidate.external_id and (known := index.by_external_id.get((candidate.source, candidate.external_id))):
        return Verdict(Outcome.MATCHED, known, Rule.EXTERNAL_ID, candidate.external_id)
    if candidate.corporate_number and (known := index.by_number.get(candidate.corporate_number)):
        return Verdict(Outcome.MATCHED, known, Rule.CORPORATE_NUMBER, candidate.corporate_number)
    return _match_by_key(candidate, index.by_key.get(candidate.key, []))


def _match_by_key(candidate: Candidate, namesakes: list[Known]) -> Verdict:
    possible = [known for known in namesakes if not known.contradicts(candidate)]
    if not possible or not candidate.key:
        return NEW
    if len(namesakes) > 1:
        return Verdict(Outcome.AMBIGUOUS, candidates=tuple(possible))
    return Verdict(Outcome.MATCHED, possible[0], Rule.COMPANY_KEY, candidate.key)


def _differ(one: object, other: object) -> bool:
    """Both are said and they are not the same."""
    return bool(one) and bool(other) and one != other
