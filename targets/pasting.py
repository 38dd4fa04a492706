"""A pasted list of company names, line by line: found beyond doubt, put before a person, or not known at all.

What could mean several companies becomes a doubt in the review and waits on the draft; once a person has decided, it is
taken in without being typed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import doubts, sources
from accounts.enums import DoubtState
from accounts.matching import Verdict
from accounts.models import Account, Source
from accounts.registering import AccountFacts, AccountRegistrar
from audit import log
from targets import lists
from targets.enums import Tier
from targets.models import TargetEntry, TargetListVersion, WaitingLine
from users.models import User

CHUNK = 2000
SOURCE = "pasted"
LONGEST = 255


@dataclass
class Pasted:
    """Accounts found beyond doubt; lines nobody matches; lines that could mean several accounts, with the verdict."""

    found: list[Account] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    several: dict[str, Verdict] = field(default_factory=dict)


@dataclass
class Taken:
    """What came of a pasted list: entries made, lines nobody knows, lines that wait for the review."""

    added: list[TargetEntry]
    unknown: list[str]
    waiting: list[WaitingLine]


def find(text: str, *, now: datetime) -> Pasted:
    """Reads lines, one company name each, as files name companies; decisions of the review count. Writes nothing."""
    lines = list(dict.fromkeys(line.strip() for line in text.replace("\x00", "").splitlines() if line.strip()))
    registrar, pasted = AccountRegistrar(Source(code=SOURCE), now=now), Pasted()
    for start in range(0, len(lines), CHUNK):
        _sort(lines[start : start + CHUNK], registrar, pasted)
    pasted.found = list(dict.fromkeys(pasted.found))
    return pasted


def _sort(lines: Sequence[str], registrar: AccountRegistrar, pasted: Pasted) -> None:
    told = registrar.look_up([AccountFacts(name=line[:LONGEST]) for line in lines])
    for line, one in zip(lines, told, strict=True):
        if one.subject:
            pasted.found.append(one.subject)
        elif isinstance(one.doubt, Verdict):
            pasted.several[line] = one.doubt
        else:
            pasted.unknown.append(line)


@transaction.atomic
def paste(version: TargetListVersion, text: str, *, by: User, now: datetime, tier: str = Tier.ONE_TO_MANY) -> Taken:
    """Puts the companies of a pasted list on a draft; doubts wait for the review. Raises ListRefused."""
    pasted = find(text, now=now)
    added = lists.add_accounts(version, pasted.found, by=by, now=now, tier=tier)
    waiting = [_wait(version, line, verdict, tier, by, now) for line, verdict in pasted.several.items()]
    return Taken(added, pasted.unknown, waiting)


def _wait(version: TargetListVersion, line: str, verdict: Verdict, tier: str, by: User, now: datetime) -> WaitingLine:
    source = sources.ensure(SOURCE, name=_("Pasted lists"))
    doubt = doubts.raise_doubt(AccountFacts(name=line[:LONGEST]), verdict, source=source, by=by, now=now)
    told = {"text": line[:LONGEST], "tier": tier, "by": by, "at": now}
    return WaitingLine.objects.get_or_create(version=version, doubt=doubt, defaults=told)[0]


@transaction.atomic
def take_in(version: TargetListVersion, *, by: User, now: datetime) -> list[TargetEntry]:
    """Puts on the draft what the review has decided meanwhile, and forgets what it left out. Raises ListRefused."""
    lists.require_draft(version, by=by)
    decided = list(version.waiting.exclude(doubt__state=DoubtState.OPEN).select_related("doubt__account"))
    added: list[TargetEntry] = []
    for tier in {line.tier for line in decided}:
        meant = [line.doubt.account for line in decided if line.tier == tier and line.doubt.account]
        added += lists.add_accounts(version, meant, by=by, now=now, tier=tier)
    WaitingLine.objects.filter(pk__in=[line.pk for line in decided]).delete()
    log.record("lists.take_in", version, by=by, at=now, detail={"lines": len(decided), "added": len(added)})
    return added
