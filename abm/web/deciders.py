"""Choosing who answers a lead: whoever is away today is named so, with the deputy who stands in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.utils.translation import gettext as _

from funnel import workload
from users.models import User


class DeciderField(forms.ModelChoiceField):
    """Everybody who can take a lead; set `queryset` to leave some out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)

    @cached_property
    def away(self) -> Mapping[int, User | None]:
        """Who is away, and who stands in."""
        return workload.who_is_away(now=now())

    def label_from_instance(self, obj: User) -> str:
        return in_words(obj, self.away)


def in_words(user: User, away: Mapping[int, User | None]) -> str:
    """A name as a choice, with the team and whether somebody stands in."""
    known = f"{user} · {user.team}" if user.team else str(user)
    return f"{known} ({_standing(away[user.pk])})" if user.pk in away else known


def warning(user: User, at: datetime) -> str:
    """What to know after a lead went to somebody who is away; empty where the assignee is there."""
    away = workload.who_is_away(now=at)
    if user.pk not in away:
        return ""
    return f"{user}: {_standing(away[user.pk])}."


def _standing(deputy: User | None) -> str:
    return _("away, deputy %(name)s") % {"name": deputy} if deputy else _("away, without a deputy")
