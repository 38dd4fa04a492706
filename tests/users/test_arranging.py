"""Calendars are arranged by whoever leads a side; one that never opens is refused; every change is on record."""

from collections.abc import Callable

import pytest

from audit.models import Entry
from tests import make
from tests.make import NOW
from users import arranging
from users.arranging import CalendarRefused
from users.models import BusinessCalendar, Team, User
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make.user(Role.ADMIN)


def refused(text: str, act: Callable[..., object], *args: object, **told: object) -> None:
    """The act is refused with these words, and nothing has changed."""
    before = [list(model.objects.order_by("pk").values()) for model in (BusinessCalendar, Team, Entry)]
    with pytest.raises(CalendarRefused, match=text):
        act(*args, now=NOW, **told)
    assert [list(model.objects.order_by("pk").values()) for model in (BusinessCalendar, Team, Entry)] == before


def test_a_calendar_is_drawn_up_changed_and_used(admin):
    made = arranging.create(by=admin, now=NOW, name=" Osaka ", hours=[["10:00", "18:00"]])
    assert (made.name, made.weekdays, made.holidays_country) == ("Osaka", [0, 1, 2, 3, 4], "JP")
    arranging.change(made, by=admin, now=NOW, closed_days=["12-29"])
    team = arranging.use(make.team(), by=admin, now=NOW, calendar=made)
    assert Team.objects.get(pk=team.pk).calendar.closed_days == ["12-29"]
    acts = Entry.objects.filter(act__startswith="calendars.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["calendars.create", "calendars.change", "calendars.use"]
    assert Entry.objects.get(act="calendars.change").detail == {"closed_days": [[], ["12-29"]]}


def test_a_team_goes_back_to_the_usual_one(admin):
    team = make.team()
    arranging.use(team, by=admin, now=NOW, calendar=None)
    assert Team.objects.get(pk=team.pk).calendar is None


@pytest.mark.parametrize("role", [Role.MARKETER, Role.REP, Role.PARTNER, Role.ANALYST])
def test_nobody_else_arranges_them(role):
    by, standard, team = make.user(role), BusinessCalendar.objects.get(), make.team()
    refused("arrange calendars", arranging.create, by=by, name="Osaka")
    refused("arrange calendars", arranging.change, standard, by=by, closed_days=["12-29"])
    refused("arrange calendars", arranging.use, team, by=by, calendar=None)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"name": " "}, "name the calendar"),
        ({"name": "Standard"}, "of this name"),
        ({"weekdays": []}, "nobody ever works"),
        ({"weekdays": [], "open_days": ["2026-12-01"]}, "Nobody would ever work"),
        ({"hours": [["09:00", "09:01"]]}, "Nobody would ever work"),
        ({"weekdays": [0], "closed_days": [f"{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 30)]}, "hardly"),
        ({"hours": [["18:00", "09:00"]]}, "cannot be read"),
        ({"hours": [["9"]]}, "cannot be read"),
        ({"time_zone": "Asia/Edo"}, "cannot be read"),
        ({"holidays_country": "XX"}, "cannot be read"),
        ({"closed_days": ["2026-02-30"]}, "cannot be read"),
        ({"open_days": ["12-29"]}, "cannot be read"),
    ],
)
def test_a_calendar_that_never_opens_or_cannot_be_read_is_refused(admin, told, text):
    refused(text, arranging.create, by=admin, **{"name": "Osaka"} | told)
