"""Revival plans: one click takes whom it may, state follows from touches, every refusal changes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts import merging
from accounts.models import Account, Person
from audit.models import Entry
from targets import dormant, plans
from targets.dormant import Selection
from targets.models import PlannedPerson, RevivalPlan
from targets.plans import PlanRefused
from tests import make
from tests.make import NOW
from users.models import Notification, User
from users.roles import Role

pytestmark = pytest.mark.django_db
ALL = Selection()


@pytest.fixture
def marketer() -> User:
    return make.user(Role.MARKETER, name="星 直子")


@pytest.fixture
def company() -> Account:
    made = make.account("みどり")
    make.active_list(made)
    return made


@pytest.fixture
def plan(marketer: User, company: Account) -> RevivalPlan:
    make.person(company, "一")
    return plans.start(ALL, by=marketer, now=NOW)


def refused(act: Any, *args: Any, **told: Any) -> str:
    """The refusal's text; nothing has changed."""
    before = [list(model.objects.order_by("pk").values()) for model in (RevivalPlan, PlannedPerson, Entry)]
    with pytest.raises(PlanRefused) as why:
        act(*args, now=NOW, **told)
    assert [list(model.objects.order_by("pk").values()) for model in (RevivalPlan, PlannedPerson, Entry)] == before
    return str(why.value)


def test_a_plan_takes_all_dormant_persons_with_the_place_they_are_wanted_for(marketer, company):
    department = make.department(company)
    make.person(company, "一", department)
    old = make.touch(company, person=make.person(company, "二"), at=NOW - timedelta(days=800))
    made = plans.start(ALL, by=marketer, now=NOW)
    assert (made.owner, made.due_on, made.name) == (marketer, date(2026, 12, 18), "Dormant persons 2026-11-18")
    assert [(row.person.name, row.department, row.last_touch_at) for row in made.persons.all()] == [
        ("一", department, None), ("二", None, old.occurred_at),
    ]  # fmt: skip
    assert dormant.read(now=NOW).counts["dormant"] == 0
    assert Entry.objects.get(act="plans.start").detail == {"persons": 2}


def test_whoever_asks_the_opted_out_the_planned_and_the_touched_are_left_out(plan, marketer, company):
    planned = Person.objects.get()
    opted, lately, free = make.person(company, opted_out_at=NOW), make.person(company), make.person(company)
    make.touch(company, person=lately)
    everybody = [one.public_id for one in (planned, opted, lately, free)]
    made = plans.start(Selection(account=company), by=marketer, now=NOW, only=everybody, name=" 冬 ")
    assert ([row.person for row in made.persons.all()], made.name) == ([free], "冬")


@pytest.mark.parametrize("part", ["opted_out", "planned", "wanted"])
def test_only_dormant_persons_are_planned(plan, marketer, company, part):
    make.person(company)
    assert "dormant" in refused(plans.start, ALL, by=marketer, part=part)


def test_nobody_and_too_many_are_no_plan(plan, marketer, company, monkeypatch):
    assert refused(plans.start, ALL, by=marketer) == "None of these persons can be put in a plan."
    monkeypatch.setattr(plans, "MOST", 1)
    make.person(company), make.person(company)
    assert "narrow" in refused(plans.start, ALL, by=marketer)


@pytest.mark.parametrize("role", [Role.REP, Role.ANALYST, Role.ADMIN])
def test_only_marketing_and_sales_managers_plan(plan, company, role):
    make.person(company)
    user, row = make.user(role), plan.persons.get()
    for act, on in ((plans.start, ALL), (plans.drop, row), (plans.close, plan)):
        assert "Marketing and sales managers" in refused(act, on, by=user)
    told = {"name": "x", "owner": user, "due_on": NOW.date()}
    assert "Marketing and sales managers" in refused(plans.change, plan, by=user, **told)


def test_the_state_follows_from_what_happened_since(plan, marketer, company):
    person = Person.objects.get()
    make.touch(company, person=person, at=NOW - timedelta(days=900))
    make.touch(company, person=person, at=NOW + timedelta(hours=1), kind="MAIL_SENT")

    def state() -> str:
        return plan.persons.with_state().get().state

    assert state() == "WAITING"
    person.opted_out_at = NOW
    person.save()
    assert state() == "OPTED_OUT"
    make.touch(company, person=person, at=NOW + timedelta(hours=2), kind="CALL")
    assert (state(), plan.persons.with_state().touched().count()) == ("TOUCHED", 1)
    Person.objects.filter(pk=person.pk).update(erased_at=NOW)
    assert (state(), plan.persons.count()) == ("ERASED", 1)
    Person._base_manager.filter(pk=person.pk).delete()
    assert (state(), plan.persons.count()) == ("ERASED", 1)


def test_a_new_owner_is_told_and_may_close_it(plan, marketer):
    rep = make.user(Role.REP)
    plans.change(plan, by=marketer, now=NOW, name="冬の再開", owner=rep, due_on=date(2026, 12, 24))
    notice = Notification.objects.get(user=rep)
    assert (notice.kind, notice.params["plan"], notice.link) == (
        "plan.given", "冬の再開", f"lists/plans/{plan.public_id}/",
    )  # fmt: skip
    assert plans.close(plan, by=rep, now=NOW).closed_at == NOW
    assert dormant.read(now=NOW).counts["dormant"] == 1


def test_a_plan_is_for_people_of_marketing_or_sales_and_has_a_name(plan, marketer):
    told = {"due_on": NOW.date(), "by": marketer}
    assert "cannot take a plan" in refused(plans.change, plan, name="x", owner=make.user(Role.PARTNER), **told)
    assert refused(plans.change, plan, name=" ", owner=marketer, **told) == "Please name the plan."


def test_who_is_taken_out_is_dormant_again(plan, marketer):
    plans.drop(plan.persons.get(), by=marketer, now=NOW)
    assert dormant.read(now=NOW).counts["dormant"] == 1


def test_a_closed_plan_stays_as_it_is(plan, marketer):
    plans.close(plan, by=marketer, now=NOW)
    for act, on in ((plans.drop, plan.persons.get()), (plans.close, plan)):
        assert refused(act, on, by=marketer) == "This plan is closed."


def test_persons_of_one_plan_are_merged_and_parted(plan, marketer, company):
    other = make.person(company, "一の二")
    PlannedPerson.objects.create(plan=plan, person=other, account=company, added_at=NOW)
    before = list(PlannedPerson.objects.order_by("pk").values())
    merge = merging.merge(Person.objects.get(name="一"), other, by=marketer, now=NOW)
    assert [row.person.name for row in plan.persons.all()] == ["一"]
    merging.unmerge(merge, by=marketer, now=NOW)
    assert list(PlannedPerson.objects.order_by("pk").values()) == before


def test_who_is_erased_leaves_an_empty_row(plan):
    make.erased(Person.objects.get(), by=make.user(Role.MARKETING_LEAD), now=NOW)
    row = plan.persons.with_state().get()
    assert (row.state, dormant.read(now=NOW).counts["wanted"]) == ("ERASED", 0)
