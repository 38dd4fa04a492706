"""A link in a mail races the page, and itself: exactly one answers, the other is told who."""

import pytest

from audit.models import OutboxMessage
from funnel import answer_links, invariants, leads
from funnel.answer_links import LinkRefused
from funnel.enums import LinkState, Stage
from funnel.models import AnswerLink, Handoff, LeadMove
from funnel.refusals import AlreadyAnswered
from tests.funnel import people
from tests.funnel.people import DUE, MINUTE, NOW, lead_at
from tests.funnel.test_answer_links import link_for
from tests.funnel.test_concurrency import at_once, fresh

pytestmark = pytest.mark.django_db(transaction=True)
NEXT = {"next_action": "call", "next_action_on": DUE.date()}


@pytest.fixture
def world() -> people.World:
    made = people.build()
    people.sign_list(made)
    return made


def by_link(link: AnswerLink) -> LeadMove | LinkRefused:
    try:
        return answer_links.use(link, leads.accept, now=NOW + MINUTE, **NEXT)
    except LinkRefused as refused:
        return refused


def test_a_link_against_the_page_and_against_itself(world):
    for _ in range(5):
        lead = lead_at(world, Stage.MQL, department=None)
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
        link = link_for(lead)
        told = OutboxMessage.objects.count()
        results = at_once(
            lambda link=link: by_link(link),
            lambda link=link: by_link(link),
            lambda lead=lead: leads.reject(fresh(lead), by=world.manager, now=NOW + MINUTE, reason="NO_NEED"),
        )
        (won,) = (result for result in results if isinstance(result, LeadMove))
        lost = [result for result in results if result is not won]
        assert all(isinstance(result, LinkRefused | AlreadyAnswered) for result in lost)
        assert {result.state for result in lost if isinstance(result, LinkRefused)} == {LinkState.ANSWERED}
        handoff = Handoff.objects.get(lead=lead)
        assert (handoff.decided_by, bool(AnswerLink.objects.get(pk=link.pk).used_at)) == (won.by, won.by == world.rep)
        assert OutboxMessage.objects.count() == told + 1
    assert list(invariants.check(now=NOW + MINUTE)) == []
