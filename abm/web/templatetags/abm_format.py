"""{% load abm_format %}: how numbers, money, time, names, stages and icons appear on a page."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from abm.web import formats, words
from abm.web.words import Mark

register = template.Library()

register.filter("rate", formats.rate)
register.filter("points", formats.points)
register.filter("money", formats.money)
register.filter("person_name", formats.person_name)
register.simple_tag(formats.money_short, name="money_short")


@register.filter
def number(value: float | None, places: int = 0) -> str:
    """1234567 → 1,234,567; – for None."""
    return formats.NOTHING if value is None else formats.rounded(value, places)


@register.filter
def change_ink(difference: float | None, good: str = "up") -> str:
    """The class of a change: better or worse, where more is good ("up") or less is ("down")."""
    if not difference:
        return "soft"
    return "is-better" if (difference > 0) == (good != "down") else "is-worse"


@register.filter
def span(length: timedelta) -> str:
    """A length of time in words."""
    return formats.span(length)


@register.filter
def role_word(role: str) -> str:
    """A role in the user's language."""
    return str(words.ROLES.get(role, role))


@register.simple_tag
def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago."""
    return formats.time_ago(moment, now or timezone.now())


@register.simple_tag
def time_left(due_at: datetime | None, now: datetime | None = None, sent_at: datetime | None = None) -> str:
    """`◔ 1 h 20 min left` as a <time>; shape and word change as the due draws near and passes."""
    if due_at is None:
        return ""
    moment = now or timezone.now()
    urgency = formats.urgency(due_at, moment, sent_at)
    shape = {"late": "●", "soon": "◑"}.get(urgency, "◔")
    return format_html(
        '<time class="clock clock-{}" datetime="{}" title="{}"><span aria-hidden="true">{}</span> {}</time>',
        urgency or "calm",
        due_at.isoformat(),
        f"{timezone.localtime(due_at):%Y-%m-%d %H:%M}",
        shape,
        formats.time_left(due_at, moment),
    )


@register.simple_tag
def stage_badge(stage: str) -> SafeString:
    """A stage as shape and word in its ink."""
    return badge(words.STAGES[stage])


@register.simple_tag
def flag_badge(flag: str) -> SafeString:
    """A flag beside a stage."""
    return badge(words.FLAGS[flag])


def badge(mark: Mark) -> SafeString:
    """A mark's shape and word in its ink."""
    return format_html(
        '<span class="badge {}"><span class="badge-shape" aria-hidden="true">{}</span>{}</span>',
        mark.ink,
        mark.shape,
        mark.word,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """A stroke icon; always beside a word, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.filter
def as_day(moment: Any) -> str:
    """2026-11-22 in both languages."""
    return f"{moment:%Y-%m-%d}" if moment else formats.NOTHING
