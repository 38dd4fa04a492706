"""A pasted list of companies and spears, line by line: found beyond doubt, put before a person, or not known at all.

What could mean several companies, or only looks or sounds like one, becomes a doubt in the review; what names a
department that the company does not have is asked, too. Both wait on the draft (targets.waiting).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import doubts, finding, proposing, sources
from accounts.matching import NEW, Outcome, Verdict
from accounts.models import Account, Department, Source
from accounts.registering import AccountFacts, AccountRegistrar, doubt_key
from targets import aiming, lists, pasted_lines
from targets.enums import Tier
from targets.lists import Aim
from targets.models import TargetEntry, TargetListVersion, WaitingLine
from targets.pasted_lines import LONGEST, Line, Spear
from users.models import User

CHUNK = 2000
SOURCE = "pasted"


class Question(NamedTuple):
    """A line a person must decide: which company (by a verdict), or where in this account its department is."""

    text: str
    spear: Spear
    verdict: Verdict | None = None
    account: Account | None = None


@dataclass
class Pasted:
    """Companies and departments found beyond doubt; lines nobody matches; lines to be decided."""

    found: list[Aim] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass
class Taken:
    """What came of a pasted list: entries made, lines nobody knows, lines that wait to be decided."""

    added: list[TargetEntry]
    unknown: list[str]
    waiting: list[WaitingLine]


_Rest = dict[Line, Verdict | None]
"""Lines whose company is not beyond doubt: several bear the name (the verdict), or nobody."""


def find(text: str, *, now: datetime) -> Pasted:
    """Reads lines, one company or spear each, as files name companies, and as the review decided. Writes nothing."""
    lines, pasted = pasted_lines.read(text), Pasted()
    rest: _Rest = {}
    for start in range(0, len(lines), CHUNK):
        rest |= _Chunk(lines[start : start + CHUNK], now).sort_into(pasted)
    for line, verdict in zip(rest, _verdicts(rest), strict=True):
        if verdict.outcome is Outcome.AMBIGUOUS:
            pasted.questions.append(Question(line.text, line.said, verdict))
        else:
            pasted.unknown.append(line.text)
    pasted.found, order = list(dict.fromkeys(pasted.found)), {line.text: place for place, line in enumerate(lines)}
    pasted.questions.sort(key=lambda one: order[one.text])
    return pasted


def _verdicts(rest: _Rest) -> list[Verdict]:
    """Who could be meant by name, else by look or sound; nobody, where somebody has said so before."""
    told = {line: AccountFacts(name=line.said.company) for line in rest}
    refused = doubts.left_out(Source(code=SOURCE), list(told.values()))
    found = {one.name: NEW if doubt_key(Source(code=SOURCE), one) in refused else rest[line]
             for line, one in told.items()}  # fmt: skip
    asked = [name for name, verdict in found.items() if verdict is None]
    near = dict(zip(asked, proposing.propose([finding.candidate(name) for name in asked]), strict=True))
    return [found[one.name] or near[one.name] for one in told.values()]


class _Chunk:
    """Lines whose companies and departments are looked up together."""

    def __init__(self, lines: Sequence[Line], now: datetime) -> None:
        self.lines = lines
        named = {spear.company for line in lines for spear in (line.said, *line.perhaps)}
        facts = [AccountFacts(name=name) for name in sorted(named)]
        told = AccountRegistrar(Source(code=SOURCE), now=now).look_up(facts)
        self.companies = {fact.name: one for fact, one in zip(facts, told, strict=True)}
        self.trees = aiming.trees({account.pk for line in lines for account in self._accounts_of_spears(line)})

    def _accounts_of_spears(self, line: Line) -> Iterator[Account]:
        for spear in (line.said, *line.perhaps):
            if spear.path and (account := self.companies[spear.company].subject):
                yield account

    def sort_into(self, pasted: Pasted) -> _Rest:
        """Puts in its place whatever is beyond doubt; the rest."""
        rest = [line for line in self.lines if not self._know(line, pasted)]
        by_name = {line: self.companies[line.said.company].doubt for line in rest}
        return {line: verdict if isinstance(verdict, Verdict) else None for line, verdict in by_name.items()}

    def _know(self, line: Line, pasted: Pasted) -> bool:
        """Whether the company is beyond doubt: then it is found, or only its department is a question."""
        if aim := self._aim(line):
            pasted.found.append(aim)
        elif account := self.companies[line.said.company].subject:
            pasted.questions.append(Question(line.text, line.said, account=account))
        else:
            return False
        return True

    def _aim(self, line: Line) -> Aim | None:
        """A department first, where one is so called; then the company, unless the line surely names a department."""
        company = self.companies[line.said.company].subject
        for spear in (line.said, *line.perhaps):
            account = self.companies[spear.company].subject
            if account and company in (None, account) and (at := self._department(account, spear)):
                return account, at
        return (company, None) if company and not line.said.path else None

    def _department(self, account: Account, spear: Spear) -> Department | None:
        named = self.trees[account.pk].named(spear.path) if spear.path else []
        return named[0] if len(named) == 1 else None


@transaction.atomic
def paste(version: TargetListVersion, text: str, *, by: User, now: datetime, tier: str = Tier.ONE_TO_MANY) -> Taken:
    """Puts the companies and spears of a pasted list on a draft; what must be decided waits. Raises ListRefused."""
    pasted = find(text, now=now)
    added = lists.add_aims(version, pasted.found, by=by, now=now, tier=tier)
    return Taken(added, pasted.unknown, _wait(version, pasted.questions, tier, by, now))


def _wait(
    version: TargetListVersion, questions: Sequence[Question], tier: str, by: User, now: datetime
) -> list[WaitingLine]:
    """The lines that wait, also those that did before."""
    if not questions:
        return []
    asked = [(AccountFacts(name=one.spear.company), one.verdict) for one in questions if one.verdict]
    source = sources.ensure(SOURCE, name=_("Pasted lists"))
    raised = iter(doubts.raise_all(asked, source=source, by=by, now=now))
    lines = [
        WaitingLine(version=version, text=one.text[:LONGEST], department=one.spear.department[:LONGEST],
                    doubt=next(raised) if one.verdict else None, account=one.account, tier=tier, by=by, at=now)
        for one in questions
    ]  # fmt: skip
    WaitingLine.objects.bulk_create(lines, ignore_conflicts=True)
    texts = [line.text for line in lines]
    return list(version.waiting.filter(text__in=texts).with_proposals())
