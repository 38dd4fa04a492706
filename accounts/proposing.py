"""Whom could a name mean that matches nobody? Asked only where matching found nobody: all names we know are compared.

The same answers as `accounts.matching.judge` with all companies, from their names alone: 50,000 companies are read and
compared with a thousand names in one to two seconds, and evidence is read of those only that look or sound alike.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from accounts import finding
from accounts.matching import MOST_PROPOSED, NEW, Candidate, Known, Outcome, Rule, Verdict, proposals
from accounts.models import Account

Proposal = tuple[float, Rule, Known]
MOST_ASKED = 2000
"""So many names are compared at once; more are a file, which the import reads."""


def propose(candidates: Sequence[Candidate]) -> list[Verdict]:
    """For each of those that match nobody: AMBIGUOUS among those a person should look at, else NEW."""
    asked = candidates[:MOST_ASKED]
    if not any(one.key for one in asked):
        return [NEW] * len(candidates)
    index = finding.all_names()
    alike = [proposals(one, index) if one.key else [] for one in asked]
    known = _evidence({cast(int, name.ref) for found in alike for _score, _rule, name in found})
    judged = [_verdict(_possible(found, known, one)) for one, found in zip(asked, alike, strict=True)]
    return judged + [NEW] * (len(candidates) - len(judged))


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
