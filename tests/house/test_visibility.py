"""Which rows each role sees: every queryset that knows `visible_to`, for every role."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from accounts import merging, teaching
from accounts.consent import Erasure, OptOut
from accounts.models import Account, Contract, Department, Doubt, Merge, Person, WordRule
from audit import access
from audit.models import Access
from engagement.models import Touch
from funnel import agreeing, leads, rerouting
from funnel.enums import Cause, Stage
from funnel.models import Deal, Feedback, Handoff, Lead, Transfer
from funnel.terms import Policy, Proposal
from imports.drawers import DrawerRound
from imports.models import ImportJob, MappingTemplate
from imports.samples import Sample, SamplePair
from scoring.models import Score
from targets.models import RevivalPlan, TargetEntry, TargetList, WaitingLine
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW, World
from users import absences
from users.models import Absence, Letter, Team, User
from users.roles import Role

OFFICE = {"marketer", "lead_marketer", "manager", "analyst", "admin", "clock"}
REPS = {"rep", "other_rep", "stranger"}
PARTNERS = {"partner", "colleague", "firmless"}
EVERYBODY = OFFICE | REPS | PARTNERS
WITHOUT_PERSONS = {"analyst", "admin"}
OURS = EVERYBODY - PARTNERS
CARED_FOR = EVERYBODY - {"firmless"}
REVIEWERS = {"marketer", "lead_marketer", "admin", "clock"}

SEEN: dict[type, dict[str, set[str]]] = {
    Account: {"ours": OURS, "cared": CARED_FOR},
    Department: {"ours": OURS, "cared": CARED_FOR},
    Contract: {"ours": OURS, "cared": CARED_FOR},
    Touch: {"ours": OURS, "cared": CARED_FOR},
    Score: {"ours": OURS, "cared": CARED_FOR},
    Person: {
        "ours": OURS - WITHOUT_PERSONS,
        "cared": CARED_FOR - WITHOUT_PERSONS,
        "left the cared one": OURS - WITHOUT_PERSONS,
    },
    Doubt: {"told": REVIEWERS, "persons": REVIEWERS - {"admin"}},
    Merge: {"companies": REVIEWERS, "persons": REVIEWERS - {"admin"}},
    OptOut: {"address": EVERYBODY - PARTNERS - {"analyst", "admin"}},
    WordRule: {"taught": OURS},
    Erasure: {"of one": {"lead_marketer", "admin", "clock"}},
    Access: {"of many": {"lead_marketer", "admin", "clock"}},
    Transfer: {"of one": {"lead_marketer", "admin", "clock"}},
    TargetList: {"2026": OURS},
    TargetEntry: {"2026": OURS},
    RevivalPlan: {"2026": OURS},
    WaitingLine: {"2026": OURS},
    Letter: {f"{one}'s": {one, "admin", "lead_marketer", "clock"} for one in ("rep", "partner")},
    ImportJob: {
        "marketer's": {"marketer", "lead_marketer", "admin", "clock"},
        "rep's": {"marketer", "lead_marketer", "admin", "clock", "rep"},
    },
    DrawerRound: {"2026": {"marketer", "lead_marketer", "admin", "clock"}},
    Sample: {"2026": REVIEWERS},
    SamplePair: {"companies": REVIEWERS, "persons": REVIEWERS - {"admin"}},
    MappingTemplate: {"cards": {"marketer", "lead_marketer", "admin", "clock"}},
    Lead: {
        "handed to rep": OFFICE | {"rep", "other_rep"},
        "handed to partner": OFFICE | {"partner"},
        "taken from partner": OFFICE | {"partner", "rep", "other_rep"},
        "at nobody's": OFFICE,
        "at rep's": OFFICE | {"rep"},
    },
    Handoff: {
        "handed to rep": OFFICE | {"rep", "other_rep"},
        "handed to partner": OFFICE | {"partner"},
        "taken from partner, first": OFFICE | {"partner", "rep", "other_rep"},
        "taken from partner, then": OFFICE | {"rep", "other_rep"},
    },
    Feedback: {
        "handed to rep": OFFICE | {"rep", "other_rep"},
        "handed to partner": OFFICE | {"partner"},
        "taken from partner": OFFICE | {"rep", "other_rep"},
    },
    Deal: {"rep's": OURS, "partner's": OURS | {"partner"}, "nobody's": OURS},
    Policy: {"for all": EVERYBODY, "partner's": OURS | {"partner", "colleague"}, "other firm's": OURS},
    Proposal: {"for all": OURS},
    Absence: {
        "rep's": (OFFICE - {"analyst"}) | {"rep", "other_rep"},
        "partner's": (OFFICE - {"analyst"}) | {"partner", "colleague"},
        "firmless one's": (OFFICE - {"analyst"}) | {"firmless"},
    },
    User: {
        **dict.fromkeys(OURS, OURS),
        "partner": OURS | {"partner", "colleague"},
        "colleague": OURS | {"partner", "colleague"},
        "firmless": OURS | {"firmless"},
    },
}


@pytest.fixture
def world(db: None) -> World:
    made = people.build()
    people.sign_list(made)
    made.users["colleague"] = make.user(Role.PARTNER, "colleague", team=made.partner.team)
    made.users["firmless"] = make.user(Role.PARTNER, "firmless", team=None)
    made.users["stranger"] = make.user(Role.REP, "stranger", team=None)
    return made


@pytest.fixture
def cared(world: World) -> Account:
    """An account in the partner's care, owned by nobody."""
    return make.account("代理店先", partner=world.partner.team)


@pytest.fixture
def rows(world: World, cared: Account) -> dict[type, dict[Any, str]]:
    """Model → primary key → what the table above calls the row."""
    at = {"ours": world.account, "cared": cared}
    people_there = {name: make.person(account).pk for name, account in at.items()}
    left = make.person(cared)
    left.affiliations.update(ended_on=date(2026, 1, 1))
    handed = {name: delivered(world, name, *to) for name, to in DELIVERIES.items()}
    Account.objects.filter(pk=world.account.pk).update(owner=None)
    return {
        Lead: {lead.pk: name for name, lead in handed.items()} | undelivered(world),
        Handoff: {one.pk: part(name, one) for name, lead in handed.items() for one in lead.handoffs.all()},
        Account: {account.pk: name for name, account in at.items()},
        Department: {make.department(account, "一課").pk: name for name, account in at.items()},
        Contract: {contract(world, account).pk: name for name, account in at.items()},
        Touch: {make.touch(account).pk: name for name, account in at.items()},
        Score: {Score.objects.create(account=one, last_touch_at=NOW).pk: name for name, one in at.items()},
        Person: {pk: name for name, pk in people_there.items()} | {left.pk: "left the cared one"},
        Doubt: {doubt(world, kind).pk: kind.lower() for kind in ("TOLD", "PERSONS")},
        Merge: merges(world),
        OptOut: {OptOut.objects.create(address="x@example.jp", at=NOW, recorded_at=NOW).pk: "address"},
        WordRule: {word_rule(world).pk: "taught"},
        Erasure: {Erasure.objects.create(at=NOW, by=world.clock, ground="x").pk: "of one"},
        Access: {access.disclosed("persons", 1, by=world.rep, now=NOW, purpose="x").pk: "of many"},
        Transfer: {Transfer.objects.create(person_id=people_there["ours"], account=world.account, at=NOW).pk: "of one"},
        TargetList: {world.entry.version.list_id: "2026"},
        TargetEntry: {world.entry.pk: "2026"},
        RevivalPlan: {plan(world).pk: "2026"},
        WaitingLine: {line(world).pk: "2026"},
        Letter: {letter(world, name).pk: f"{name}'s" for name in ("rep", "partner")},
        ImportJob: {job(world, name).pk: f"{name}'s" for name in ("marketer", "rep")},
        DrawerRound: {DrawerRound.objects.create(name="x", created_by=world.admin, **ROUND).pk: "2026"},
        **samples(world, people_there),
        MappingTemplate: {template(world).pk: "cards"},
        Feedback: {feedback(lead).pk: name for name, lead in handed.items()},
        Deal: {deal(world, owner).pk: f"{owner or 'nobody'}'s" for owner in ("rep", "partner", "")},
        User: {user.pk: name for name, user in world.users.items()},
        Policy: {
            Policy.objects.get().pk: "for all",
            promise(world.partner.team).pk: "partner's",
            promise(make.team("Other firm", "PARTNER")).pk: "other firm's",
        },
        Proposal: {agreeing.propose(by=world.admin, now=NOW, active_from=None, answer_hours=9).pk: "for all"},
        Absence: {away(world.users[name]).pk: f"{name}'s" for name in ("rep", "partner")}
        | {away(world.firmless).pk: "firmless one's"},
    }


ROUND = {"created_at": NOW, "due_on": NOW.date()}
DELIVERIES = {
    "handed to rep": ("rep",),
    "handed to partner": ("partner",),
    "taken from partner": ("partner", "rep"),
}


def delivered(world: World, department: str, first: str, then: str = "") -> Lead:
    lead = people.lead_at(world, Stage.MQL, department=make.department(world.account, department))
    leads.hand_over(lead, assignee=world.users[first], by=world.lead_marketer, now=NOW, note="two sides, for the test")
    if then:
        rerouting.reassign(lead, by=world.manager, now=NOW, assignee=world.users[then], cause=Cause.WRONG_OWNER)
    return lead


def feedback(lead: Lead) -> Feedback:
    """Asked of whom the lead is with."""
    when = {"asked_at": NOW, "closes_at": NOW + timedelta(days=30)}
    return Feedback.objects.create(lead=lead, account=lead.account, user=lead.assignee, step=30, **when)


def undelivered(world: World) -> dict[int, str]:
    owners = {"at nobody's": None, "at rep's": world.rep}
    return {
        people.lead_at(world, Stage.NURTURE, account=make.account(owner=owner), department=None).pk: name
        for name, owner in owners.items()
    }


def part(name: str, handoff: Handoff) -> str:
    return name if name != "taken from partner" else f"{name}, {['first', 'then'][handoff.number - 1]}"


def contract(world: World, account: Account) -> Contract:
    money = {"amount": Decimal(1), "currency": "JPY", "started_on": date(2026, 1, 1)}
    return Contract.objects.create(account=account, offering=world.offering, **money)


def word_rule(world: World) -> WordRule:
    return teaching.teach(naming="TITLE", text="隊長", meaning="MANAGER", by=world.marketer, now=NOW)


def doubt(world: World, kind: str) -> Doubt:
    return Doubt.objects.create(kind=kind, key=kind, raised_by=world.clock, raised_at=NOW)


def samples(world: World, persons: dict[str, int]) -> dict[type, dict[int, str]]:
    sample = Sample.objects.create(by=world.admin, at=NOW, looked_at=1)
    told = {"sample": sample, "stratum": "DOUBT", "weight": 1}
    one = SamplePair.objects.create(position=1, account=world.account, **told)
    two = SamplePair.objects.create(position=2, person_id=persons["ours"], other_id=persons["cared"], **told)
    return {Sample: {sample.pk: "2026"}, SamplePair: {one.pk: "companies", two.pk: "persons"}}


def plan(world: World) -> RevivalPlan:
    told = {"created_by": world.marketer, "created_at": NOW, "due_on": NOW.date()}
    return RevivalPlan.objects.create(name="2026", owner=world.rep, **told)


def line(world: World) -> WaitingLine:
    told = {"account": world.account, "text": "甲\t乙", "department": "乙", "by": world.marketer, "at": NOW}
    return WaitingLine.objects.create(version=world.entry.version, **told)


def merges(world: World) -> dict[int, str]:
    kept, gone = make.account("甲"), make.account("乙")
    one, other = make.person(kept), make.person(kept)
    act = {"by": world.marketer, "now": NOW}
    return {
        merging.merge(kept, gone, **act).pk: "companies",
        merging.merge(one, other, **act).pk: "persons",
    }


def promise(firm: Team) -> Policy:
    return Policy.objects.create(partner=firm, active_from=NOW)


def away(user: User) -> Absence:
    return absences.arrange(user, by=user, now=NOW, first_on=NOW.date(), last_on=NOW.date())


def job(world: World, by: str) -> ImportJob:
    return ImportJob.objects.create(kind="accounts", source=world.source, by=world.users[by], queued_at=NOW)


def template(world: World) -> MappingTemplate:
    told = {"name": "cards", "mapping": {}, "source": world.source, "by": world.marketer, "used_at": NOW}
    return MappingTemplate.objects.create(kind="persons", fingerprint="x", **told)


def letter(world: World, to: str) -> Letter:
    return Letter.objects.create(user=world.users[to], key=to, channel="MAIL", created_at=NOW, available_at=NOW)


def deal(world: World, owner: str) -> Deal:
    return Deal.objects.create(source=world.source, external_id=f"of {owner}", owner=world.users.get(owner))


@pytest.mark.parametrize("model", SEEN)
def test_each_role_sees_exactly_its_rows(model, world, rows):
    assert set(rows[model].values()) == set(SEEN[model])
    for name, user in world.users.items():
        visible = model.objects.visible_to(user).filter(pk__in=rows[model])
        seen = {rows[model][row.pk] for row in visible}
        assert (name, seen) == (name, {row for row, who in SEEN[model].items() if name in who})


def test_the_table_speaks_of_all_that_is_shown_to_some():
    guarded = [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]
    assert set(guarded) == set(SEEN)


def test_a_person_of_two_cared_for_companies_is_seen_once(world, cared):
    person = make.person(cared)
    person.affiliations.create(account=make.account(partner=world.partner.team))
    assert Person.objects.visible_to(world.partner).count() == 1
