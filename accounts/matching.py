"""Are these two companies the same? A pure verdict with its evidence. When in doubt, do not merge.

Order of evidence: the source's own id, the 法人番号, then a company key only one known company has, then that key with
a branch behind it; an address, phone or domain tells namesakes apart. A company that carries another id of the same
source, another 法人番号 or another Japanese legal form is never matched by its name. What only looks or sounds alike is
proposed to a person (`judge`), never linked, not even at one address: 株式会社AP IV GP and AP V GP are neighbours.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from accounts.enums import NameKind
from accounts.likeness import Lookalikes
from accounts.names import LegalForm
from accounts.readings import sounds


class Outcome(StrEnum):
    """What the matcher says."""

    MATCHED = "MATCHED"
    NEW = "NEW"
    AMBIGUOUS = "AMBIGUOUS"


class Rule(StrEnum):
    """Which evidence decided, or made it a question."""

    EXTERNAL_ID = "EXTERNAL_ID"
    CORPORATE_NUMBER = "CORPORATE_NUMBER"
    COMPANY_KEY = "COMPANY_KEY"
    KEY_AND_CONTACT = "KEY_AND_CONTACT"
    FURTHER_NAME = "FURTHER_NAME"
    KEY_AND_SITE = "KEY_AND_SITE"
    ALIKE_AND_CONTACT = "ALIKE_AND_CONTACT"
    NAMESAKES = "NAMESAKES"
    LAPSED_NAME = "LAPSED_NAME"
    READING = "READING"
    FUZZY = "FUZZY"
    DOMAIN = "DOMAIN"


class Candidate(NamedTuple):
    """A company as a file or a form names it. Empty texts mean "not said"; `contacts` are its domains (`@…`),
    address keys and phone keys; `said_on` is the day the name was used (a card's date); `form_leads` is whether the
    legal form stands before the name (None: no form, or in the middle)."""

    key: str
    legal_form: LegalForm | None = None
    corporate_number: str = ""
    source: str = ""
    external_id: str = ""
    site_keys: tuple[str, ...] = ()
    contacts: frozenset[str] = frozenset()
    said_on: date | None = None
    form_leads: bool | None = None


@dataclass(eq=False, slots=True)
class Known:
    """A company we know: `ref` is whatever the caller finds it by again.

    `keys` are those of all its names; `further` those of them it does not bear today, with the last day it did, if
    known. `merged` is the evidence by which companies merged into it are still told of: who tells by it fills blanks.
    `renderings` are those of the keys that are only its name in kana (KANA) or in English (ENGLISH).
    """

    ref: object
    keys: set[str]
    legal_form: LegalForm | None = None
    corporate_number: str = ""
    external_ids: set[tuple[str, str]] = field(default_factory=set)
    further: dict[str, date | None] = field(default_factory=dict)
    contacts: set[str] = field(default_factory=set)
    form_leads: bool | None = None
    merged: frozenset[str] = frozenset()
    renderings: dict[str, NameKind] = field(default_factory=dict)

    def contradicts(self, candidate: Candidate) -> bool:
        """Whether something says that this is another company than the candidate, whatever the names."""
        return (
            _differ(self.corporate_number, candidate.corporate_number)
            or _differ(self.legal_form, candidate.legal_form)
            or (bool(candidate.external_id) and self._has_other_id_of(candidate.source))
        )

    def _has_other_id_of(self, source: str) -> bool:
        return any(own_source == source for own_source, _ in self.external_ids)

    def lives_elsewhere(self, candidate: Candidate) -> bool:
        """Whether the legal form stands on the other side and no contact is shared though both say some.

        Either alone happens to one company (carelessness, a move); both together are two more often than one.
        """
        said = bool(self.contacts and candidate.contacts) and not self.contacts & candidate.contacts
        return said and None not in (self.form_leads, candidate.form_leads) and self.form_leads != candidate.form_leads

    def may_be_rendered(self, key: str, candidate: Candidate) -> bool:
        """Whether the candidate's name is this company's in English, or in kana at one address, phone or domain.

        A Japanese legal form says that it is somebody's own name: 株式会社SUBARU is not 昴, Subaru Co., Ltd.
        """
        english = self.renderings.get(key) == NameKind.ENGLISH and candidate.legal_form is None
        return english or bool(self.contacts & candidate.contacts)

    def had_given_up(self, candidate: Candidate) -> bool:
        """Whether the candidate's name was this company's, but no longer when it was said."""
        until = self.further.get(candidate.key)
        return until is not None and candidate.said_on is not None and until < candidate.said_on


class Verdict(NamedTuple):
    """MATCHED to `known` by `rule`, with the `evidence` both share; NEW; or AMBIGUOUS among `candidates`, best first.

    `score` is how alike the names are, 0–100; 100 for the same key.
    """

    outcome: Outcome
    known: Known | None = None
    rule: Rule | None = None
    evidence: str = ""
    candidates: tuple[Known, ...] = ()
    score: float = 0.0


NEW = Verdict(Outcome.NEW)
DOMAIN_SIGN = "@"
"""Begins a contact that is a domain."""
MOST_PROPOSED = 5
SOUNDS_SCORE = 95.0


class Index:
    """The known companies, found by each kind of evidence."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self.by_external_id: dict[tuple[str, str], Known] = {}
        self.by_number: dict[str, Known] = {}
        self.by_key: dict[str, list[Known]] = {}
        self.by_contact: dict[str, list[Known]] = {}
        for company in known:
            self.add(company)

    def add(self, company: Known) -> None:
        """Adds a company, or what was learned about one that is already here."""
        for external_id in company.external_ids:
            self.by_external_id[external_id] = company
        if company.corporate_number:
            self.by_number[company.corporate_number] = company
        for names, found_by in ((company.keys, self.by_key), (company.contacts, self.by_contact)):
            for name in names:
                sharers = found_by.setdefault(name, [])
                if company not in sharers:
                    sharers.append(company)

    @cached_property
    def by_sound(self) -> dict[str, list[Known]]:
        """Reading → companies; of what was known when it was first asked for."""
        found: dict[str, list[Known]] = {}
        for key, companies in self.by_key.items():
            for sound in sounds(key):
                found.setdefault(sound, []).extend(companies)
        return found

    @cached_property
    def lookalikes(self) -> Lookalikes:
        """Keys by likeness; of what was known when it was first asked for."""
        return Lookalikes(self.by_key)

    def settle(self) -> None:
        """Prepares all that `judge` asks for, before the index is shared with other processes."""
        _ = self.by_sound, self.lookalikes


def match(candidate: Candidate, index: Index) -> Verdict:
    """Which known company the candidate is, if that is beyond doubt."""
    if candidate.external_id and (known := index.by_external_id.get((candidate.source, candidate.external_id))):
        return Verdict(Outcome.MATCHED, known, Rule.EXTERNAL_ID, candidate.external_id, score=100.0)
    if candidate.corporate_number and (known := index.by_number.get(candidate.corporate_number)):
        return Verdict(Outcome.MATCHED, known, Rule.CORPORATE_NUMBER, candidate.corporate_number, score=100.0)
    namesakes = index.by_key.get(candidate.key, []) if candidate.key else []
    return _match_by_key(candidate, namesakes) if namesakes else _match_by_site(candidate, index)


def judge(candidate: Candidate, index: Index) -> Verdict:
    """The whole verdict: `match`, and where that finds nobody, whom a person should look at before it counts as new."""
    verdict = match(candidate, index)
    if verdict.outcome is not Outcome.NEW or not candidate.key:
        return verdict
    proposed = proposals(candidate, index)
    if not proposed:
        return NEW
    return _ambiguous([known for _score, _rule, known in proposed], proposed[0][1], proposed[0][0])


def proposals(candidate: Candidate, index: Index) -> list[tuple[float, Rule, Known]]:
    """Who only looks or sounds like it, or shares a contact, and whom nothing contradicts; best first."""
    return [one for one in _alike(candidate, index) if not one[2].contradicts(candidate)]


def _match_by_key(candidate: Candidate, sharers: list[Known]) -> Verdict:
    namesakes = _bearers(candidate.key, candidate, sharers)
    possible = [known for known in namesakes if not known.contradicts(candidate)]
    if not possible:
        return NEW
    if len(namesakes) > 1:
        return _among_namesakes(candidate, namesakes, possible)
    known = possible[0]
    if known.had_given_up(candidate):
        return _ambiguous(possible, Rule.LAPSED_NAME, 100.0)
    if known.lives_elsewhere(candidate):
        return _ambiguous(possible, Rule.NAMESAKES, 100.0)
    rule = Rule.FURTHER_NAME if candidate.key in known.further else Rule.COMPANY_KEY
    return Verdict(Outcome.MATCHED, known, rule, candidate.key, score=100.0)


def _bearers(key: str, candidate: Candidate, sharers: list[Known]) -> list[Known]:
    """Those whose own name it is; if nobody's, those of whose names it may be a rendering."""
    own = [known for known in sharers if key not in known.renderings]
    return own or [known for known in sharers if known.may_be_rendered(key, candidate)]


def _among_namesakes(candidate: Candidate, namesakes: list[Known], possible: list[Known]) -> Verdict:
    """Several bear the name: only an address, phone or domain that one of them has and no other decides."""
    sharing = [known for known in namesakes if candidate.contacts & known.contacts]
    if len(sharing) == 1 and sharing[0] in possible:
        shared = min(candidate.contacts & sharing[0].contacts)
        return Verdict(Outcome.MATCHED, sharing[0], Rule.KEY_AND_CONTACT, shared, score=100.0)
    return _ambiguous(possible, Rule.NAMESAKES, 100.0)


def _match_by_site(candidate: Candidate, index: Index) -> Verdict:
    """The key ends like a branch (…支店), and the longest known name before it is one company's only."""
    key = next((key for key in candidate.site_keys if key in index.by_key), "")
    bearers = _bearers(key, candidate, index.by_key.get(key, []))
    possible = [known for known in bearers if not known.contradicts(candidate)]
    if not possible:
        return NEW
    if len(bearers) > 1:
        return _ambiguous(possible, Rule.KEY_AND_SITE, 100.0)
    return Verdict(Outcome.MATCHED, possible[0], Rule.KEY_AND_SITE, key, score=100.0)


def _alike(candidate: Candidate, index: Index) -> list[tuple[float, Rule, Known]]:
    """Who sounds alike, looks alike or shares a contact, each company once, best first."""
    found: dict[Known, tuple[float, Rule]] = {}
    for sound in sounds(candidate.key):
        for known in index.by_sound.get(sound, ()):
            found.setdefault(known, (SOUNDS_SCORE, Rule.READING))
    for key, score in index.lookalikes.of(candidate.key, limit=MOST_PROPOSED):
        for known in index.by_key[key]:
            shared = candidate.contacts & known.contacts
            found.setdefault(known, (score, Rule.ALIKE_AND_CONTACT if shared else Rule.FUZZY))
    for contact in sorted(candidate.contacts):
        if contact.startswith(DOMAIN_SIGN):
            for known in index.by_contact.get(contact, ())[:MOST_PROPOSED]:
                found.setdefault(known, (0.0, Rule.DOMAIN))
    return sorted(((score, rule, known) for known, (score, rule) in found.items()), key=_best_first)


def _best_first(proposed: tuple[float, Rule, Known]) -> tuple[object, ...]:
    score, rule, known = proposed
    return rule is not Rule.ALIKE_AND_CONTACT, -score, rule, _as_written(known)


def _ambiguous(candidates: list[Known], rule: Rule, score: float) -> Verdict:
    return Verdict(Outcome.AMBIGUOUS, rule=rule, candidates=tuple(candidates[:MOST_PROPOSED]), score=score)


def _as_written(known: Known) -> tuple[str, str]:
    return min(known.keys, default=""), str(known.ref)


def _differ(one: object, other: object) -> bool:
    """Both are said and they are not the same."""
    return bool(one) and bool(other) and one != other
