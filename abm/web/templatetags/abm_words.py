"""{% load abm_words %}: the words of lists, accounts and touches."""

from django import template
from django.utils.safestring import SafeString

from abm.web import words
from abm.web.templatetags.abm_format import badge

register = template.Library()


@register.simple_tag
def version_badge(state: str) -> SafeString:
    """A list version's state as shape and word."""
    return badge(words.VERSION_STATES[state])


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
def rank_word(rank: str) -> str:
    """A title's rank."""
    return str(words.RANKS[rank])


@register.simple_tag
def move_word(name: str) -> str:
    """What was done."""
    return str(words.MOVES[name])


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
def disposition_word(disposition: str) -> str:
    """What marketing does with a rejected lead."""
    return str(words.DISPOSITIONS[disposition])
