"""Who answers how: whom a viewer may see, who is ranked, and that both sides are held to their clocks."""

from datetime import timedelta

import pytest

from funnel import behaviour
from funnel.history import Trip, import_many
from funnel.models import Lead
from tests import make
from tests.funnel.people import DUE, NOW
from tests.funnel.test_history import draft, past
from users.roles import Role

HOUR = timedelta(hours=1)
LATER = DUE + timedelta(days=20)


def deliver(world, to, accepted, ignored=0):
    steps = [("qualify", NOW), ("hand_over", NOW, {"assignee": to})]
    trips = [Trip(draft(world), past(world, *steps, ("accept", NOW + HOUR))) for _ in range(accepted)]
    trips += [Trip(draft(world), past(world, *steps)) for _ in range(ignored)]
    import_many(trips, by=world.admin, now=LATER)


def read(world, by="assignee", viewer=None, **terms):
    return behaviour.read(by, viewer=viewer or world.manager, as_of=LATER, **terms)


def names(lines):
    return [line.label for line in lines]


def test_enough_deliveries_are_ranked_few_stand_apart(world):
    deliver(world, world.rep, accepted=10, ignored=10)
    deliver(world, world.other_rep, accepted=19)
    found = read(world)
    assert (names(found.ranked), names(found.few)) == (["Rep"], ["Other_Rep"])
    assert [line.standing.place for line in (*found.ranked, *found.few)] == [1, None]


def test_a_rate_is_drawn_to_the_teams(world):
    deliver(world, world.rep, accepted=20)
    deliver(world, world.other_rep, accepted=0, ignored=20)
    rates = {line.label: line.standing.rate for line in read(world).ranked}
    assert rates == {"Rep": pytest.approx((20 + 10) / 40), "Other_Rep": pytest.approx(10 / 40)}


def test_teams_and_partners_are_told_apart_too(world):
    deliver(world, world.rep, accepted=1)
    deliver(world, world.partner, accepted=0, ignored=1)
    assert names(read(world, "team").few) == ["Agency", "Sales 1"]
    assert names(read(world, "partner").few) == ["Agency"]


def test_a_rep_sees_the_own_line_and_the_teams_mean(world):
    deliver(world, world.rep, accepted=1)
    deliver(world, world.other_rep, accepted=0, ignored=3)
    found = read(world, "team", viewer=world.rep)
    assert (names(found.ranked), names(found.few)) == ([], ["Rep"])
    mean = found.mean["handoff_sal_rate"]
    assert (mean.numerator, mean.denominator) == (1, 4)
    assert found.few[0].standing.rate == pytest.approx((1 + 20 * 0.25) / 21)
    assert found.marketing == {}


def test_a_partner_sees_the_own_only(world):
    colleague = make.user(Role.PARTNER, "colleague", team=world.partner.team)
    deliver(world, world.partner, accepted=1)
    deliver(world, colleague, accepted=1)
    found = read(world, viewer=world.partner)
    assert (names(found.few), found.mean, found.marketing) == (["Partner"], {}, {})
    assert found.few[0].rows["handoff_sal_rate"].denominator == 1


def test_what_is_open_now_stands_beside_the_period(world):
    deliver(world, world.rep, accepted=0, ignored=2)
    [line] = read(world).few
    assert line.rows["handoffs_overdue"].value == 2


def test_marketings_breaches_stand_on_the_same_page(world):
    deliver(world, world.rep, accepted=3)
    Lead.objects.filter(pk=Lead.objects.first().pk).update(routing_due_at=NOW - HOUR)
    row = read(world).marketing["routing_breach_rate"]
    assert (row.numerator, row.denominator) == (1, 3)
    assert set(read(world).marketing) == set(behaviour.MARKETING)


def test_an_unrouted_lead_is_marketings_breach_once_its_time_has_passed(world):
    import_many([Trip(draft(world), past(world, ("qualify", NOW)))], by=world.admin, now=LATER)
    due = Lead.objects.get().routing_due_at
    assert due == NOW + 5 * HOUR

    def counted(at):
        row = behaviour.read("team", viewer=world.manager, as_of=at).marketing["routing_breach_rate"]
        return row.numerator, row.denominator

    assert (counted(due - HOUR), counted(due + HOUR)) == ((0, 0), (1, 1))


@pytest.mark.parametrize("by", list(behaviour.GROUPS))
def test_nothing_delivered_is_nothing_told(world, by):
    found = read(world, by)
    assert (found.ranked, found.few) == ([], [])
