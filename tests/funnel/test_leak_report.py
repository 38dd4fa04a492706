"""Whom a leak concerns: what a user or a firm's people could see, read or took out in a period, and nobody else."""

import csv
from datetime import timedelta

import pytest

from accounts import exporting, merging
from accounts.exporting import ExportRefused
from accounts.models import Account, Person
from audit import access
from audit.models import Access
from funnel import leak_report, transfers
from funnel.enums import Stage, Way
from funnel.leak_report import Incident, Report
from tests import make
from tests.funnel import people

pytestmark = pytest.mark.django_db
NOW = people.NOW
DAY = timedelta(days=1)


@pytest.fixture
def world(db):
    made = people.build()
    people.sign_list(made)
    return made


def taken_out(world, *persons: Person, at=NOW, by=None) -> None:
    told = {"purpose": "セミナー案内", "filters": {}, "only_reachable": False}
    wanted = Person.objects.filter(pk__in=[one.pk for one in persons])
    list(exporting.export(wanted, **told, by=by or world.marketer, now=at))


def report(first=NOW, last=NOW + DAY, **whose) -> Report:
    return Report(Incident(first=first, last=last, **whose))


def test_it_concerns_those_a_user_took_out_or_read_at_once_in_that_time(world):
    persons = [make.person(world.account, f"人{n}", email=f"{n}@a.example") for n in range(24)]
    taken_out(world, persons[0], persons[1])
    taken_out(world, persons[2], at=NOW - DAY)
    taken_out(world, persons[3], by=world.lead_marketer)
    access.read("persons", [one.pk for one in persons[1:21]], by=world.marketer, now=NOW, filters={})
    access.disclosed("persons", persons[21].pk, by=world.marketer, now=NOW, purpose="本人")
    found = report(user=world.marketer)
    assert {way: len(ids) for way, ids in found.by_way.items()} == {"GIVEN": 0, "READ": 20, "EXPORT": 2, "DISCLOSE": 1}
    assert found.ids == [one.pk for one in persons[:22]]
    assert (found.data, found.everybody, found.unknown) == (
        {"NAME": 22, "MAIL": 22, "PLACE": 22, "TOUCHES": 1}, 24, 0,
    )  # fmt: skip


def test_it_concerns_all_a_firm_could_see_and_nobody_else(world):
    ours, theirs = make.person(world.account), make.person(make.account("担当先", partner=world.partner.team))
    left = make.person(make.account("以前の担当先", partner=world.partner.team))
    make.person(make.account("別の代理店の", partner=make.team("Other", "PARTNER")))
    transfers.record(now=NOW - 2 * DAY)
    Account.objects.filter(name="以前の担当先").update(partner=None)
    transfers.record(now=NOW - DAY)
    lead = people.lead_at(world, Stage.MQL)
    lead.persons.add(ours)
    people.leads.hand_over(lead, assignee=world.partner, by=world.marketer, now=NOW)
    transfers.record(now=NOW)
    for whose in ({"team": world.partner.team}, {"user": world.partner}):
        assert report(**whose).by_way[Way.GIVEN] == {ours.pk, theirs.pk}
        assert report(first=NOW - 2 * DAY, **whose).by_way[Way.GIVEN] == {ours.pk, theirs.pk, left.pk}
        assert report(first=NOW - 3 * DAY, last=NOW - 2 * DAY, **whose).by_way[Way.GIVEN] == {theirs.pk, left.pk}
        assert report(**whose).everybody == 0


def test_who_was_merged_or_erased_since_is_told_as_they_are_now(world):
    kept, gone, erased = (make.person(world.account, name, email=f"{name}@a.example") for name in ("甲", "乙", "丙"))
    taken_out(world, gone, erased)
    merging.merge(kept, gone, by=world.marketer, now=NOW)
    make.erased(erased, by=world.lead_marketer, now=NOW)
    told = {"by": world.lead_marketer, "now": NOW, "purpose": "委員会への報告"}
    lines = list(leak_report.export(Incident(first=NOW, last=NOW, user=world.marketer), **told))
    assert [line.split(",")[0] for line in lines[1:]] == ["甲", "Erased person"]


def test_everybody_concerned_leaves_as_a_file_that_no_spreadsheet_runs_and_that_is_noted(world):
    person = make.person(world.account, "=佐藤", email="sato@a.example", phone="03-1")
    taken_out(world, person)
    incident = Incident(first=NOW, last=NOW, team=make.team("Marketing", "MARKETING"))
    world.marketer.team = incident.team
    world.marketer.save()
    refusals = ((world.admin, "委員会への報告", "head of marketing"), (world.lead_marketer, "x", "what the file"))
    for by, purpose, why in refusals:
        with pytest.raises(ExportRefused, match=why):
            leak_report.export(incident, by=by, purpose=purpose, now=NOW)
    assert Access.objects.count() == 1
    lines = list(leak_report.export(incident, by=world.lead_marketer, purpose="委員会への報告", now=NOW))
    assert next(csv.reader(lines[1:]))[:10] == [
        "'=佐藤", "", "青葉精機", "", "", "sato@a.example", "03-1", "", "Taken out as a file",
        "Name / Mail address / Phone / Company, department, title",
    ]  # fmt: skip
    noted = Access.objects.first()
    assert (noted.what, noted.rows, noted.persons, noted.filters["team"]) == (
        "leak_report",
        1,
        [person.pk],
        "Marketing",
    )


def test_what_the_log_counted_before_it_kept_whom_is_said(world):
    told = {"actor_id": world.marketer.pk, "kind": "EXPORT", "what": "persons", "door": "PAGE"}
    Access.objects.create(at=NOW, rows=40, persons=None, **told)
    assert (report(user=world.marketer).persons, report(user=world.marketer).unknown) == (0, 40)
