"""{% load abm_words %}: the words of lists, accounts and touches."""

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django_stubs_ext import StrOrPromise

from abm.web import import_words, review_words, words
from abm.web.templatetags.abm_format import as_day, badge
from abm.web.words import Mark
from accounts.enums import Naming
from accounts.models import Affiliation, Department
from accounts.sources import BASES
from accounts.titles import Reading
from accounts.word_rules import Dictionary
from audit.models import Webhook
from funnel.models import Deal
from imports.previews import Seen
from imports.proposals import Column
from users import kinds
from users.models import Letter

register = template.Library()


@register.simple_tag
def version_badge(state: str) -> SafeString:
    """A list version's state as shape and word."""
    return badge(words.VERSION_STATES[state])


@register.simple_tag
def planned_badge(state: str) -> SafeString:
    """How it stands with a planned person."""
    return badge(words.PLANNED_STATES[state])


@register.simple_tag
def side_word(side: str) -> str:
    """A side that signs."""
    return str(words.SIDES[side])


@register.simple_tag
def tier_word(tier: str) -> str:
    """A tier."""
    return str(words.TIERS.get(tier, tier))


@register.simple_tag
def relation_word(relation: str) -> str:
    """How we stand to an account."""
    return str(words.RELATIONS[relation])


@register.simple_tag
def touch_word(kind: str) -> str:
    """What happened."""
    return str(words.TOUCH_KINDS[kind])


@register.simple_tag
def move_word(name: str) -> str:
    """What was done."""
    return str(words.MOVES[name])


@register.simple_tag
def progress_word(progress: str) -> str:
    """How it goes with an accepted lead."""
    return str(words.PROGRESS.get(progress, "–"))


@register.simple_tag
def deal_state(deal: Deal) -> str:
    """The SFA's own stage where it told one, else how the deal stands."""
    return deal.stage_name or str(words.DEAL_STATUSES[deal.status])


@register.simple_tag
def outcome_word(outcome: str) -> str:
    """How a handoff was answered."""
    return str(words.OUTCOMES.get(outcome, "–"))


@register.simple_tag
def basis_word(basis: str) -> str:
    """On which ground we may know it."""
    return str(BASES[basis]) if basis else "–"


@register.simple_tag
def source_word(kind: str) -> str:
    """What kind of source."""
    return str(words.SOURCE_KINDS[kind])


@register.simple_tag
def cost_word(kind: str) -> str:
    """What a cost is paid for."""
    return str(words.COST_KINDS[kind])


@register.simple_tag
def access_word(kind: str) -> str:
    """How persons were accessed."""
    return str(words.ACCESSES[kind])


@register.simple_tag
def door_word(door: str) -> str:
    """Through which door something was asked for."""
    return str(words.DOORS[door])


@register.simple_tag
def kind_word(kind: str) -> str:
    """What a file holds."""
    return str(words.KINDS[kind])


@register.simple_tag
def job_badge(state: str) -> SafeString:
    """How far an import is."""
    return badge(words.JOB_STATES[state])


@register.simple_tag
def run_badge(state: str) -> SafeString:
    """How a task's run ended."""
    return badge(words.RUN_STATES[state])


@register.simple_tag
def send_badge(state: str) -> SafeString:
    """What became of something sent."""
    return badge(words.SEND_STATES[state])


@register.simple_tag
def webhook_badge(webhook: Webhook) -> SafeString:
    """Whether a webhook is on, off, failing or stopped by us."""
    if webhook.is_active:
        return badge(words.WEBHOOK_STATES["failing" if webhook.failing_since else "on"])
    return badge(words.WEBHOOK_STATES["stopped" if webhook.stopped_because else "off"])


@register.filter
def pretty_json(data: object) -> str:
    """JSON to be read."""
    return json.dumps(data, ensure_ascii=False, indent=2)


@register.simple_tag
def disposition_word(disposition: str) -> str:
    """What marketing does with a rejected lead."""
    return str(words.DISPOSITIONS[disposition])


@register.simple_tag
def calendar_word(name: str) -> str:
    """A business calendar."""
    return str(words.CALENDARS.get(name, name))


@register.simple_tag
def class_badge(name: str) -> SafeString:
    """How widely we are connected with a company: point, line, surface."""
    return badge(words.CLASSES[name])


@register.simple_tag
def cell_mark(mark: Mark, age: int | None) -> SafeString:
    """A cell of the surface: its shape; its word and the age of its evidence for those who point at it or listen."""
    since = ngettext("%(n)s day ago", "%(n)s days ago", age) % {"n": age} if age is not None else ""
    text = f"{mark.word} · {since}" if since else str(mark.word)
    return format_html(
        '<span title="{0}"><span aria-hidden="true">{1}</span><span class="visually-hidden">{0}</span></span>',
        text,
        mark.shape,
    )


@register.simple_tag
def channel_word(channel: str) -> str:
    """How a letter leaves."""
    return str(words.CHANNELS[channel])


@register.simple_tag
def letter_word(letter: Letter) -> str:
    """What a letter is about: its kind of event, never its words, which are its reader's."""
    if letter.is_digest:
        return gettext("Digest")
    if not letter.notification:
        return gettext("Test")
    label = kinds.of(letter.notification.kind).label
    return gettext(label) if label else letter.notification.kind


@register.simple_tag
def delimiter_word(delimiter: str) -> str:
    """What stands between the cells."""
    return {",": gettext("comma"), "\t": gettext("tab")}.get(delimiter, delimiter)


@register.simple_tag
def row_badge(row: Seen) -> SafeString:
    """The verdict on a row of a file, and by which rule somebody was found."""
    mark = import_words.DOUBT if row.is_doubt else import_words.EFFECTS[row.effect]
    return format_html('{} <span class="soft">{}</span>', badge(mark), import_words.found_words(row.found))


@register.filter
def fields_at(columns: Sequence[Column], place: int) -> tuple[str, ...]:
    """The fields that the column at this place gives."""
    return columns[place].fields


@register.simple_tag
def rank_told(place: Affiliation, dictionary: Dictionary) -> str:
    """The rank of a place, and the words of its title that give it."""
    return _with_rule(words.RANKS[place.rank], dictionary.behind_rank(place), dictionary)


@register.simple_tag
def function_told(department: Department, dictionary: Dictionary) -> str:
    """What a department does, and the word of its name that says so."""
    return _with_rule(words.FUNCTIONS[department.function], dictionary.behind_function(department), dictionary)


def _with_rule(meaning: StrOrPromise, read: Reading[Any] | None, dictionary: Dictionary) -> str:
    if read is None or not read.rule:
        return str(meaning)
    if rule := dictionary.rule_of(read):
        said = {"meaning": meaning, "rule": read.rule, "who": rule.by, "day": as_day(rule.at)}
        return gettext("%(meaning)s, from “%(rule)s” as %(who)s taught on %(day)s") % said
    return gettext("%(meaning)s, from “%(rule)s”") % {"meaning": meaning, "rule": read.rule}


@register.simple_tag
def meaning_word(naming: str, meaning: str) -> str:
    """What a department does, or the rank of a title."""
    return str((words.RANKS if naming == Naming.TITLE else words.FUNCTIONS)[meaning])


@register.filter
def doubt_word(kind: str) -> str:
    """What is in doubt."""
    return str(review_words.KINDS[kind])


@register.filter
def decision_word(state: str) -> str:
    """What became of a doubt."""
    return str(review_words.DECISIONS[state])


@register.filter
def evidence_word(rule: str) -> str:
    """By which evidence two could be one."""
    return str(review_words.EVIDENCE.get(rule, rule))


@register.filter
def said_word(what: str) -> str:
    """What a company or a person says of itself."""
    return str(review_words.SAID[what])


@register.filter
def row_word(label: str) -> str:
    """Rows of a kind; empty for what is only bookkeeping."""
    return str(review_words.ROWS.get(label, ""))
