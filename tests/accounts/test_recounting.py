"""Figures that take long are kept with their time; what is quick is always of now."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import doubts, quality, recounting
from accounts.kept import KeptFigures
from accounts.models import Department
from accounts.tasks import count_figures
from accounts.unread import Unread
from audit.models import Entry, TaskRun
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def slow(monkeypatch):
    """Everything takes longer than a reader waits."""
    monkeypatch.setattr(recounting, "WORTH_KEEPING", 0.0)


@pytest.fixture
def woken(monkeypatch) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr(recounting, "_wakes", [asked.append])
    return asked


@pytest.fixture
def company() -> Any:
    made = make.account("みどり", industry="食品")
    department = Department.objects.create(account=made, name="第一", key="第一")
    make.person(made, "無所属", department, email="x@gmail.com").affiliations.update(title="匠")
    make.person(made, email="")
    return made


def same(kept: quality.Quality, live: quality.Quality) -> bool:
    names = (*quality.GAP_LISTS, *quality.TEXT_LISTS, "departments_unread", "titles_unread", "doubts")
    return {name: getattr(kept, name) for name in names} == {name: getattr(live, name) for name in names}


def test_what_is_kept_is_what_was_counted(company, slow):
    assert recounting.run("quality", now=NOW) == {"quality": 1}
    kept = quality.latest(now=LATER)
    assert (kept.kept, kept.at, kept.departments) == (True, NOW, [Unread("第一", "第一", 1, 1)])
    assert same(kept, quality.read(now=LATER))


def test_it_is_shown_until_counted_anew_and_then_equals_what_is_live(company, slow):
    recounting.run(now=NOW)
    make.person(company, email="")
    assert not same(quality.latest(now=LATER), quality.read(now=LATER))
    recounting.run(now=LATER)
    assert same(quality.latest(now=LATER), quality.read(now=LATER))
    assert quality.latest(now=LATER).at == LATER


def test_doubts_are_those_of_now(company, slow):
    recounting.run(now=NOW)
    doubts.raise_pair(company, make.account("緑"), rule="READING", score=95, by=make.system(), now=NOW)
    assert quality.latest(now=NOW).doubts["ACCOUNTS"] == 1


def test_what_is_quick_is_not_kept_and_of_now(company, monkeypatch):
    monkeypatch.setattr(recounting, "WORTH_KEEPING", 0.0)
    recounting.run(now=NOW)
    monkeypatch.setattr(recounting, "WORTH_KEEPING", 60.0)
    assert recounting.run(now=LATER) == {"dormant": 0, "quality": 0}
    assert not KeptFigures.objects.exists()
    assert (quality.latest(now=LATER).kept, quality.latest(now=LATER).at) == (False, LATER)


def test_running_twice_keeps_the_same_once(company, slow):
    recounting.run(now=NOW)
    before = list(KeptFigures.objects.order_by("pk").values())
    recounting.run(now=NOW)
    assert list(KeptFigures.objects.order_by("pk").values()) == before


def test_whoever_asks_wakes_a_worker_once(slow, woken, django_capture_on_commit_callbacks):
    recounting.run(now=NOW)
    for at in (LATER, LATER + timedelta(minutes=1)):
        with django_capture_on_commit_callbacks(execute=True):
            recounting.ask("quality", by=make.system(), now=at)
    assert (woken, Entry.objects.filter(act="figures.ask").count()) == (["quality"], 1)
    assert quality.latest(now=LATER).is_awaited
    with django_capture_on_commit_callbacks(execute=True):
        recounting.ask("quality", by=make.system(), now=LATER + recounting.PATIENCE)
    assert woken == ["quality"] * 2
    recounting.run("quality", now=LATER + timedelta(minutes=30))
    assert not quality.latest(now=LATER).is_awaited


def test_nobody_is_woken_for_what_is_live(woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert recounting.ask("quality", by=make.system(), now=NOW) is None
    assert (woken, Entry.objects.count(), KeptFigures.objects.count()) == ([], 0, 0)


def test_the_task_records_what_it_kept(slow):
    count_figures(code="quality")
    assert TaskRun.objects.values_list("task", "counts").get() == ("accounts.count_figures", {"quality": 1})


@pytest.mark.parametrize("number", [1, 3])
def test_kept_figures_take_two_statements(company, slow, django_assert_num_queries, number):
    for _one in range(number):
        make.person(company)
    recounting.run(now=NOW)
    with django_assert_num_queries(2):
        quality.latest(now=NOW)


@pytest.mark.parametrize(("address", "code"), [("/review/quality/", "quality"), ("/lists/dormant/", "dormant")])
def test_the_page_says_when_it_was_counted_and_counts_anew_on_demand(client, company, slow, woken, address, code,
                                                                     django_capture_on_commit_callbacks):  # fmt: skip
    client.force_login(make.user("MARKETER"))
    assert "Counted at" not in client.get(address).content.decode()
    recounting.run(now=NOW)
    page = client.get(address).content.decode()
    assert ("Counted at 2026-11-18 10:00." in page, "every 3s" in page) == (True, False)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(f"{address}count/", follow=True).content.decode()
    assert ("Being counted anew" in page, "every 3s" in page, woken) == (True, True, [code])
