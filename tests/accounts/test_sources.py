"""Sources: on which ground, for what, and at what cost."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts import editing, provenance, sources
from accounts.enums import Basis, CostKind
from accounts.ledger import SourceCost
from accounts.models import Affiliation, Person, Source, Telling
from accounts.persons import PersonFacts, PersonRegistrar
from accounts.sources import SourceRefused
from audit.models import Entry
from funnel import source_costs
from tests import make
from tests.funnel import people
from tests.make import NOW

pytestmark = pytest.mark.django_db


def act() -> dict[str, Any]:
    return {"by": make.system(), "now": NOW}


def told(source: Source, email: str, **ground: str) -> Person:
    with provenance.telling(source, by=make.system(), at=NOW, **ground):
        facts = PersonFacts(make.account(), email=email, details={"name": "山田"})
        subject = PersonRegistrar(source, now=NOW).register([facts])[0].subject
    assert subject
    return subject


def bases() -> list[Any]:
    return [person.bases for person in Person.objects.with_bases().order_by("pk")]


def test_a_telling_has_its_source_s_ground_unless_another_is_said():
    cards = make.source("cards")
    sources.amend(cards, basis=Basis.CARD, purpose="商談のご案内", **act())
    told(cards, "a@example.jp")
    told(cards, "b@example.jp", basis=Basis.CONSENT, purpose="メールマガジン")
    assert bases() == [["CARD"], ["CONSENT"]]
    assert list(Telling.objects.order_by("pk").values_list("purpose", flat=True)) == ["商談のご案内", "メールマガジン"]
    assert [one.telling.basis for one in provenance.origins_of(Person.objects.first())] == ["CARD"] * 2


def test_whose_ground_is_unknown_is_counted_and_a_ground_named_later_goes_to_them():
    cards, by_hand = make.source("cards"), make.person(make.account())
    first = told(cards, "a@example.jp")
    told(cards, "b@example.jp", basis=Basis.CONSENT)
    assert set(Person.objects.without_basis()) == {by_hand, first}
    sources.amend(cards, basis=Basis.CARD, **act())
    assert (list(Person.objects.without_basis()), bases()) == ([by_hand], [[], ["CARD"], ["CONSENT"]])
    editing.amend_person(first, phone="1", **act())
    assert bases()[1] == ["CARD"]


def test_amending_nothing_records_nothing():
    cards = make.source("cards")
    sources.amend(cards, name=cards.name, basis="", **act())
    assert not Entry.objects.filter(act="sources.amend").exists()


def test_what_a_person_and_a_lead_cost():
    world = people.build()
    people.sign_list(world)
    sfa = world.source
    for email in ("a@example.jp", "b@example.jp", "c@example.jp"):
        person = told(sfa, email)
    Affiliation.objects.create(person=person, account=world.account, source=sfa)
    lead = people.waiting(world)
    lead.source = sfa
    lead.save(update_fields=["source"])
    day = NOW.date()
    sources.add_cost(sfa, kind=CostKind.PER_CARD, amount=Decimal("50"), units=120, first_on=day, **act())
    sources.add_cost(sfa, kind=CostKind.FLAT, amount=Decimal("3000"), first_on=day, last_on=day, note="年額", **act())
    make.source("web")
    by_code = {line.source.code: line for line in source_costs.lines()}
    found = by_code["sfa"]
    assert (found.total, found.persons, found.leads) == (Decimal(9000), 3, 1)
    assert (found.per_person, found.per_lead) == (Decimal(3000), Decimal(9000))
    assert (by_code["web"].total, by_code["web"].per_person, by_code["web"].per_lead) == (None, None, None)


@pytest.mark.parametrize("more", [0, 2])
def test_costs_take_as_many_queries_for_one_source_as_for_three(more, django_assert_num_queries):
    for number in range(1 + more):
        make.source(f"s{number}")
    with django_assert_num_queries(4):
        source_costs.lines()


def test_a_cost_that_cannot_be_is_refused_and_a_mistaken_one_taken_away():
    cards, day = make.source("cards"), NOW.date()
    for wrong, field in (
        ({"amount": Decimal(-1)}, "amount"), ({"units": 0}, "units"), ({"kind": CostKind.FLAT, "units": 2}, "units"),
        ({"last_on": day - timedelta(days=1)}, "last_on"),
    ):  # fmt: skip
        with pytest.raises(SourceRefused) as why:
            sources.add_cost(
                cards, **{"kind": CostKind.PER_CARD, "amount": Decimal(1), "first_on": day, **wrong}, **act()
            )
        assert (why.value.field, SourceCost.objects.count(), Entry.objects.count()) == (field, 0, 0)
    sources.remove_cost(sources.add_cost(cards, kind=CostKind.FLAT, amount=Decimal(5), first_on=day, **act()), **act())
    assert SourceCost.objects.count() == 0
    assert list(Entry.objects.order_by("pk").values_list("act", flat=True)) == [
        "sources.add_cost",
        "sources.remove_cost",
    ]
