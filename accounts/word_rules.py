"""By which words are departments and titles read? Those people taught, then the built-in ones (accounts.titles)."""

from collections.abc import Iterable
from typing import Any

from accounts.enums import Function, Naming, Rank
from accounts.models import Affiliation, Department, WordRule
from accounts.titles import Lesson, Reading, Taught, read_department, read_title

MEANINGS: dict[str, type[Function] | type[Rank]] = {Naming.DEPARTMENT: Function, Naming.TITLE: Rank}


class Dictionary:
    """All words at one moment; ask `in_force` for the present one. It remembers what it has read."""

    def __init__(self, rules: Iterable[WordRule] = ()) -> None:
        self.rules = {rule.pk: rule for rule in rules}
        self._functions: Taught[Function] = Taught(self._lessons(Naming.DEPARTMENT, Function))
        self._ranks: Taught[Rank] = Taught(self._lessons(Naming.TITLE, Rank))
        self._read: dict[tuple[str, str], Reading[Any]] = {}

    def _lessons(self, naming: Naming, meaning: Any) -> list[Lesson[Any]]:
        rules = [rule for rule in self.rules.values() if rule.naming == naming]
        return [Lesson(rule.text, meaning(rule.meaning), rule.is_word, rule.pk) for rule in rules]

    def read(self, naming: str, text: str) -> Reading[Any]:
        """What a text means, and by which rule."""
        known = self._read.get((naming, text))
        if known is None:
            by_word: Reading[Any] = (
                read_department(text, self._functions) if naming == Naming.DEPARTMENT else read_title(text, self._ranks)
            )
            known = self._read[naming, text] = by_word
        return known

    def function_of(self, department: str) -> Function:
        """What a department of this name most likely does."""
        return Function(self.read(Naming.DEPARTMENT, department).meaning)

    def rank_of(self, title: str) -> Rank:
        """The canonical rank of a title; UNKNOWN when no word of it is known."""
        return Rank(self.read(Naming.TITLE, title).meaning)

    def behind_function(self, department: Department) -> Reading[Function] | None:
        """What gives the department's function; None when somebody said it."""
        read = self.read(Naming.DEPARTMENT, department.name)
        return read if read.meaning == department.function else None

    def behind_rank(self, place: Affiliation) -> Reading[Rank] | None:
        """What gives the rank of a place; None when somebody said it."""
        read = self.read(Naming.TITLE, place.title)
        return read if read.meaning == place.rank else None

    def rule_of(self, read: Reading[Any] | None) -> WordRule | None:
        """The rule somebody taught that decided; None for a built-in word."""
        return self.rules.get(read.lesson.key or 0) if read and read.lesson else None


def in_force() -> Dictionary:
    """The words by which texts are read now."""
    return Dictionary(WordRule.objects.in_force().select_related("by"))
