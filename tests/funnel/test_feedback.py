"""Feedback: asked on the 30th, 60th and 90th day, told once by whom it is asked of, late until the next."""

from datetime import timedelta

import pytest

from audit import outbox
from audit.models import Entry, OutboxMessage
from funnel import deals, dispositions, feedback, leads, rerouting
from funnel.enums import Progress
from funnel.feedback import FeedbackRefused
from funnel.models import Feedback, Lead
from tests.funnel.people import MINUTE, NOW, accepted, waiting
from users.models import Notification, User

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TOLD = {"progress": Progress.MEETING_SET, "quality": 4}


def come_round(world, day: int, minutes: int = 0) -> int:
    """The job, so many days (and minutes) after the acceptance; how many it asked for."""
    return feedback.open_due(now=NOW + day * DAY + minutes * MINUTE, by=world.clock)["asked"]


def rows() -> list[object]:
    return [list(table.objects.order_by("pk").values()) for table in (Feedback, Entry, OutboxMessage, Notification)]


def test_it_is_asked_for_to_the_minute_and_once(world):
    lead = accepted(world)
    asked = [come_round(world, 30, -1), come_round(world, 30), come_round(world, 30), come_round(world, 59)]
    assert asked == [0, 1, 0, 0]
    found = Feedback.objects.get()
    assert (found.lead, found.user, found.team, found.step) == (lead, world.rep, world.rep.team, 30)
    assert (found.asked_at, found.closes_at) == (NOW + 30 * DAY, NOW + 60 * DAY)
    assert Entry.objects.filter(act="feedback.ask", object_id=found.pk).count() == 1


def test_all_three_steps_follow_each_other(world):
    accepted(world)
    assert [come_round(world, day) for day in (30, 60, 90, 119, 120)] == [1, 1, 1, 0, 0]
    assert list(Feedback.objects.values_list("step", flat=True)) == [30, 60, 90]


def test_after_a_stop_it_catches_up_with_the_original_moment_but_asks_for_nothing_that_is_over(world):
    accepted(world)
    assert come_round(world, 75) == 1
    assert list(Feedback.objects.values_list("step", "asked_at")) == [(60, NOW + 60 * DAY)]


def test_nobody_is_asked_about_what_was_not_accepted_or_found_by_sales(world):
    waiting(world)
    leads.self_source(account=world.account, by=world.rep, now=NOW, first_touch=NOW)
    assert come_round(world, 30) == 0


@pytest.mark.parametrize(("ended_on", "asked"), [(1, 1), (0, 0)])
def test_a_lead_that_ended_within_the_last_thirty_days_is_still_asked_about(world, ended_on, asked):
    lead = accepted(world)
    leads.recycle(lead, by=world.rep, now=NOW + ended_on * MINUTE, reason="TIMING", return_on=(NOW + 99 * DAY).date())
    assert (come_round(world, 30), come_round(world, 60)) == (asked, 0)


def test_a_withdrawn_or_reclaimed_lead_is_not_asked_about(world):
    lead, other = accepted(world), waiting_elsewhere(world)
    dispositions.merge_duplicate(lead, by=world.marketer, now=NOW, duplicate_of=other)
    assert come_round(world, 30) == 0


def waiting_elsewhere(world) -> Lead:
    return leads.create(account=world.account, by=world.marketer, now=NOW)


def test_who_has_the_lead_by_then_is_asked(world):
    lead = accepted(world)
    rerouting.reclaim(lead, by=world.manager, now=NOW + DAY, assignee=world.other_rep)
    assert come_round(world, 30) == 0, "nobody has taken it yet"
    leads.accept(lead, by=world.other_rep, now=NOW + 31 * DAY, next_action="call", next_action_on=NOW.date())
    assert come_round(world, 32) == 1
    assert Feedback.objects.get().user == world.other_rep


def test_nobody_who_has_left_is_asked(world):
    accepted(world)
    User.objects.filter(pk=world.rep.pk).update(is_active=False)
    assert come_round(world, 30) == 0


def test_a_deal_in_the_pipeline_is_asked_about(world):
    lead = accepted(world)
    deal = {"deal_id": "1", "amount": 1, "currency": "JPY", "close_on": NOW.date(), "source": world.source}
    deals.register(lead, by=world.rep, now=NOW, offering=world.offering, **deal)
    assert come_round(world, 30) == 1


def test_the_asked_person_is_told_with_what_happens_otherwise_unless_it_was_told_meanwhile(world):
    accepted(world)
    come_round(world, 30)
    outbox.deliver(now=NOW + 30 * DAY)
    notice = Notification.objects.get(user=world.rep, kind="feedback.due")
    asked = Feedback.objects.get()
    assert (notice.subject, notice.link) == (str(asked.public_id), f"feedback/{asked.public_id}/")
    assert "after that it counts" in notice.text
    come_round(world, 60)
    feedback.answer(Feedback.objects.get(step=60), by=world.rep, now=NOW + 60 * DAY, **TOLD)
    outbox.deliver(now=NOW + 60 * DAY)
    assert Notification.objects.filter(kind="feedback.due").count() == 1


@pytest.fixture
def asked(world) -> Feedback:
    accepted(world)
    come_round(world, 30)
    return Feedback.objects.get()


def test_it_is_told_with_three_fields_and_kept_in_the_trail(world, asked):
    at = NOW + 31 * DAY
    feedback.answer(asked, by=world.rep, now=at, note="訪問は12月", **TOLD)
    asked.refresh_from_db()
    assert (asked.answered_at, asked.progress, asked.quality, asked.note) == (at, "MEETING_SET", 4, "訪問は12月")
    entry = Entry.objects.get(act="feedback.answer")
    assert (entry.actor_id, entry.detail) == (world.rep.pk, {"step": 30, "progress": "MEETING_SET", "quality": 4})


def test_it_may_be_told_late_until_the_next_is_asked_for(world, asked):
    come_round(world, 60, -1)
    feedback.answer(asked, by=world.rep, now=asked.closes_at - MINUTE, **TOLD)
    assert Feedback.objects.answered().count() == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"by": "manager"}, "This feedback is asked of Rep."),
        ({"late": True}, "The time for this feedback has passed. Please answer the next one."),
        ({"progress": "FINE"}, "Please choose how it is going."),
        ({"progress": ""}, "Please choose how it is going."),
        ({"quality": 0}, "Please choose a quality from 1 to 5."),
        ({"quality": 6}, "Please choose a quality from 1 to 5."),
        ({"quality": None}, "Please choose a quality from 1 to 5."),
    ],
)
def test_what_cannot_be_taken_changes_nothing(world, asked, changes, why):
    told = TOLD | {name: value for name, value in changes.items() if name in TOLD}
    now = asked.closes_at if changes.get("late") else asked.asked_at
    before = rows()
    with pytest.raises(FeedbackRefused) as refused:
        feedback.answer(asked, by=world.users[changes.get("by", "rep")], now=now, **told)
    assert (str(refused.value), rows()) == (why, before)


def test_it_is_told_once(world, asked):
    feedback.answer(asked, by=world.rep, now=asked.asked_at, **TOLD)
    before = rows()
    with pytest.raises(FeedbackRefused, match="already been given"):
        feedback.answer(asked, by=world.rep, now=asked.asked_at, progress=Progress.WRONG_LEAD, quality=1)
    assert rows() == before


def test_many_are_asked_for_in_batches(world, monkeypatch):
    monkeypatch.setattr(feedback, "BATCH", 2)
    for number in range(5):
        lead = waiting_for(world, number)
        leads.accept(lead, by=world.rep, now=NOW, next_action="call", next_action_on=NOW.date())
    assert come_round(world, 30) == 5


def waiting_for(world, number: int) -> Lead:
    lead = leads.create(account=world.account, by=world.marketer, now=NOW, external_id=f"n{number}")
    leads.qualify(lead, by=world.clock, now=NOW, because={"E": 1}, rule_version=1)
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    return lead
