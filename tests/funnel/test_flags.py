"""What is shown beside a stage. Handed over on Tuesday 10:00, 80 % of 16 business hours are used on Wednesday 15:48."""

from datetime import timedelta

from funnel import dispositions, flags, leads, questions
from funnel.enums import Flag, Stage
from funnel.models import Lead
from funnel.story import state_of
from tests.funnel.people import DUE, NOW, accepted, lead_at, waiting

RISKY = NOW + timedelta(days=1, hours=6)
HOUR = timedelta(hours=1)


def shown(lead: Lead, now) -> list[Flag]:
    lead = Lead.objects.get(pk=lead.pk)
    return flags.of(lead, state_of(lead), lead.handoffs.order_by("-number").first(), now=now)


def test_an_answer_is_at_risk_when_four_fifths_of_its_time_are_used(world):
    lead = waiting(world)
    assert shown(lead, RISKY - HOUR) == []
    assert shown(lead, RISKY) == [Flag.AT_RISK]
    assert shown(lead, DUE + HOUR) == []


def test_a_question_takes_the_risk_away_until_it_is_answered(world):
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=RISKY, question="Which plant?")
    assert shown(lead, RISKY + HOUR) == [Flag.QUESTION]
    questions.answer(lead, by=world.marketer, now=RISKY + HOUR, answer="Ota")
    assert shown(lead, RISKY + HOUR) == [Flag.AT_RISK]


def test_pauses_are_not_counted_as_used_time(world):
    lead = waiting(world)
    questions.ask(lead, by=world.rep, now=NOW, question="Which plant?")
    questions.answer(lead, by=world.marketer, now=NOW + 4 * HOUR, answer="Ota")
    assert shown(lead, RISKY) == []


def test_what_is_answered_or_not_delivered_is_at_no_risk(world):
    assert shown(accepted(world), RISKY) == []
    assert shown(lead_at(world, Stage.MQL, department=None), RISKY) == []


def test_appeals_ghosts_and_strangers_are_marked(world):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="NO_NEED")
    dispositions.appeal(lead, by=world.marketer, now=NOW, argument="They called")
    Lead.objects.filter(pk=lead.pk).update(ghost_at=NOW, on_list=False)
    assert shown(lead, NOW) == [Flag.APPEALED, Flag.GHOST, Flag.OFF_LIST]
