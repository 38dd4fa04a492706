"""What is missing to move on? Page and API answer the same, for every stage and every role: both ask one table."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from abm.web.moves import DOABLE
from funnel import deals, dispositions, leads, questions
from funnel.enums import MoveName, Stage
from funnel.models import Lead
from tests import make
from tests.funnel import people
from tests.funnel.people import DUE, NOW, World
from users.models import User

pytestmark = pytest.mark.django_db

ROLES = ("marketer", "lead_marketer", "rep", "other_rep", "manager", "partner", "analyst", "admin")
TOLD_AS = {"source": "deal_system", "return_on": "return_condition"}
"""Fields of a form that bring what the table calls otherwise; a currency is a part of its amount."""
WITHIN = {"currency"}
BY_MACHINES = {MoveName.UNDO, MoveName.IGNORE}
"""Moves that stand elsewhere on the page, or with nobody."""


def everywhere(world: World) -> dict[str, Lead]:
    """A lead at every stage, and at the forks within MQL and REJECTED."""
    people.touch(world, two_way=True)
    made = {name: people.lead_at(world, Stage.MQL, offering=make.offering(name)) for name in PLACES}
    made["nurture"] = people.lead_at(world, Stage.NURTURE, offering=make.offering("nurture"))
    for name, lead in made.items():
        if name not in ("nurture", "mql", "withdrawn"):
            leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    for name, steps in PLACES.items():
        for step in steps:
            STEPS[step](made[name], world)
    return made


def _accept(lead: Lead, world: World) -> None:
    leads.accept(lead, by=world.rep, now=NOW, next_action="call", next_action_on=NOW.date())


def _register(lead: Lead, world: World) -> None:
    told = {"deal_id": str(lead.pk), "amount": Decimal(1), "currency": "JPY", "close_on": NOW.date()}
    deals.register(lead, by=world.rep, now=NOW, source=world.source, **told)


STEPS: dict[str, Any] = {
    "ask": lambda lead, world: questions.ask(lead, by=world.rep, now=NOW, question="?"),
    "ignore": lambda lead, world: leads.ignore(lead, by=world.clock, now=DUE + timedelta(minutes=1)),
    "accept": _accept,
    "confirm": lambda lead, world: leads.confirm(lead, by=world.rep, now=NOW, bant=["need", "timing"]),
    "register": _register,
    "win": lambda lead, world: deals.win(lead, by=world.rep, now=NOW, amount=Decimal(1), closed_on=NOW.date()),
    "lose": lambda lead, world: deals.lose(lead, by=world.rep, now=NOW, reason="NO_NEED"),
    "timing": lambda lead, world: leads.reject(lead, by=world.rep, now=NOW, reason="TIMING"),
    "data": lambda lead, world: leads.reject(lead, by=world.rep, now=NOW, reason="BAD_DATA"),
    "owner": lambda lead, world: leads.reject(lead, by=world.rep, now=NOW, reason="WRONG_OWNER"),
    "other": lambda lead, world: leads.reject(lead, by=world.rep, now=NOW, reason="OTHER", note="?"),
    "appeal": lambda lead, world: dispositions.appeal(lead, by=world.marketer, now=NOW, argument="!"),
    "recycle": lambda lead, world: leads.recycle(
        lead, by=world.marketer, now=NOW, reason="TIMING", return_on=NOW.date()
    ),
    "disqualify": lambda lead, world: dispositions.disqualify(
        lead, by=world.marketer, now=NOW, reason="LEGAL", second_person=world.manager
    ),
}
PLACES: dict[str, list[str]] = {
    "mql": [],
    "waiting": [],
    "asked": ["ask"],
    "ignored": ["ignore"],
    "sal": ["accept"],
    "sql": ["accept", "confirm"],
    "pipeline": ["accept", "register"],
    "won": ["accept", "register", "win"],
    "lost": ["accept", "register", "lose"],
    "rejected": ["timing"],
    "to repair": ["data"],
    "to requeue": ["owner"],
    "to recode": ["other"],
    "appealed": ["timing", "appeal"],
    "recycled": ["timing", "recycle"],
    "disqualified": ["timing", "disqualify"],
}


def of_the_api(client: Client, lead: Lead) -> dict[str, set[str]]:
    """The moves that are allowed now, each with what it needs."""
    options = client.get(f"/api/v1/leads/{lead.public_id}/").json().get("allowed_moves", [])
    open_now = [option for option in options if not option["stopped_by"]]
    return {one["move"]: set(one["needs"]) for one in open_now if one["move"] not in BY_MACHINES}


def of_the_page(client: Client, lead: Lead, by: User) -> dict[str, set[str]]:
    """The buttons that can be pressed now, each with what its form cannot do without."""
    shown = client.get(f"/leads/{lead.public_id}/")
    options = shown.context["options"] if shown.status_code == 200 else []
    return {str(option.verb): asked_for(option.verb, lead, by) for option in options if not option.obstacle}


def asked_for(verb: str, lead: Lead, by: User) -> set[str]:
    """The fields an empty form complains of, in the table's words."""
    form = DOABLE[MoveName(verb)].form({}, lead=lead, by=by)
    return {TOLD_AS.get(name, name) for name in form.errors if name not in WITHIN}


def test_page_and_api_say_the_same_for_every_stage_and_role(client: Client) -> None:
    world = people.build()
    people.sign_list(world)
    with time_machine.travel(NOW, tick=False):
        made = everywhere(world)
        assert {Lead.objects.get(pk=lead.pk).stage for lead in made.values()} == set(Stage) - {Stage.WITHDRAWN}
        compared = 0
        for name in ROLES:
            client.force_login(world.users[name])
            for place, lead in made.items():
                fresh = Lead.objects.get(pk=lead.pk)
                told = of_the_api(client, fresh)
                assert (name, place, of_the_page(client, fresh, world.users[name])) == (name, place, told)
                compared += len(told)
    assert compared > 60
