"""Pairs that may be one: found at night, asked of a person, never linked by themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts import doubts, finding
from accounts.addresses import phone_key
from accounts.matching import Candidate, Index, Known, Outcome, Rule, proposals
from accounts.models import Account, Doubt, Person
from accounts.person_matching import PersonSaid, compare
from audit.log import Actor

MOST_OPEN = 500
"""So many open doubts about pairs are enough work; the rest is found again once these are decided."""
ASKED = {Rule.NAMESAKES, Rule.READING, Rule.FUZZY, Rule.ALIKE_AND_CONTACT}
"""A shared domain alone is a group of companies more often than one."""
PERSON_PAIRS = """
SELECT DISTINCT least(a.person_id, b.person_id), greatest(a.person_id, b.person_id), a.account_id
FROM accounts_affiliation a
JOIN accounts_person p ON p.id = a.person_id
JOIN accounts_affiliation b ON b.account_id = a.account_id AND b.person_id > a.person_id AND b.ended_on IS NULL
JOIN accounts_person q ON q.id = b.person_id
WHERE a.ended_on IS NULL
    AND regexp_replace(p.name, '[[:space:]　]', '', 'g') = regexp_replace(q.name, '[[:space:]　]', '', 'g')
ORDER BY 1, 2 LIMIT %s"""


@dataclass(frozen=True)
class Pair:
    """Two that may be one, by a rule."""

    one: int
    other: int
    rule: str
    score: float


def look(*, by: Actor, now: datetime) -> dict[str, int]:
    """Asks about new pairs of companies and persons, the likeliest first; returns how many of each."""
    counts = {"accounts": 0, "persons": 0}
    room = MOST_OPEN - Doubt.objects.open().pairs().count()
    for kind, model, pairs in (("accounts", Account, _companies()), ("persons", Person, _persons())):
        new = _not_asked(pairs, kind)[: max(room, 0)]
        rows = model._base_manager.in_bulk({pk for pair in new for pk in (pair.one, pair.other)})
        for pair in new:
            doubts.raise_pair(rows[pair.one], rows[pair.other], rule=pair.rule, score=pair.score, by=by, now=now)
        counts[kind] = len(new)
        room -= len(new)
    return counts


def _not_asked(pairs: Iterator[Pair], kind: str) -> list[Pair]:
    asked = set(Doubt.objects.pairs().filter(kind=kind.upper()).values_list("key", flat=True))
    new: dict[str, Pair] = {}
    for pair in pairs:
        new.setdefault(f"{kind.upper()}:{pair.one}:{pair.other}", pair)
    left = [pair for key, pair in new.items() if key not in asked]
    return sorted(left, key=lambda pair: (-pair.score, pair.one, pair.other))


def _companies() -> Iterator[Pair]:
    """Companies whose names are, read or look alike, and which nothing says are two."""
    index, parents = finding.everybody("pk"), _families()
    for company in {id(one): one for sharers in index.by_key.values() for one in sharers}.values():
        for other, rule, score in _alike(company, index):
            one, two = sorted((int(str(company.ref)), int(str(other.ref))))
            if parents.get(one, one) != parents.get(two, two):
                yield Pair(one, two, rule, score)


def _alike(company: Known, index: Index) -> Iterator[tuple[Known, Rule, float]]:
    key = min(company.keys - set(company.further), default="")
    candidate = Candidate(key, company.legal_form, company.corporate_number, contacts=frozenset(company.contacts))
    for other in index.by_key.get(key, ()):
        if other is not company and not other.contradicts(candidate):
            yield other, Rule.NAMESAKES, 100.0
    for score, rule, other in proposals(candidate, index):
        if other is not company and rule in ASKED:
            yield other, rule, score


def _families() -> dict[int, int]:
    """Account → the top of its group: companies of one group are two, whatever they are called."""
    parents = dict(Account.objects.exclude(parent=None).values_list("pk", "parent_id"))
    tops = {}
    for pk in parents:
        top: int | None = pk
        while top is not None and (above := parents.get(top)) is not None:
            top = above
        tops[pk] = top or pk
    return tops


def _persons() -> Iterator[Pair]:
    """Persons of one name at one company."""
    with connection.cursor() as cursor:
        cursor.execute(PERSON_PAIRS, [MOST_OPEN * 4])
        found = cursor.fetchall()
    persons = Person.objects.in_bulk({pk for one, other, _at in found for pk in (one, other)})
    for one, other, account in found:
        verdict = compare(_said(persons[one], account), _said(persons[other], account))
        if verdict.outcome is Outcome.AMBIGUOUS and verdict.rule:
            yield Pair(one, other, verdict.rule, float(verdict.score))


def _said(person: Person, account: int) -> PersonSaid:
    last, first = person.last_name, person.first_name
    if not (last and first):
        last, _space, first = person.name.replace("　", " ").partition(" ")
    return PersonSaid(last, first, account=account, phone=phone_key(person.mobile or person.phone))
