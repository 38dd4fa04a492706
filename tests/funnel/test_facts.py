"""The facts gathered from stored rows, as pages and the API ask for them."""

from datetime import timedelta

from funnel import facts, invariants, leads
from funnel.enums import Disposition, MoveName, Stage
from funnel.history import PastMove, import_history
from funnel.models import Lead
from funnel.replay import State
from funnel.story import state_of
from tests.funnel.people import DUE, MINUTE, NOW, World, accepted, lead_at, touch, waiting
from users.models import User


def gathered(lead: Lead, by: User, now=NOW, **more) -> facts.Facts:
    return facts.gather(lead, state_of(lead), by=by, now=now, **more)


def names(lead: Lead, by: User, now=NOW) -> list[MoveName]:
    return [move.name for move, obstacle in facts.options_for(lead, by=by, now=now) if not obstacle]


def asked(world: World) -> Lead:
    """Handed over, and asked back an hour later."""
    lead = lead_at(world, Stage.NURTURE)
    past = [
        PastMove(move=MoveName.QUALIFY, at=NOW, by=world.clock),
        PastMove(move=MoveName.HAND_OVER, at=NOW, by=world.marketer, assignee=world.rep),
        PastMove(move=MoveName.ASK, at=NOW + 60 * MINUTE, by=world.rep, note="which plant?"),
    ]
    return import_history(lead, past, by=world.admin, now=DUE + timedelta(days=9))


def test_of_a_lead_that_waits(world):
    lead = waiting(world)
    known = gathered(lead, world.rep)
    assert (known.stage, known.has_handoff, known.open_handoff, known.due_at) == (Stage.MQL, True, True, DUE)
    assert known.is_assignee
    assert not gathered(lead, world.other_rep).is_assignee


def test_the_same_lead_offers_each_role_its_moves(world):
    lead = waiting(world)
    assert names(lead, world.rep) == [MoveName.ASK, MoveName.ACCEPT, MoveName.REJECT]
    assert names(lead, world.other_rep) == [MoveName.ASK]
    assert names(lead, world.manager) == [MoveName.ACCEPT, MoveName.REJECT, MoveName.REASSIGN]
    assert names(lead, world.marketer) == [MoveName.RECALL, MoveName.MERGE_DUPLICATE]
    assert names(lead, world.partner) == []
    assert names(lead, world.analyst) == []


def test_what_is_stopped_says_by_what(world):
    lead = waiting(world)
    stopped = {move.name: code for move, code in facts.options_for(lead, by=world.other_rep, now=NOW) if code}
    assert stopped == {
        MoveName.ACCEPT: "assignee_or_manager",
        MoveName.REJECT: "assignee_or_manager",
        MoveName.UNDO: "still_held",
    }


def test_of_a_lead_in_nurture(world):
    lead = lead_at(world, Stage.NURTURE)
    assert (gathered(lead, world.marketer).on_active_list, gathered(lead, world.marketer).touches) == (True, 0)
    touch(world)
    assert gathered(lead, world.marketer).touches == 1


def test_of_an_accepted_lead(world):
    lead = accepted(world)
    assert gathered(lead, world.rep).two_way_touches == 0
    touch(world, two_way=True)
    assert gathered(lead, world.rep).two_way_touches == 1


def test_of_a_ghost(world):
    lead = accepted(world)
    lead.ghost_at = NOW
    assert gathered(lead, world.clock).is_ghost


def test_of_a_rejected_lead(world):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="WRONG_OWNER")
    assert gathered(lead, world.marketer).disposition is Disposition.REQUEUE


def test_an_ignored_lead_may_be_given_up_after_twenty_business_days(world):
    lead = waiting(world)
    leads.ignore(lead, by=world.clock, now=DUE + MINUTE)
    give_up_at = gathered(lead, world.clock).give_up_at
    assert give_up_at == DUE + timedelta(days=28)  # Thursday 24 December: twenty working days, no holiday among them
    assert MoveName.GIVE_UP not in names(lead, world.clock, give_up_at)
    assert MoveName.GIVE_UP in names(lead, world.clock, give_up_at + MINUTE)


def test_an_open_question_stops_the_clock_and_has_a_limit(world):
    lead = asked(world)
    known = gathered(lead, world.clock, now=DUE + timedelta(days=9))
    assert (lead.stage, known.question_open) == (Stage.MQL, True)
    assert known.answer_limit_at == NOW + timedelta(days=1, hours=1)
    assert names(lead, world.clock, DUE + timedelta(days=9)) == [
        MoveName.ANSWER,
        MoveName.REASSIGN,
        MoveName.MERGE_DUPLICATE,
    ]


def test_an_answer_while_the_clock_is_stopped_is_in_time(world):
    lead = asked(world)
    limit = NOW + timedelta(days=1, hours=1)
    leads.accept(lead, by=world.rep, now=limit, next_action="call", next_action_on=DUE.date())
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.first_outcome, lead.ignored_at) == ("ACCEPTED", None)
    assert lead.due_at == DUE + timedelta(days=1)  # 15 business hours were left when he asked
    assert list(invariants.check(now=lead.due_at + MINUTE)) == []


def test_a_second_person_brings_a_role(world):
    lead = waiting(world)
    assert gathered(lead, world.marketer, second=world.manager).second_role == "SALES_MANAGER"


def test_a_lead_without_moves_is_in_its_first_state(world):
    assert state_of(lead_at(world, Stage.NURTURE)) == State()
