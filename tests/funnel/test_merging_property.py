"""Merge, work on, part again: every row stands as in a world in which the merge never happened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import merging
from accounts.models import Account, Department, Person
from engagement.models import Touch
from funnel import invariants, leads
from funnel.models import Lead, LeadMove
from funnel.refusals import MoveRefused
from scoring import recompute
from scoring.models import Score, ScoringRule
from tests import make
from tests.funnel import people
from tests.funnel.people import NOW, World
from tests.funnel.test_merging import TABLES

pytestmark = pytest.mark.django_db
DEPARTMENTS = ("設計部", "営業部", "研究所")
MERGED, PARTED = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
numbers = st.integers(0, 2)
places = st.lists(st.tuples(st.booleans(), numbers, numbers), max_size=6)
"""Whether at the first of the two companies, in which of its departments, by which of its persons."""
work = st.lists(
    st.tuples(st.sampled_from(["touch", "person", "lead", "accept", "reject"]), st.booleans(), numbers), max_size=6
)


class Rolled(Exception):
    """The end of one of the two worlds."""


class Company:
    """Two accounts that are one, with what the drawn numbers put there."""

    def __init__(self, world: World, first: list[int], second: list[int], drawn: list[tuple[bool, int, int]]) -> None:
        self.world = world
        self.kept = world.account
        self.gone = make.account("アオバ精機", address="大阪", **({"relation": "CUSTOMER"} if drawn else {}))
        make.active_list(self.kept, self.gone, name="Both")
        Department.objects.filter(pk=world.department.pk).update(name="別", key="別")
        for account, chosen in ((self.kept, first), (self.gone, second)):
            for number in sorted(set(chosen)):
                name = DEPARTMENTS[number]
                make.person(
                    account, f"{account}{name}", Department.objects.create(account=account, name=name, key=name)
                )
        for here, place, who in drawn:
            self.touch(here, place, who, NOW)
            self.lead(here, place, NOW)
        recompute.add(Touch.objects.values_list("pk", flat=True), now=NOW)
        self.own = {one.pk for one in Department.objects.filter(account=self.gone).exclude(
            key__in=Department.objects.filter(account=self.kept).values("key"))}  # fmt: skip
        self.persons = {here: list(self.people(account)) for here, account in ((True, self.kept), (False, self.gone))}
        self.departments = {True: self.at(self.kept), False: [one for one in self.at(self.gone) if one in self.own]}

    def at(self, account: Account) -> list[int]:
        return list(Department.objects.filter(account=account).order_by("pk").values_list("pk", flat=True))

    def people(self, account: Account) -> Any:
        return Person.objects.filter(affiliations__account=account).order_by("pk").values_list("pk", flat=True)

    def touch(self, here: bool, place: int, who: int, at: Any) -> None:
        account = self.kept if here else self.gone
        somebody, somewhere = list(self.people(account)), self.at(account)
        make.touch(account, at=at - timedelta(days=place), offering=self.world.offering,
                   department_id=somewhere[place] if place < len(somewhere) else None,
                   person_id=somebody[who] if who < len(somebody) else None)  # fmt: skip

    def lead(self, here: bool, place: int, at: Any) -> None:
        """Only where the other company has no such department: two open leads would refuse the merge."""
        somewhere = [*self.at(self.kept if here else self.gone)]
        department = Department.objects.get(pk=somewhere[place]) if place < len(somewhere) else None
        if department and Department.objects.filter(key=department.key).count() == 1:
            self.try_to(lambda: self.deliver(department, at))

    def deliver(self, department: Department, at: Any) -> None:
        lead = leads.create(account=department.account, department=department, offering=self.world.offering,
                            by=self.world.marketer, now=at)  # fmt: skip
        leads.qualify(lead, by=self.world.clock, now=at, because={"E": 61.5}, rule_version=1)
        leads.hand_over(lead, assignee=self.world.rep, by=self.world.marketer, now=at)

    @staticmethod
    def try_to(act: Callable[[], object]) -> None:
        try:
            with transaction.atomic():
                act()
        except MoveRefused:
            pass

    def work(self, what: str, here: bool, number: int, at: Any) -> None:
        """What people do meanwhile, the same in both worlds: it names departments, persons and leads, not companies."""
        if what in ("touch", "lead") and number < len(self.departments[here]):
            department = Department.objects.get(pk=self.departments[here][number])
            if what == "touch":
                make.touch(department.account, at=at, department=department, external_id=f"w{at}{here}{number}")
            else:
                self.try_to(lambda: self.deliver(department, at))
        elif what == "person" and number < len(self.persons[here]):
            person = Person.objects.get(pk=self.persons[here][number])
            account = person.affiliations.get().account
            make.touch(account, at=at, person=person, offering=self.world.offering, external_id=f"p{at}{here}{number}")
        elif what in ("accept", "reject") and (lead := Lead.objects.order_by("pk")[number : number + 1].first()):
            said = {"next_action": "call", "next_action_on": at.date()} if what == "accept" else {"reason": "TIMING"}
            self.try_to(lambda: getattr(leads, what)(lead, by=self.world.rep, now=at, **said))

    def outcome(self, existing: dict[type[models.Model], list[int]]) -> dict[str, Any]:
        recompute.add(Touch.objects.values_list("pk", flat=True), now=PARTED)
        aside = ("updated_at", "recorded_at")
        rows = {
            table._meta.label: [{n: v for n, v in row.items() if n not in aside}
                                for row in table._base_manager.filter(pk__in=pks).order_by("pk").values()]
            for table, pks in existing.items()
        }  # fmt: skip
        new = {
            "touches": sorted(Touch.objects.values_list("external_id", "account", "department", "person")),
            "leads": sorted(Lead.objects.values_list("account", "department", "stage", "seq")),
            "moves": sorted(LeadMove.objects.values_list("account", "lead__department", "seq", "move")),
        }
        assert list(invariants.check(now=PARTED)) == []
        sums = Score.objects.values_list("account", "department", "offering", "persons", "last_touch_at", "seminar")
        return {**rows, **new, "scores": {row[:5]: row[5] for row in sums}}


def lived(company: Company, done: list[tuple[str, bool, int]], *, merged: bool) -> dict[str, Any]:
    """How things stand in the end in one world; the world itself is rolled back."""
    existing = {table: list(table._base_manager.values_list("pk", flat=True)) for table in TABLES}
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            kept, gone = (Account.objects.get(pk=one.pk) for one in (company.kept, company.gone))
            merge = merging.merge(kept, gone, by=company.world.marketer, now=MERGED) if merged else None
            for number, (what, here, place) in enumerate(done):
                company.work(what, here, place, MERGED + timedelta(minutes=number + 1))
            if merge:
                recompute.add(Touch.objects.values_list("pk", flat=True), now=PARTED)
                merging.unmerge(merge, by=company.world.marketer, now=PARTED)
            found = company.outcome(existing)
            raise Rolled
    except Rolled:
        return found


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=st.lists(numbers), second=st.lists(numbers), drawn=places, done=work)
def test_parting_leads_back_to_the_world_without_the_merge(first, second, drawn, done):
    with transaction.atomic():
        world = people.build()
        people.sign_list(world)
        ScoringRule.objects.update(threshold=1e30)  # the rule may well see another demand in the sum of two
        company = Company(world, first, second, drawn)
        alone = lived(company, done, merged=False)
        parted = lived(company, done, merged=True)
        sums = alone.pop("scores")
        assert parted.pop("scores") == {key: pytest.approx(worth, rel=1e-9) for key, worth in sums.items()}
        assert parted == alone
        transaction.set_rollback(True)
