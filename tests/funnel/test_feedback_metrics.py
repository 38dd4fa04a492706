"""Response rates: per rep, team, partner and step; every number opens its rows; each sees its own."""

from datetime import date, timedelta

import pytest

from funnel import metrics
from funnel.enums import Stage
from funnel.models import Feedback
from tests.funnel.people import NOW, World, lead_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TOLD = {"progress": "IN_CONTACT", "quality": 4}


def ask(world: World, who: str, step: int, *, told: bool, **more) -> Feedback:
    user, lead = world.users[who], lead_at(world, Stage.NURTURE, department=None, offering=None)
    lead.assignee, lead.team = user, user.team
    lead.save()
    answer = {"answered_at": NOW + DAY, **TOLD, **more} if told else {}
    when = {"asked_at": NOW, "closes_at": NOW + 30 * DAY}
    return Feedback.objects.create(
        lead=lead, account=lead.account, user=user, team=user.team, step=step, **when, **answer
    )


@pytest.fixture
def book(world) -> World:
    """The rep told 2 of 3, the other rep 0 of 1, the partner 1 of 2."""
    ask(world, "rep", 30, told=True), ask(world, "rep", 60, told=True, quality=2, progress="NO_CONTACT")
    ask(world, "rep", 60, told=False), ask(world, "other_rep", 30, told=False)
    ask(world, "partner", 30, told=True, quality=5), ask(world, "partner", 90, told=False)
    return world


def shares(*by: str, key: str = "feedback_response_rate", viewer=None, as_of=NOW + 2 * DAY, **terms):
    rows = metrics.evaluate([key], by=by, as_of=as_of, viewer=viewer, **terms)
    return {" ".join(row.labels.values()): (row.numerator, row.denominator) for row in rows}


def test_told_of_asked_by_rep_team_partner_and_step(book):
    assert shares() == {"": (3, 6)}
    assert shares("assignee") == {"Rep": (2, 3), "Other_Rep": (0, 1), "Partner": (1, 2)}
    assert shares("team") == {"Sales 1": (2, 4), "Agency": (1, 2)}
    assert shares("partner") == {"Agency": (1, 2), "(not known)": (2, 4)}
    assert shares("step") == {"30 days": (2, 3), "60 days": (1, 2), "90 days": (0, 1)}


def test_what_was_told_later_is_not_told_yet(book):
    assert shares(as_of=NOW) == {"": (0, 6)}
    [silent] = metrics.evaluate(["feedback_silent"], as_of=NOW + 2 * DAY)
    assert silent.value == 3


def test_good_and_useless_are_among_the_told(book):
    assert shares(key="feedback_good_rate") == {"": (2, 3)}
    assert shares(key="feedback_no_use_rate") == {"": (1, 3)}


def test_a_period_is_by_the_day_it_was_asked_for(book):
    assert shares(date_from=date(2026, 11, 25)) == {"": (0, 0)}
    assert shares(date_from=date(2026, 11, 24), date_to=date(2026, 11, 24)) == {"": (3, 6)}


ASKED = {"partner": 2, "other_rep": 4, "marketer": 6, "analyst": 6, "manager": 6}


@pytest.mark.parametrize("who", ASKED)
def test_each_counts_what_it_may_see(book, who):
    book.account.owner = None
    book.account.save()
    [counted] = shares(viewer=book.users[who]).values()
    assert counted == (ASKED[who] // 2, ASKED[who])


def test_every_number_opens_its_rows(book):
    for row in metrics.evaluate(["feedback_response_rate"], by=["team", "step"], as_of=NOW + 2 * DAY):
        for part, count in (("numerator", row.numerator), ("denominator", row.denominator)):
            found = metrics.rows("feedback_response_rate", part, as_of=NOW + 2 * DAY, filters=row.slice)
            assert found.count() == count
