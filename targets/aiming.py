"""Where in an account does a spear aim? At its department of that name; where there is none, at one that is near."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from accounts import departments, word_rules
from accounts.enums import Function
from accounts.models import Department
from accounts.word_rules import Dictionary
from targets.pasted_lines import JOINT

NEAR = 60.0
"""設計課 is this near to 設計部."""
MOST_PROPOSED = 5


@dataclass
class Tree:
    """The departments an account has today."""

    rows: dict[int, Department] = field(default_factory=dict)

    def named(self, path: Sequence[str]) -> list[Department]:
        """Those so called, below departments of the earlier names in their order (others may lie between)."""
        *above, name = map(departments.key_of, path)
        return [row for row in self.rows.values() if row.key == name and self._lies_below(row, above)]

    def near(self, path: Sequence[str], words: Dictionary) -> list[Department]:
        """Whom to propose: those so called, if there are several; else those that do the same or are called alike."""
        if named := self.named(path):
            return named[:MOST_PROPOSED]
        key, does = departments.key_of(path[-1]), words.function_of(path[-1])
        likeness = {row.pk: fuzz.ratio(key, row.key) for row in self.rows.values()}
        found = [row for row in self.rows.values()
                 if likeness[row.pk] >= NEAR or does == row.function != Function.OTHER]  # fmt: skip
        return sorted(found, key=lambda row: (-likeness[row.pk], row.pk))[:MOST_PROPOSED]

    def written(self, row: Department) -> str:
        """The department with those above it."""
        return JOINT.join(one.name for one in (*reversed(list(self._above(row))), row))

    def child(self, parent: Department | None, name: str) -> Department | None:
        """The one of this name directly below; at the top, wherever it is the only one of its name."""
        if parent is None:
            named = self.named([name])
            return named[0] if len(named) == 1 else next((row for row in named if row.parent_id is None), None)
        key = departments.key_of(name)
        return next((row for row in self.rows.values() if row.key == key and row.parent_id == parent.pk), None)

    def _lies_below(self, row: Department, keys: Sequence[str]) -> bool:
        left = list(keys)
        for above in self._above(row):
            if left and above.key == left[-1]:
                left.pop()
        return not left

    def _above(self, row: Department) -> Iterable[Department]:
        seen = {row.pk}
        while (parent := self.rows.get(row.parent_id or 0)) and parent.pk not in seen:
            seen.add(parent.pk)
            yield parent
            row = parent


def trees(account_ids: Collection[int]) -> defaultdict[int, Tree]:
    """The trees of these accounts; one query, none for nobody."""
    found: defaultdict[int, Tree] = defaultdict(Tree)
    if account_ids:
        for row in Department.objects.filter(account__among=set(account_ids), valid_to=None).order_by("pk"):
            found[row.account_id].rows[row.pk] = row
    return found


def words_for(paths: Iterable[Sequence[str]]) -> Dictionary:
    """The words by which unknown departments are read; asked for where there are any."""
    return word_rules.in_force() if any(paths) else Dictionary()
