"""What other systems hear of leads."""

from datetime import timedelta

import pytest

from audit.models import OutboxMessage
from funnel import events, follow_up, leads, overdue
from funnel.cases import EVENTS
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW, World
from tests.stories.told import assert_tells_no_more, listen, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    made = people.build()
    people.sign_list(made)
    listen()
    return made


def test_every_event_of_the_funnel_is_offered() -> None:
    assert {*EVENTS.values(), "lead.created", "lead.moved", "lead.at_risk", "lead.escalated", "lead.ghosted"} == set(
        events.KINDS
    )


def test_an_accepted_lead_is_told_with_public_ids(world: World) -> None:
    lead = people.accepted(world)
    data = told("lead.accepted")[0]
    move = lead.moves.get(move="accept")
    assert data == {
        "lead": str(lead.public_id),
        "account": str(lead.account.public_id),
        "department": str(lead.department.public_id) if lead.department else None,
        "offering": str(lead.offering.public_id) if lead.offering else None,
        "source": lead.source.code if lead.source else None,
        "by": str(world.rep.public_id),
        "assignee": str(world.rep.public_id),
        "move": "accept",
        "seq": move.seq,
        "from_stage": "MQL",
        "to_stage": "SAL",
        "at": move.at.isoformat(),
        "due_at": None,
        "reason": None,
        "cause": None,
        "links": {
            "page": f"http://localhost:8000/leads/{lead.public_id}/",
            "api": f"http://localhost:8000/api/v1/leads/{lead.public_id}/",
        },
    }


def test_a_hand_over_tells_the_due_and_a_rejection_its_reason(world: World) -> None:
    lead = people.waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="NO_BUDGET", note="Taro Yamada said so")
    handed, rejected = told("lead.handed_over")[0], told("lead.rejected")[0]
    assert lead.due_at is None or handed["due_at"]
    assert (rejected["reason"], rejected["to_stage"]) == ("NO_BUDGET", "REJECTED")
    assert_tells_no_more(rejected, "Yamada")


def test_an_ignored_lead_is_told(world: World) -> None:
    lead = people.waiting(world)
    overdue.ignore_overdue(now=NOW + timedelta(days=14), by=world.clock)
    data = told("lead.ignored")[0]
    assert (data["lead"], data["move"], data["to_stage"]) == (str(lead.public_id), "ignore", "IGNORED")


def test_every_event_is_told_in_order_without_names_or_internal_ids(world: World) -> None:
    """The person's name and mail, the company's name and what was noted stay in the house."""
    person = make.person(world.account, "山田 太郎", email="taro@example.jp")
    lead = people.accepted(world)
    lead.persons.add(person)
    follow_up.flag_ghosts(now=NOW + timedelta(days=14), by=world.clock)
    data = told()
    kinds = [message.topic for message in OutboxMessage.objects.order_by("pk") if message.subject]
    assert kinds == ["lead.created", "lead.qualified", "lead.handed_over", "lead.accepted", "lead.ghosted"]
    of_lead = [one for one in data if one.get("lead") == str(lead.public_id)]
    assert [one["move"] for one in of_lead] == [None, "qualify", "hand_over", "accept", None]
    for one in data:
        assert_tells_no_more(one, person.name, person.email, world.account.name)
