"""A pasted list of company names, line by line: found beyond doubt, or asked back."""

from dataclasses import dataclass, field

from accounts.finding import key_of
from accounts.models import Account, AccountName

CHUNK = 2000


@dataclass
class Pasted:
    """Accounts found beyond doubt; lines nobody matches; lines several accounts match."""

    found: list[Account] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    several: list[str] = field(default_factory=list)


def find(text: str) -> Pasted:
    """Reads lines, one company name each; a name only counts when exactly one account bears it."""
    lines = list(dict.fromkeys(line.strip() for line in text.replace("\x00", "").splitlines() if line.strip()))
    pasted = Pasted()
    for start in range(0, len(lines), CHUNK):
        _sort(lines[start : start + CHUNK], pasted)
    pasted.found = list(dict.fromkeys(pasted.found))
    return pasted


def _sort(lines: list[str], pasted: Pasted) -> None:
    keys = [key_of(line) for line in lines]
    bearers = _bearers(set(keys) - {""})
    for line, key in zip(lines, keys, strict=True):
        accounts = bearers.get(key, {})
        if len(accounts) == 1:
            pasted.found += accounts.values()
        else:
            (pasted.several if accounts else pasted.unknown).append(line)


def _bearers(keys: set[str]) -> dict[str, dict[int, Account]]:
    bearers: dict[str, dict[int, Account]] = {}
    for account in Account.objects.filter(key__in=keys):
        bearers.setdefault(account.key, {})[account.pk] = account
    for name in AccountName.objects.filter(key__in=keys).select_related("account"):
        bearers.setdefault(name.key, {})[name.account_id] = name.account
    return bearers
