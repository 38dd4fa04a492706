"""Whom we own, want and leave alone: who counts, who does not, and in which group."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts import opt_outs, recounting
from accounts.models import Account, Person
from targets import dormant, lists
from targets.dormant import Group, Selection
from targets.models import RevivalPlan
from tests import make
from tests.make import NOW
from users.roles import Role

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=800)


@pytest.fixture
def company() -> Account:
    """An account that a list in force wants as a whole."""
    made = make.account("みどり")
    make.active_list(made)
    return made


def aim_at(department: Any) -> None:
    """A list in force with one spear."""
    lead, manager = make.user(Role.MARKETING_LEAD), make.user(Role.SALES_MANAGER)
    version = lists.create(name="銛", by=lead, now=NOW).versions.get()
    lists.add(version, account=department.account, department=department, by=lead, now=NOW)
    lists.sign(version, by=lead, now=NOW), lists.sign(version, by=manager, now=NOW)


def names(part: str, selection: Selection = Selection()) -> set[str]:  # noqa: B008 - frozen
    return {person.name for person in dormant.persons(part, selection, now=NOW)}


def test_who_was_never_or_long_ago_touched_at_a_wanted_account_is_dormant(company):
    touched = {"never": None, "long ago": LONG_AGO, "lately": NOW - timedelta(days=700)}
    for name, at in touched.items():
        person = make.person(company, name)
        if at:
            make.touch(company, person=person, at=at)
    make.person(make.account("よそ"), "not wanted")
    left = make.person(company, "left")
    left.affiliations.update(ended_on=NOW.date())
    assert names("dormant") == {"never", "long ago"}
    assert names("never") == {"never"}
    assert names("wanted") == {"never", "long ago", "lately"}


def test_a_mail_that_was_only_sent_touches_nobody(company):
    make.touch(company, person=make.person(company, "sent to"), kind="MAIL_SENT", direction="OUTBOUND")
    make.touch(company, person=make.person(company, "opened"), kind="MAIL_OPEN")
    assert names("dormant") == {"sent to"}


def test_who_opted_out_or_is_in_an_open_plan_is_not_to_be_planned(company):
    make.person(company, "opted out", opted_out_at=NOW), make.person(company, "free")
    make.person(company, "by address", email="no@example.jp")
    opt_outs.record("no@example.jp", by=make.system(), now=NOW)
    for name, closed in (("planned", None), ("was planned", NOW)):
        told = {"owner": make.user(), "created_by": make.system(), "created_at": NOW, "due_on": NOW.date()}
        plan = RevivalPlan.objects.create(name=name, closed_at=closed, **told)
        plan.persons.create(person=make.person(company, name), account=company, added_at=NOW)
    assert names("dormant") == {"free", "was planned"}
    assert (names("opted_out"), names("planned")) == ({"opted out", "by address"}, {"planned"})


def test_a_spear_wants_its_department_all_below_it_and_what_does_the_same():
    account = make.account("みどり")
    aimed = make.department(account, "技術本部", function="DESIGN")
    below = make.department(account, "一部", parent=aimed)
    deep = make.department(account, "一課", parent=below)
    same, other = make.department(account, "意匠", function="DESIGN"), make.department(account, "総務")
    elsewhere = make.department(make.account("よそ"), "設計", function="DESIGN")
    for department in (aimed, below, deep, same, other, elsewhere):
        make.person(department.account, department.name, department)
    aim_at(aimed)
    assert names("dormant") == {"技術本部", "一部", "一課", "意匠"}


def test_a_spear_at_a_department_nobody_can_place_wants_no_other_of_these():
    account = make.account()
    aimed, other = make.department(account, "第一"), make.department(account, "第二")
    for department in (aimed, other):
        make.person(account, department.name, department)
    aim_at(aimed)
    assert names("dormant") == {"第一"}


def test_the_audit_counts_by_account_function_and_source(company):
    sales = make.department(company, "営業部", function="SALES")
    for _one in range(2):
        make.person(company, in_department=sales).affiliations.update(source=make.source("eight"))
    make.person(company, opted_out_at=NOW)
    make.person(company)
    found = dormant.read(now=NOW)
    assert found.counts == {"dormant": 3, "never": 3, "planned": 0, "opted_out": 1, "wanted": 4}
    assert found.accounts == [Group(str(company.public_id), "みどり", 3)]
    assert found.functions == [Group("SALES", "SALES", 2), Group(None, "", 1)]
    assert found.sources == [Group("eight", "EIGHT", 2), Group(None, "", 1)]


@pytest.mark.parametrize("narrowed", ["account", "function", "source"])
def test_each_group_opens_as_many_persons_as_it_counts(company, narrowed):
    other = make.account("あおば")
    make.active_list(other, name="2")
    for account, function, code in ((company, "SALES", "eight"), (other, "IT", "ma"), (other, "IT", "ma")):
        department = make.department(account, f"{function}{Person.objects.count()}", function=function)
        make.person(account, in_department=department).affiliations.update(source=make.source(code))
    meant = {"account": other, "function": "IT", "source": make.source("ma")}[narrowed]
    selection = Selection(**{narrowed: meant})
    assert dormant.persons("dormant", selection, now=NOW).count() == 2
    assert dormant.read(selection, now=NOW).counts["dormant"] == 2


@pytest.mark.parametrize("number", [1, 3])
def test_the_audit_takes_two_statements_however_many_there_are(company, django_assert_num_queries, number):
    for _one in range(number):
        make.person(company)
    with django_assert_num_queries(2):
        dormant.read(now=NOW)


@pytest.fixture
def spread(company, monkeypatch) -> Account:
    """Persons of several functions and sources, dormant or not; counting takes longer than a reader waits."""
    monkeypatch.setattr(recounting, "WORTH_KEEPING", 0.0)
    departments = {one: make.department(company, one, function=one) for one in ("SALES", "IT")}
    for function, code, fields in (("SALES", "eight", {}), ("SALES", "ma", {"opted_out_at": NOW}), ("IT", "ma", {}),
                                   ("", "", {}), ("", "eight", {})):  # fmt: skip
        place = make.person(company, in_department=departments.get(function), **fields).affiliations
        place.update(source=make.source(code) if code else None)
    twice = make.person(company, in_department=departments["IT"])
    twice.affiliations.create(account=company, department=departments["SALES"], source=make.source("ma"))
    return company


@pytest.mark.parametrize("function", ["", "SALES", "IT", "HR"])
@pytest.mark.parametrize("code", ["", "eight", "ma", "sfa"])
def test_what_is_kept_of_each_selection_is_what_is_counted_live(spread, function, code):
    recounting.run("dormant", now=NOW)
    selection = Selection(function=function, source=make.source(code) if code else None)
    kept, live = dormant.latest(selection, now=NOW + timedelta(minutes=5)), dormant.read(selection, now=NOW)
    assert (kept.kept, kept.at) == (True, NOW)
    assert replace(kept, kept=False) == live


def test_one_account_is_always_counted_live(spread):
    recounting.run("dormant", now=NOW)
    make.person(spread)
    found = dormant.latest(Selection(account=spread), now=NOW)
    assert (found.kept, found.counts["dormant"]) == (False, dormant.latest(now=NOW).counts["dormant"] + 1)


def test_a_kept_selection_is_read_in_one_statement(spread, django_assert_num_queries):
    recounting.run("dormant", now=NOW)
    with django_assert_num_queries(1):
        assert dormant.latest(Selection(function="SALES"), now=NOW).counts["wanted"] == 3
