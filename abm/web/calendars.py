"""Settings, calendars: when does each team work, and when would an answer be due by that?"""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from funnel import policies
from users import arranging
from users.arranging import CalendarRefused
from users.models import BusinessCalendar, Team, User

LISTED = r"[\s,、]+"


class Listed(forms.CharField):
    """Words parted by spaces, commas or lines."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [word for word in re.split(LISTED, super().clean(value)) if word]


class Hours(Listed):
    """Working hours as 09:00-12:00."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join("-".join(pair) for pair in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [re.split("[-–〜~]", word) for word in super().clean(value)]


class CalendarForm(forms.Form):
    """A calendar's days and hours."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"), coerce=int, choices=list(WEEKDAYS.items()), widget=forms.CheckboxSelectMultiple
    )
    hours = Hours(label=gettext_lazy("Working hours"), help_text=gettext_lazy("One span per line, as in 09:00-12:00."))
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=40)
    holidays_country = forms.CharField(
        label=gettext_lazy("Public holidays of"),
        max_length=2,
        required=False,
        help_text=gettext_lazy("Two letters, as in JP; empty: public holidays are worked."),
    )
    closed_days = Listed(
        label=gettext_lazy("Further days off"),
        required=False,
        help_text=gettext_lazy("One per line: 2026-12-29, or 12-29 for every year."),
    )
    open_days = Listed(
        label=gettext_lazy("Worked although off otherwise"),
        required=False,
        help_text=gettext_lazy("One per line: 2026-12-26."),
    )


class UseForm(forms.Form):
    """Which calendar a team works by."""

    calendar = forms.ModelChoiceField(
        label=gettext_lazy("Calendar"),
        queryset=BusinessCalendar.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("the usual one"),
    )


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The calendars, and which team works by which."""
    may_change = arranging.may_arrange(request.user)
    context = {
        "calendars": list(BusinessCalendar.objects.order_by("name")),
        "teams": Team.objects.all() if may_change else [],
        "may_change": may_change,
    }
    return render(request, "settings/calendars.html", context)


def new(request: PageRequest) -> HttpResponse:
    """Draws up a calendar."""
    return _edit(request, BusinessCalendar(name=""))


def change(request: PageRequest, calendar_id: int) -> HttpResponse:
    """Changes a calendar."""
    return _edit(request, get_object_or_404(BusinessCalendar, pk=calendar_id))


def _edit(request: PageRequest, calendar: BusinessCalendar) -> HttpResponse:
    """The form; asked to, it first shows when an answer would be due."""
    if not arranging.may_arrange(request.user):
        raise PermissionDenied
    initial = {name: getattr(calendar, name) for name in arranging.PARTS}
    form, now = CalendarForm(request.POST or None, initial=initial), timezone.now()
    preview = None
    if form.is_valid():
        try:
            if "preview" not in request.POST:
                return _kept(request, calendar, form.cleaned_data, now)
            preview = policies.due_by(arranging.drawn(calendar, form.cleaned_data, today=now.date()), now)
        except CalendarRefused as why:
            form.add_error(None, str(why))
    context = {"form": form, "calendar": calendar, "preview": preview, "teams": _teams(calendar)}
    return render(request, "settings/calendar.html", context)


def _kept(request: PageRequest, calendar: BusinessCalendar, told: dict[str, Any], now: datetime) -> HttpResponse:
    by: User = request.user
    if calendar.pk:
        arranging.change(calendar, by=by, now=now, **told)
    else:
        calendar = arranging.create(by=by, now=now, **told)
    return done(
        request,
        _("%(name)s is kept. Dues that are set stay as they are.") % {"name": told["name"]},
        "settings_calendars",
    )


def _teams(calendar: BusinessCalendar) -> list[str]:
    return list(Team.objects.filter(calendar=calendar).values_list("name", flat=True)) if calendar.pk else []


@require_POST
def use(request: PageRequest, public_id: Any) -> HttpResponse:
    """Lets a team work by a calendar."""
    form = UseForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Please choose a calendar."), "settings_calendars")
    team = get_object_or_404(Team, public_id=public_id)
    try:
        arranging.use(team, by=request.user, now=timezone.now(), **form.cleaned_data)
    except CalendarRefused as why:
        return refused(request, why, "settings_calendars")
    return done(request, _("%(team)s works by it from now on.") % {"team": team}, "settings_calendars")
