"""Teaching what a department's name or a title means, and taking that back.

A row is read, not told, as long as it means what its text reads as: exactly such rows read otherwise at once, and again
when the lesson is taken back. What somebody said otherwise stays.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts import provenance, word_rules
from accounts.enums import Naming
from accounts.models import WordRule
from accounts.querysets import REVIEWERS
from accounts.registering import lock_identities
from accounts.titles import plain
from accounts.unread import SUBJECTS
from accounts.word_rules import MEANINGS, Dictionary
from audit import log
from users.models import User

LONGEST = {Naming.DEPARTMENT: 160, Naming.TITLE: 120}
SHORTEST_WORD = 2
"""A single character stands in half of all names."""


class TeachingRefused(Exception):
    """This cannot be taught, or not by this person; the text says why."""


@dataclass(frozen=True)
class Rereading:
    """A text that will mean something else, in so many rows."""

    text: str
    was: str
    becomes: str
    rows: int


@dataclass
class Preview:
    """What teaching would change, the most frequent text first; `kept`: rows of such texts somebody said otherwise."""

    changes: list[Rereading] = field(default_factory=list)
    kept: int = 0

    @property
    def rows(self) -> int:
        """How many departments or places will read otherwise."""
        return sum(one.rows for one in self.changes)


def preview(*, naming: str, text: str, meaning: str, is_word: bool = False, by: User) -> Preview:
    """What teaching this would change, at this moment. Raises TeachingRefused."""
    rule = _rule(naming, text, meaning, is_word, by)
    before = word_rules.in_force()
    return _compare(rule, before, Dictionary([*_others(before, rule), rule]))


@transaction.atomic
def teach(*, naming: str, text: str, meaning: str, by: User, now: datetime, is_word: bool = False) -> WordRule:
    """From now on texts like this mean that, in rows that stand already and in those to come; an earlier lesson of the
    same text ends. Raises TeachingRefused."""
    rule = _rule(naming, text, meaning, is_word, by)
    lock_identities()
    before = word_rules.in_force()
    _require_news(before, rule)
    _same(rule).update(ended_by=by, ended_at=now)
    rule.at = now
    rule.save()
    rule.rows = _reread(rule, before, word_rules.in_force(), by=by, now=now)
    rule.save(update_fields=["rows"])
    _record("words.teach", rule, rule.rows, by, now)
    return rule


@transaction.atomic
def take_back(rule: WordRule, *, by: User, now: datetime) -> int:
    """Texts are read as before it was taught; returns how many rows that concerns. Raises TeachingRefused."""
    _require_teacher(by)
    lock_identities()
    rule.refresh_from_db(from_queryset=WordRule.objects.select_for_update(of=("self",)))
    if rule.ended_at:
        raise TeachingRefused(_("This was taken back already."))
    before = word_rules.in_force()
    rule.ended_by, rule.ended_at = by, now
    rule.save(update_fields=["ended_by", "ended_at"])
    rows = _reread(rule, before, word_rules.in_force(), by=by, now=now)
    _record("words.take_back", rule, rows, by, now)
    return rows


def _rule(naming: str, text: str, meaning: str, is_word: bool, by: User) -> WordRule:
    """The rule to be, checked."""
    _require_teacher(by)
    text = " ".join(text.split())
    key = plain(text)
    if len(key) < (SHORTEST_WORD if is_word else 1):
        raise TeachingRefused(_("A word needs two characters; what shorter ones mean depends on the rest."))
    if len(text) > LONGEST[Naming(naming)]:
        raise TeachingRefused(_("No department or title is that long."))
    if meaning not in set(MEANINGS[naming]):
        raise TeachingRefused(_("Please choose what it means."))
    return WordRule(naming=naming, text=text, key=key[:160], is_word=is_word, meaning=meaning, by=by)


def _require_teacher(by: User) -> None:
    if by.role not in REVIEWERS:
        raise TeachingRefused(_("Marketing and administrators teach words."))


def _same(rule: WordRule) -> QuerySet[WordRule]:
    return WordRule.objects.in_force().filter(naming=rule.naming, key=rule.key, is_word=rule.is_word)


def _others(known: Dictionary, rule: WordRule) -> list[WordRule]:
    same = (rule.naming, rule.key, rule.is_word)
    return [one for one in known.rules.values() if (one.naming, one.key, one.is_word) != same]


def _require_news(known: Dictionary, rule: WordRule) -> None:
    read = known.read(rule.naming, rule.text)
    said_on_purpose = rule.meaning == SUBJECTS[Naming(rule.naming)].nothing and not read.lesson
    if not rule.is_word and read.meaning == rule.meaning and not said_on_purpose:
        raise TeachingRefused(_("“%(text)s” is read so already.") % {"text": rule.text})


def _compare(rule: WordRule, before: Dictionary, after: Dictionary) -> Preview:
    """The texts that read otherwise after than before."""
    seen = Preview()
    for text, value, rows in _texts(rule.naming):
        if rule.key not in plain(text):
            continue
        was, becomes = before.read(rule.naming, text).meaning, after.read(rule.naming, text).meaning
        if value == was != becomes:
            seen.changes.append(Rereading(text, was, becomes, rows))
        elif value != becomes:
            seen.kept += rows
    return seen


def _texts(naming: str) -> list[tuple[str, str, int]]:
    """Each text with what it means in how many rows, the most frequent first."""
    model, text, column, *_rest = SUBJECTS[Naming(naming)]
    found = model._default_manager.exclude(**{text: ""})
    return list(found.values_list(text, column).annotate(rows=Count("pk")).order_by("-rows", text))


def _reread(rule: WordRule, before: Dictionary, after: Dictionary, *, by: User, now: datetime) -> int:
    """Sets what reads otherwise, and notes for each row what stood there."""
    changes = _compare(rule, before, after).changes
    model, text, column, *_rest = SUBJECTS[Naming(rule.naming)]
    statement = f"""
        WITH told AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) AS told (said, was, becomes)),
        done AS (UPDATE {model._meta.db_table} r SET {column} = told.becomes FROM told
                 WHERE r.{text} = told.said AND r.{column} = told.was RETURNING r.id, told.was, told.becomes)
        INSERT INTO accounts_trace (telling_id, kind, row_id, was, became)
        SELECT %s, %s, id, jsonb_build_object(%s, was), jsonb_build_object(%s, becomes) FROM done
    """  # noqa: S608 - our own table and column names
    if not changes:
        return 0
    said = [list(map(str, column_of)) for column_of in zip(*((c.text, c.was, c.becomes) for c in changes), strict=True)]
    with provenance.telling(None, by=by, at=now, word_rule=rule) as told, connection.cursor() as cursor:
        cursor.execute(statement, [*said, told.pk, provenance.kind_of(model), column, column])
        return int(cursor.rowcount)


def _record(act: str, rule: WordRule, rows: int, by: User, now: datetime) -> None:
    detail = {"naming": rule.naming, "text": rule.text, "meaning": rule.meaning, "is_word": rule.is_word, "rows": rows}
    log.record(act, rule, by=by, at=now, detail=detail)
