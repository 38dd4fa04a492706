"""An answer just given on a page is taken back as if it had never been, while nobody has been told."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from audit import doors, outbox
from audit.enums import Door
from audit.models import Entry, OutboxMessage
from funnel import follow_up, invariants, leads, overdue, questions, rerouting
from funnel.cohorts import LEADS
from funnel.enums import Outcome, Stage
from funnel.guards import UNDO_WITHIN
from funnel.measures import Terms
from funnel.models import Handoff, Lead, LeadMove
from funnel.story import columns_of, state_of
from funnel.undo import undo
from tests.funnel import people
from tests.funnel.people import DUE, MINUTE, NOW, World, waiting
from users.models import Notification

SECOND = timedelta(seconds=1)
NEXT = {"next_action": "call", "next_action_on": DUE.date()}


@pytest.fixture(autouse=True)
def on_a_page() -> Iterator[None]:
    with doors.through(Door.PAGE):
        yield


def accept(lead, by, now):
    leads.accept(lead, by=by, now=now, **NEXT)


def reject(lead, by, now):
    leads.reject(lead, by=by, now=now, reason="TIMING", note="next year")


def ask(lead, by, now):
    questions.ask(lead, by=by, now=now, question="Which plant?")


every_answer = pytest.mark.parametrize("answer", [accept, reject, ask])
Answer = Callable[..., None]


def rows_of(lead: Lead) -> tuple[dict, list]:
    """The lead's row without the number of its moves, and its handoffs."""
    row = Lead.objects.filter(pk=lead.pk).values().get()
    return {name: value for name, value in row.items() if name != "seq"}, list(lead.handoffs.values())


def counted(now) -> dict[str, int]:
    keys = ("matured", "accepted_in_time", "rejected_in_time", "ignored")
    return {key: LEADS.rows(key, Terms(as_of=now), None).count() for key in keys}


def is_its_replay(lead: Lead) -> bool:
    stored, told = Lead.objects.get(pk=lead.pk), columns_of(state_of(lead))
    return {name: getattr(stored, name) for name in told} == told


@every_answer
def test_everything_is_as_before_but_the_story(world, answer: Answer):
    lead = waiting(world)
    before = rows_of(lead)
    answer(lead, world.rep, NOW + SECOND)
    assert rows_of(lead) != before
    move = undo(lead, by=world.rep, now=NOW + 2 * SECOND)
    assert rows_of(lead) == before
    assert is_its_replay(lead)
    assert move.data == {"undone": answer.__name__}
    assert list(lead.moves.values_list("move", flat=True))[-2:] == [answer.__name__, "undo"]
    assert list(invariants.check(now=NOW + 3 * SECOND)) == []


@every_answer
def test_nobody_ever_hears_of_it(world, answer: Answer):
    lead = waiting(world)
    outbox.deliver(now=NOW)
    told = Notification.objects.count(), OutboxMessage.objects.count()
    answer(lead, world.rep, NOW + SECOND)
    undo(lead, by=world.rep, now=NOW + 2 * SECOND)
    outbox.deliver(now=NOW + MINUTE)
    assert (Notification.objects.count(), OutboxMessage.objects.count()) == told
    acts = Entry.objects.filter(object_id=lead.pk, actor_id=world.rep.pk).order_by("pk").values_list("act", flat=True)
    assert list(acts) == [f"leads.{answer.__name__}", "leads.undo"]


@every_answer
def test_a_late_answer_undone_stays_ignored(world, answer: Answer, refused):
    lead, late = waiting(world), DUE + MINUTE
    overdue.ignore_overdue(now=late, by=world.clock)
    before = rows_of(lead)
    if answer is ask:
        with refused("stage"):
            ask(lead, world.rep, late)
        return
    answer(lead, world.rep, late)
    undo(lead, by=world.rep, now=late + SECOND)
    assert rows_of(lead) == before
    assert Lead.objects.get().stage == Stage.IGNORED
    assert Handoff.objects.get().outcome == Outcome.IGNORED


@pytest.mark.parametrize("answer", [accept, reject])
def test_the_ignore_a_late_answer_wrote_down_outlives_its_undo(world, answer: Answer):
    lead, late = waiting(world), DUE + MINUTE
    answer(lead, world.rep, late)
    undo(lead, by=world.rep, now=late + SECOND)
    lead.refresh_from_db()
    assert (lead.stage, lead.ignored_at, lead.first_outcome) == (Stage.IGNORED, DUE, Outcome.IGNORED)
    assert counted(late + SECOND) == {"matured": 1, "accepted_in_time": 0, "rejected_in_time": 0, "ignored": 1}


@pytest.mark.parametrize("answer", [accept, reject])
def test_an_open_question_is_open_again_and_the_due_has_not_moved(world, answer: Answer):
    lead = waiting(world)
    ask(lead, world.rep, NOW)
    before = rows_of(lead)
    answer(lead, world.rep, NOW + timedelta(hours=3))
    assert Handoff.objects.get().due_at > DUE
    undo(lead, by=world.rep, now=NOW + timedelta(hours=3) + SECOND)
    assert rows_of(lead) == before
    assert Handoff.objects.get().due_at == DUE


@pytest.mark.parametrize("answer", [accept, reject])
def test_a_due_that_passes_meanwhile_is_met_by_the_clock(world, answer: Answer):
    lead = waiting(world)
    answer(lead, world.rep, DUE - SECOND)
    undo(lead, by=world.rep, now=DUE + 2 * SECOND)
    assert Lead.objects.get().stage == Stage.MQL
    assert overdue.ignore_overdue(now=DUE + 3 * SECOND, by=world.clock)["ignored"] == 1
    lead.refresh_from_db()
    assert (lead.stage, lead.ignored_at, lead.accepted_at, lead.rejected_at) == (Stage.IGNORED, DUE, None, None)
    accept(lead, world.rep, DUE + MINUTE)
    assert counted(DUE + MINUTE) == {"matured": 1, "accepted_in_time": 0, "rejected_in_time": 0, "ignored": 1}
    assert list(invariants.check(now=DUE + MINUTE)) == []


def test_what_is_answered_after_an_undo_counts(world):
    lead = waiting(world)
    accept(lead, world.rep, NOW)
    undo(lead, by=world.rep, now=NOW + SECOND)
    reject(lead, world.rep, NOW + 2 * SECOND)
    assert counted(DUE + MINUTE) == {"matured": 1, "accepted_in_time": 0, "rejected_in_time": 1, "ignored": 0}
    assert (Lead.objects.get().next_action, Lead.objects.get().first_touch_due_at) == ("", None)


def test_a_touch_noted_meanwhile_is_forgotten(world):
    lead = waiting(world)
    before = rows_of(lead)
    accept(lead, world.rep, NOW)
    people.touch(world, two_way=True, at=NOW + SECOND)
    world.account.touches.update(user=world.rep)
    assert follow_up.note_first_touches(now=NOW + 2 * SECOND) == 1
    undo(lead, by=world.rep, now=NOW + 3 * SECOND)
    assert rows_of(lead) == before


@every_answer
def test_after_ten_seconds_it_is_told_and_cannot_be_undone(world, answer: Answer, refused):
    lead = waiting(world)
    outbox.deliver(now=NOW)
    answer(lead, world.rep, NOW)
    assert outbox.deliver(now=NOW + UNDO_WITHIN - SECOND) == {"delivered": 0, "failed": 0}
    with refused("still_held"):
        undo(lead, by=world.rep, now=NOW + UNDO_WITHIN)
    assert outbox.deliver(now=NOW + UNDO_WITHIN) == {"delivered": 1, "failed": 0}
    with refused("still_held"):
        undo(lead, by=world.rep, now=NOW + UNDO_WITHIN + SECOND)


def test_what_was_tried_to_be_told_is_not_taken_back(world, refused):
    lead = waiting(world)
    accept(lead, world.rep, NOW)
    OutboxMessage.objects.filter(topic="lead.accepted").update(attempts=1, available_at=NOW + MINUTE)
    with refused("still_held"):
        undo(lead, by=world.rep, now=NOW + SECOND)


@pytest.mark.parametrize("door", [Door.API, Door.TASK, Door.COMMAND])
def test_other_doors_tell_at_once(world, door, refused):
    lead = waiting(world)
    with doors.through(door):
        accept(lead, world.rep, NOW)
    with refused("still_held"):
        undo(lead, by=world.rep, now=NOW)
    assert OutboxMessage.objects.get(topic="lead.accepted").available_at == NOW


@pytest.mark.parametrize("who", ["other_rep", "manager"])
def test_only_who_answered_undoes(world, who, refused):
    lead = waiting(world)
    accept(lead, world.rep, NOW)
    with refused("own_answer") as caught:
        undo(lead, by=world.users[who], now=NOW + SECOND)
    assert str(caught.value) == "Only who answered can undo the answer."


@pytest.mark.parametrize(("who", "code"), [("marketer", "role"), ("clock", "role"), ("partner", "partner_own_leads")])
def test_who_answers_nothing_undoes_nothing(world, who, code, refused):
    lead = waiting(world)
    accept(lead, world.rep, NOW)
    with refused(code):
        undo(lead, by=world.users[who], now=NOW + SECOND)


def test_a_manager_and_a_partner_undo_their_own(world):
    lead = waiting(world, "partner")
    accept(lead, world.manager, NOW)
    undo(lead, by=world.manager, now=NOW + SECOND)
    reject(lead, world.partner, NOW + 2 * SECOND)
    undo(lead, by=world.partner, now=NOW + 3 * SECOND)
    assert Lead.objects.get().stage == Stage.MQL


def test_once_more_has_happened_it_is_told_in_its_turn(world, refused):
    lead = waiting(world)
    outbox.deliver(now=NOW)
    accept(lead, world.rep, NOW)
    rerouting.reclaim(lead, by=world.manager, now=NOW + SECOND, assignee=world.other_rep)
    with refused("still_held"):
        undo(lead, by=world.rep, now=NOW + 2 * SECOND)
    outbox.deliver(now=NOW + 2 * SECOND)
    sent = OutboxMessage.objects.exclude(delivered_at=None).order_by("available_at", "id")
    assert list(sent.values_list("topic", flat=True))[-2:] == ["lead.accepted", "lead.handed_over"]


def test_it_cannot_be_undone_twice(world, refused):
    lead = waiting(world)
    accept(lead, world.rep, NOW)
    undo(lead, by=world.rep, now=NOW + SECOND)
    with refused("still_held"):
        undo(lead, by=world.rep, now=NOW + 2 * SECOND)
    assert LeadMove.objects.filter(move="undo").count() == 1


def test_a_lead_nobody_answered_has_nothing_to_undo(world: World, refused):
    lead = waiting(world)
    with refused("still_held"):
        undo(lead, by=world.rep, now=NOW + SECOND)
