"""What nobody reads: departments that say nothing of what they do, titles that say no rank. The one rule for it.

A row is unread while it exists today, has a text, and means nothing, unless its text was taught to mean nothing in
particular. Texts that differ by width, case and spaces are one text. The page of words, the data-quality page, the API
and the rows behind each number all ask here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Model, Q, QuerySet

from accounts import word_rules
from accounts.enums import Function, Naming, Rank
from accounts.models import Affiliation, Department, WordRule
from accounts.titles import plain


class Subject(NamedTuple):
    """The rows that are read: their table, the column of the text, that of its meaning, and how nothing is meant."""

    model: type[Model]
    text: str
    meaning: str
    nothing: str
    today: Q


SUBJECTS: dict[Naming, Subject] = {
    Naming.DEPARTMENT: Subject(Department, "name", "function", Function.OTHER, Q(valid_to=None)),
    Naming.TITLE: Subject(Affiliation, "title", "rank", Rank.UNKNOWN, Q(ended_on=None)),
}


@dataclass(frozen=True)
class Unread:
    """A text nobody knows the meaning of: in so many rows (departments, or places of persons), at so many companies.

    `key` finds its rows; None: companies were not counted.
    """

    key: str
    text: str
    rows: int
    accounts: int | None = None


@dataclass(frozen=True)
class Texts:
    """The most frequent of them; how many such texts there are, in how many rows."""

    most: list[Unread]
    texts: int
    rows: int


def rows(naming: str, key: str = "") -> QuerySet[Any]:
    """The unread rows; of one text, however it is spelled."""
    of, found = SUBJECTS[Naming(naming)], _meaning_nothing(naming)
    if key:
        texts = found.order_by().values_list(of.text, flat=True).distinct()
        found = found.filter(**{f"{of.text}__among": [text for text in texts if plain(text) == key]})
    return found.exclude(**{f"{of.text}__among": known}) if (known := _known(naming)) else found


def texts(naming: str, *, most: int, with_accounts: bool = False) -> Texts:
    """The texts of these rows, the most frequent first; of those shown, also at how many companies they stand."""
    text, unread = SUBJECTS[Naming(naming)].text, rows(naming).order_by()
    spellings: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for spelling, number in unread.values_list(text).annotate(rows=Count("pk")).order_by("-rows", text):
        spellings[plain(spelling)][spelling] = number
    total = Counter({key: sum(spelled.values()) for key, spelled in spellings.items()})
    shown = {key: spellings[key] for key, _number in total.most_common(most)}
    accounts = _accounts(unread, text, shown) if with_accounts else {}
    found = [Unread(key, next(iter(spelled)), total[key], accounts.get(key)) for key, spelled in shown.items()]
    return Texts(found, len(total), total.total())


def _accounts(unread: QuerySet[Any], text: str, shown: Mapping[str, Iterable[str]]) -> dict[str, int]:
    there: defaultdict[str, set[int]] = defaultdict(set)
    found = unread.filter(**{f"{text}__among": [spelling for spelled in shown.values() for spelling in spelled]})
    for spelling, account in found.values_list(text, "account").distinct():
        there[plain(spelling)].add(account)
    return {key: len(accounts) for key, accounts in there.items()}


def _meaning_nothing(naming: str) -> QuerySet[Any]:
    of = SUBJECTS[Naming(naming)]
    found: QuerySet[Any] = of.model._default_manager.filter(of.today, **{of.meaning: of.nothing})
    return found.exclude(**{of.text: ""})


def _known(naming: str) -> Sequence[str]:
    """Texts that somebody taught to mean nothing in particular: what decides how they are read is such a lesson."""
    of = SUBJECTS[Naming(naming)]
    keys = WordRule.objects.in_force().filter(naming=naming, meaning=of.nothing).values_list("key", flat=True)
    if not (on_purpose := list(keys)):
        return []
    words = word_rules.in_force()
    found = _meaning_nothing(naming).order_by().values_list(of.text, flat=True).distinct()
    near = (text for text in found if any(key in plain(text) for key in on_purpose))
    return [text for text in near if (read := words.read(naming, text).lesson) and read.meaning == of.nothing]
