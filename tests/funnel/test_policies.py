"""Which promise counts: the most precise in force, and of these the newest."""

from datetime import timedelta

import pgtrigger
import pytest

from funnel.models import Lead
from funnel.policies import Promises
from funnel.terms import Policy
from tests.funnel.people import DUE, NOW, World
from users.calendars import BusinessCalendar
from users.models import Team


def hours(lead: Lead, team: Team | None, at=NOW) -> int:
    return Promises.load().policy(lead, team.pk if team else None, at).answer_hours


def draft(world: World, **changes) -> Lead:
    return Lead(account=world.account, tier="1:1", source=world.source, **changes)


def promise(hours: int, **changes) -> Policy:
    return Policy.objects.create(answer_hours=hours, **{"active_from": NOW} | changes)


def test_sixteen_hours_for_all_at_first(world):
    assert hours(draft(world), world.rep.team) == 16


def test_the_more_precise_counts(world):
    lead, agency = draft(world), world.partner.team
    promise(12, tier="1:1")
    assert hours(lead, agency) == 12
    promise(10, source=world.source)
    assert hours(lead, agency) == 10
    promise(8, partner=agency)
    assert hours(lead, agency) == 8
    assert hours(lead, world.rep.team) == 10


def test_of_two_alike_the_newer_counts_from_its_day(world):
    promise(12, version=2, active_from=NOW - timedelta(days=2))
    promise(10, version=3, active_from=NOW + timedelta(days=1))
    assert hours(draft(world), None) == 12
    assert hours(draft(world), None, NOW + timedelta(days=1)) == 10


@pytest.mark.parametrize("other", [{"tier": "1:few"}, {"partner": True}])
def test_anothers_promise_does_not_count(world, other):
    promise(1, **{key: world.partner.team if value is True else value for key, value in other.items()})
    assert hours(draft(world), world.rep.team) == 16


def test_without_any_policy_the_usual_hours_are_kept(world):
    with pgtrigger.ignore("funnel.Policy:signed"):
        Policy.objects.all().delete()
    assert Promises.load().answer_due(draft(world), world.rep, NOW) == DUE


def test_a_team_without_a_calendar_works_by_the_usual_one(world):
    assert Promises.load().calendar(None) == BusinessCalendar()
    assert Promises.load().calendar(Team(name="new")) == BusinessCalendar()
