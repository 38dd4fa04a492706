"""Whom could a name mean that matches nobody? Asked only where matching found nobody: all names we know are compared.

The same answers as `accounts.matching.judge` with all companies, from their names alone: 50,000 companies are read and
compared with a thousand names in one to two seconds, and evidence is read of those only that look or sound alike. And
one thing more: every fifth company's name has four letters, of which a wrong one leaves 75 of 100, below what files ask
about; here somebody is in front of it, so it is proposed.
"""

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import cast

from rapidfuzz import fuzz, process

from accounts import finding
from accounts.matching import MOST_PROPOSED, NEW, Candidate, Index, Known, Outcome, Rule, Verdict, proposals
from accounts.models import Account

SHORT = 4
ONE_OF_FOUR = 75.0
NUMBERS = re.compile("[0-9]")
Proposal = tuple[float, Rule, Known]
MOST_ASKED = 2000
"""So many names are compared at once; more are a file, which the import reads."""


@contextmanager
def no_collecting() -> Iterator[None]:
    """Hundreds of thousands of small objects come at once and none of them is garbage: looking takes half the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def propose(candidates: Sequence[Candidate]) -> list[Verdict]:
    """For each of those that match nobody: AMBIGUOUS among those a person should look at, else NEW."""
    asked = candidates[:MOST_ASKED]
    if not any(one.key for one in asked):
        return [NEW] * len(candidates)
    with no_collecting():
        index = finding.all_names()
        index.settle()
    short = [key for key in index.by_key if _is_short(key)]
    alike = [proposals(one, index) or _one_letter_off(one.key, short, index) if one.key else [] for one in asked]
    known = _evidence({cast(int, name.ref) for found in alike for _score, _rule, name in found})
    judged = [_verdict(_possible(found, known, one)) for one, found in zip(asked, alike, strict=True)]
    return judged + [NEW] * (len(candidates) - len(judged))


def _one_letter_off(key: str, short: Sequence[str], index: Index) -> list[Proposal]:
    """Short names that differ in one letter, which is no number (16銀行 is not 18銀行)."""
    if not _is_short(key):
        return []
    found = process.extract(key, short, scorer=fuzz.ratio, score_cutoff=ONE_OF_FOUR, limit=2 * MOST_PROPOSED)
    numbers = NUMBERS.findall(key)
    return [(score, Rule.FUZZY, known) for other, score, _place in found if NUMBERS.findall(other) == numbers
            for known in index.by_key[other] if other != key]  # fmt: skip


def _is_short(key: str) -> bool:
    """Four letters; Latin ones are initials, of which any other letter makes another company."""
    return len(key) == SHORT and not key.isascii()


def _evidence(account_ids: set[int]) -> dict[int, Known]:
    return {cast(Account, one.ref).pk: one for one in finding.all_about(account_ids)} if account_ids else {}


def _possible(found: Sequence[Proposal], known: Mapping[int, Known], candidate: Candidate) -> list[Proposal]:
    """Those whom nothing contradicts, with all we know of them."""
    told = ((score, rule, known.get(cast(int, name.ref))) for score, rule, name in found)
    return [(score, rule, one) for score, rule, one in told if one and not one.contradicts(candidate)]


def _verdict(found: Sequence[Proposal]) -> Verdict:
    if not found:
        return NEW
    score, rule, _best = found[0]
    meant = tuple(known for _score, _rule, known in found[:MOST_PROPOSED])
    return Verdict(Outcome.AMBIGUOUS, rule=rule, candidates=meant, score=score)
