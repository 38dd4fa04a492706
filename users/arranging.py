"""Arranging when teams work: calendars, and which team uses which. Dues that are set stay as they are."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit import log
from users.models import BusinessCalendar, Team, User
from users.roles import LEADS, Role

PARTS = ("name", "time_zone", "weekdays", "hours", "holidays_country", "closed_days", "open_days")
YEAR = 366
LEAST = timedelta(hours=160)


class CalendarRefused(Exception):
    """A calendar that cannot be so; the text says why."""


def drawn(calendar: BusinessCalendar, told: Mapping[str, Any], *, today: date) -> BusinessCalendar:
    """The calendar as it would be with what is told, checked and not stored. Raises CalendarRefused."""
    for name in PARTS:
        if name in told:
            setattr(calendar, name, told[name])
    calendar.name = calendar.name.strip()
    if not calendar.name:
        raise CalendarRefused(_("Please name the calendar."))
    if BusinessCalendar.objects.filter(name=calendar.name).exclude(pk=calendar.pk).exists():
        raise CalendarRefused(_("There is already a calendar of this name."))
    try:
        calendar.clean()
    except ValidationError as error:
        raise CalendarRefused(" ".join(error.messages)) from error
    _require_open(calendar, today)
    return calendar


def _require_open(calendar: BusinessCalendar, today: date) -> None:
    """The longest promise must fit into any year, or a due could not be set."""
    rule, year = calendar.as_rule(), (today + timedelta(days=n) for n in range(YEAR))
    worked = sum(((end - start) for day in year for start, end in rule.open_intervals(day)), timedelta(0))
    if not calendar.weekdays or worked < LEAST:
        raise CalendarRefused(_("Nobody would ever work, or hardly: please give weekdays and hours."))


@transaction.atomic
def create(*, by: User, now: datetime, **told: Any) -> BusinessCalendar:
    """A new calendar; what is not told is the usual. `told`: name, time_zone, weekdays, hours, holidays_country,
    closed_days, open_days, as the model keeps them."""
    _require_right(by)
    calendar = drawn(BusinessCalendar(), told, today=now.date())
    calendar.save(force_insert=True)
    log.record("calendars.create", calendar, by=by, at=now, detail=_kept(calendar))
    return calendar


@transaction.atomic
def change(calendar: BusinessCalendar, *, by: User, now: datetime, **told: Any) -> BusinessCalendar:
    """Changes a calendar for what is handed over from now on."""
    _require_right(by)
    calendar = BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)
    before = _kept(calendar)
    drawn(calendar, told, today=now.date()).save()
    after = _kept(calendar)
    changed = {name: [before[name], after[name]] for name in PARTS if before[name] != after[name]}
    log.record("calendars.change", calendar, by=by, at=now, detail=changed)
    return calendar


@transaction.atomic
def use(team: Team, *, by: User, now: datetime, calendar: BusinessCalendar | None) -> Team:
    """Lets a team work by a calendar; None: by the usual one."""
    _require_right(by)
    team = Team.objects.select_for_update(of=("self",)).get(pk=team.pk)
    detail = {"calendar": [team.calendar_id, calendar.pk if calendar else None]}
    team.calendar = calendar
    team.save(update_fields=["calendar"])
    log.record("calendars.use", team, by=by, at=now, detail=detail)
    return team


def may_arrange(by: User) -> bool:
    """Whether this user arranges calendars: whoever leads a side, or configures."""
    return Role(by.role) in LEADS


def _require_right(by: User) -> None:
    if not may_arrange(by):
        raise CalendarRefused(_("Marketing leads, sales managers and administrators arrange calendars."))


def _kept(calendar: BusinessCalendar) -> dict[str, Any]:
    return {name: getattr(calendar, name) for name in PARTS}
