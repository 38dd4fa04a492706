"""The clock of somebody away: a due counts around absences known at hand-over; a later one gives the lead over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audit import outbox
from funnel import leads, overdue, questions, rerouting, standing_in
from funnel.enums import Outcome, Stage
from funnel.models import Handoff, Lead, LeadMove
from funnel.policies import Promises
from tests.funnel.people import DUE, MINUTE, NOW, World, lead_at, waiting
from users import absences
from users.models import Absence, Notification, User

DAY = timedelta(days=1)
WEDNESDAY, THURSDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27)
THURSDAY_BEGINS = datetime(2026, 11, 25, 15, tzinfo=UTC)


def away(user: User, first: date, last: date | None = None, *, now=NOW, deputy: User | None = None) -> Absence:
    return absences.arrange(user, by=user, now=now, first_on=first, last_on=last or first, deputy=deputy)


def due_of(lead: Lead) -> datetime:
    return lead.handoffs.latest("number").due_at


def run(world: World, now: datetime) -> int:
    return standing_in.stand_in(now=now, by=world.clock)["stood_in"]


# dues


def test_a_due_counts_around_the_absences_known_at_hand_over(world):
    away(world.rep, WEDNESDAY, THURSDAY)
    assert due_of(waiting(world)) == DUE + 4 * DAY  # Monday: Thursday's and Friday's share, and the weekend


def test_an_absence_noted_later_moves_no_due(world):
    lead = waiting(world)
    away(world.rep, WEDNESDAY, now=NOW + MINUTE)
    assert due_of(lead) == DUE


def test_anothers_absence_does_not_count(world):
    away(world.other_rep, WEDNESDAY)
    assert due_of(waiting(world)) == DUE


def test_the_first_touch_is_due_around_the_absences_known_at_acceptance(world):
    lead = waiting(world)
    before = Promises.load().first_touch_due(lead, world.rep, NOW)
    away(world.rep, WEDNESDAY)
    leads.accept(lead, by=world.rep, now=NOW, next_action="call", next_action_on=NOW.date())
    assert (before, lead.first_touch_due_at) == (NOW + 3 * DAY, NOW + 6 * DAY)


def test_a_question_gives_back_the_time_that_was_left_by_the_same_calendar(world):
    away(world.rep, WEDNESDAY)
    lead = waiting(world)
    assert due_of(lead) == DUE + DAY
    questions.ask(lead, by=world.rep, now=NOW, question="Which plant?")
    away(world.rep, THURSDAY, now=NOW + MINUTE)  # not known when it was handed over
    questions.answer(lead, by=world.marketer, now=NOW + timedelta(hours=2), answer="Ota")
    assert due_of(lead) == DUE + DAY + timedelta(hours=2)


# giving over


@pytest.fixture
def swallowed(world: World) -> Lead:
    """Due on Thursday morning; on Tuesday the rep notes to be away on Thursday and Friday, with a deputy."""
    lead = waiting(world)
    away(world.rep, THURSDAY, FRIDAY, now=NOW + MINUTE, deputy=world.other_rep)
    return lead


def test_until_the_absence_begins_the_lead_stays(world, swallowed):
    assert run(world, THURSDAY_BEGINS - MINUTE) == 0
    assert run(world, THURSDAY_BEGINS) == 1


def test_the_deputy_gets_it_for_the_cause_absence_with_a_fresh_due(world, swallowed):
    run(world, THURSDAY_BEGINS)
    lead = Lead.objects.get()
    fresh = Promises.load().answer_due(lead, world.other_rep, THURSDAY_BEGINS)
    first, second = Handoff.objects.order_by("number")
    assert (first.outcome, second.assignee, second.due_at) == (Outcome.REASSIGNED, world.other_rep, fresh)
    assert (lead.assignee, lead.due_at, lead.first_assignee) == (world.other_rep, fresh, world.rep)
    assert LeadMove.objects.filter(move="reassign").values_list("by", "data__cause").get() == (
        world.clock.pk, "ABSENCE",
    )  # fmt: skip


def test_both_are_told(world, swallowed):
    run(world, THURSDAY_BEGINS)
    outbox.deliver(now=THURSDAY_BEGINS)
    told = Notification.objects.filter(key__endswith=":3").values_list("user__username", "text")
    assert {user: text.split(" ", 1)[1][:9] for user, text in told} == {"other_rep": "waits for", "rep": "no longer"}


def test_running_again_or_late_gives_the_same(world, swallowed):
    assert run(world, THURSDAY_BEGINS + timedelta(hours=5)) == 1
    assert run(world, THURSDAY_BEGINS + timedelta(hours=5)) == 0
    moved = LeadMove.objects.get(move="reassign")
    assert moved.at == THURSDAY_BEGINS


def test_a_job_that_was_down_for_days_gives_over_first_and_then_ignores_the_deputy(world, swallowed):
    overdue.come_round(now=NOW + 9 * DAY, by=world.clock)
    moves = LeadMove.objects.filter(seq__gt=2).order_by("seq").values_list("move", "at")
    assert list(moves) == [("reassign", THURSDAY_BEGINS), ("ignore", Handoff.objects.get(number=2).due_at)]


def test_noted_while_it_runs_it_counts_from_the_note(world):
    waiting(world)
    noted = THURSDAY_BEGINS + timedelta(hours=9)  # 9:00 on Thursday, an hour before the due
    away(world.rep, THURSDAY, now=noted, deputy=world.other_rep)
    run(world, noted + MINUTE)
    assert LeadMove.objects.get(move="reassign").at == noted


def test_what_is_overdue_already_stays_ignored(world):
    lead = waiting(world)
    away(world.rep, THURSDAY, now=DUE + MINUTE, deputy=world.other_rep)
    assert overdue.come_round(now=DUE + 2 * MINUTE, by=world.clock)["stood_in"] == 0
    assert Lead.objects.get(pk=lead.pk).stage == Stage.IGNORED


def test_what_falls_due_outside_of_it_stays(world):
    waiting(world)
    away(world.rep, WEDNESDAY, now=NOW + MINUTE, deputy=world.other_rep)
    away(world.rep, FRIDAY, now=NOW + MINUTE, deputy=world.other_rep)
    assert run(world, DUE) == 0


def test_a_cancelled_absence_gives_nothing_over(world, swallowed):
    absences.cancel(Absence.objects.get(), by=world.rep, now=NOW + 2 * MINUTE)
    assert run(world, THURSDAY_BEGINS) == 0


def test_while_a_question_is_open_it_stays(world, swallowed):
    questions.ask(swallowed, by=world.rep, now=NOW + 2 * MINUTE, question="Which plant?")
    assert run(world, THURSDAY_BEGINS) == 0


def test_without_a_deputy_the_manager_is_told_once(world):
    lead = waiting(world)
    User.objects.filter(pk=world.rep.pk).update(manager=world.manager)
    away(world.rep, THURSDAY, now=NOW + MINUTE)
    assert (run(world, THURSDAY_BEGINS), run(world, THURSDAY_BEGINS + MINUTE)) == (0, 0)
    told = Notification.objects.get()
    assert (told.user, told.text) == (world.manager, standing_in.UNCOVERED)
    assert told.params == {"name": "Rep", "day": "2026-11-26", "lead": str(lead), "due": "2026-11-26 10:00"}


def test_without_a_manager_the_teams_sales_managers_are_told(world):
    waiting(world)
    away(world.rep, THURSDAY, now=NOW + MINUTE)
    run(world, THURSDAY_BEGINS)
    assert Notification.objects.get().user == world.manager


def test_given_by_hand_to_somebody_away_it_goes_on_to_the_deputy(world):
    lead = waiting(world)
    away(world.other_rep, THURSDAY, deputy=world.manager)
    rerouting.reassign(lead, by=world.manager, now=NOW + MINUTE, assignee=world.other_rep, cause="WORKLOAD")
    run(world, THURSDAY_BEGINS)
    assert Lead.objects.get(pk=lead.pk).assignee == world.manager


def test_a_lead_not_handed_over_is_left_alone(world):
    lead_at(world, Stage.MQL)
    away(world.rep, THURSDAY, deputy=world.other_rep)
    assert run(world, THURSDAY_BEGINS) == 0
