"""An import is undone as a whole: the world is as without it, but for what others have built on."""

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import editing
from accounts.models import Account, AccountName, Affiliation, Confirmation, Department, Person, Trace
from accounts.provenance import KEPT
from audit.models import Entry, OutboxMessage
from engagement.models import Touch
from imports import tasks, undoing
from imports.models import ImportJob
from imports.undoing import CannotUndo
from scoring import recompute
from scoring.models import Score
from tests import make
from tests.imports.conftest import NOW, counts

HEAD = "会社名,部署名,役職,氏名,e-mail,携帯電話,名刺交換日"
TARO = "株式会社みどり,情報システム部,部長,山田太郎,taro@midori.example,090-0000-0001,2022/05/26"
HANAKO = "あおば,,,鈴木花子,hanako@aoba.example,,"
WORLD = ("accounts.account", "accounts.accountname", "accounts.accountdomain", "accounts.department",
         "accounts.person", "accounts.affiliation", "accounts.externalid", "accounts.offering", "accounts.contract",
         "engagement.touch", "funnel.deal")  # fmt: skip
TIMES = {"created_at", "updated_at", "recorded_at"}


def world() -> dict[str, list[dict[str, object]]]:
    """Every row of the tables imports write, without the moments of writing."""
    rows = {label: apps.get_model(label).objects.order_by("pk").values() for label in WORLD}
    return {label: [{k: v for k, v in row.items() if k not in TIMES} for row in found] for label, found in rows.items()}


def undone(job: ImportJob, at: datetime = NOW) -> ImportJob:
    undoing.ask(job, by=job.by, now=at)
    return undoing.run(job, now=NOW)


def test_what_it_made_goes_and_what_it_changed_goes_back(loaded):
    loaded("persons", [HEAD, TARO])
    before = world()
    changed = TARO.replace("部長", "本部長").replace("090-0000-0001", "090-9").replace("05/26", "06/01")
    job = loaded("persons", [HEAD, changed, HANAKO])
    assert counts(job) == (1, 1, 0, 0)
    report = undone(job).undo_report
    assert world() == before
    assert report["counts"] == {"removed": 4, "restored": 3, "kept": 0}
    assert report["removed"] == {
        "accounts.account": 1, "accounts.affiliation": 1, "accounts.person": 1, "engagement.touch": 1
    }  # fmt: skip
    assert not Trace.objects.filter(telling__origin=job.public_id).exists()
    assert Entry.objects.get(act="imports.undo").detail == report["counts"]
    assert OutboxMessage.objects.get(topic="import.undone").payload["import_id"] == job.pk


def test_every_kind_of_file_that_can_be_undone_leaves_nothing(loaded):
    loaded("accounts", ["会社名,業種", "みどり,食品", "本社,"])
    loaded("offerings", ["商材コード,商材名", "X,検査機"])
    files = [
        (
            "accounts",
            ["会社名,業種,親会社,Webサイト,Id", "みどり,化学,本社,midori.example,A1", "㈱みどり商事,,みどり,,"],
        ),
        ("offerings", ["商材コード,商材名,カテゴリ", "X,検査装置,A", "Y,新品,B"]),
        ("deals", ["商談ID,会社名,商材,状態,金額,完了日", "D1,みどり,X,受注,100,2026-05-01", "D2,,,進行中,5,"]),
        ("touches", ["種別,日時,会社名,部署", "セミナー参加,2026-05-01 10:00,みどり,設計部"]),
    ]
    for kind, lines in files:
        before = world()
        job = loaded(kind, lines)
        assert (job.refused, world() != before) == (0, True), (kind, job.report)
        undone(job)
        assert world() == before, kind


def test_rows_others_work_with_stay_and_are_listed(loaded):
    job = loaded("persons", [HEAD, TARO, HANAKO])
    make.touch(Account.objects.get(name="あおば"), person=Person.objects.get(name="鈴木花子"))
    report = undone(job).undo_report
    assert report["kept"] == {"used:engagement.touch": 2}
    assert Person.objects.get().name == "鈴木花子"
    assert Affiliation.objects.get().account.name == "あおば"
    assert {(row["kind"], row["id"]) for row in report["kept_rows"]} == {
        ("accounts.account", Account.objects.get().pk), ("accounts.person", Person.objects.get().pk)
    }  # fmt: skip


def test_what_stayed_goes_once_nothing_holds_it(loaded):
    job = loaded("persons", [HEAD, HANAKO])
    touch = make.touch(Account.objects.get(), person=Person.objects.get())
    undone(job)
    assert Person.objects.exists()
    touch.delete()
    undone(ImportJob.objects.get(pk=job.pk), NOW + timedelta(minutes=1))
    assert not Person.objects.exists()


def test_a_value_changed_since_stays_and_the_others_go_back(loaded, system):
    loaded("persons", [HEAD, TARO])
    job = loaded("persons", [HEAD, TARO.replace("部長", "本部長").replace("090-0000-0001", "090-9")])
    editing.amend_person(Person.objects.get(), mobile="080-1", by=system, now=NOW)
    report = undone(job).undo_report
    assert (Person.objects.get().mobile, Affiliation.objects.get().title) == ("080-1", "部長")
    assert report["kept"] == {"changed": 1}


def test_a_person_amended_since_stays_with_the_company(loaded, system):
    job = loaded("persons", [HEAD, TARO])
    editing.amend_person(Person.objects.get(), mobile="080-1", by=system, now=NOW)
    undone(job)
    assert (Person.objects.count(), Affiliation.objects.count(), Department.objects.count()) == (1, 1, 1)


def test_an_opt_out_stays_and_so_does_who_said_it(loaded):
    head = "会社名,氏名,メールアドレス,オプトアウト"
    loaded("persons", [head, "みどり,山田,a@m.example,"])
    job = loaded("persons", [head, "みどり,山田,a@m.example,○", "みどり,鈴木,b@m.example,○", "みどり,林,c@m.example,"])
    assert undone(job).undo_report["kept"] == {"opted_out": 2}
    assert sorted(Person.objects.exclude(opted_out_at=None).values_list("name", flat=True)) == ["山田", "鈴木"]
    assert Person.objects.count() == 2


def test_what_a_later_file_told_too_stays(loaded):
    wrong = loaded("persons", [HEAD, TARO, HANAKO])
    assert counts(loaded("persons", [HEAD, TARO])) == (0, 0, 1, 0)
    report = undone(wrong).undo_report
    assert Person.objects.get().name == "山田太郎"
    assert report["kept"] == {"told": 3, "used:engagement.touch": 1}


def test_undone_in_any_order_two_imports_leave_what_stood_before_both(loaded):
    loaded("persons", [HEAD, TARO])
    before = world()
    first = loaded("persons", [HEAD, TARO.replace("部長", "本部長")])
    second = loaded("persons", [HEAD, TARO.replace("部長", "工場長")])
    undone(first)
    assert Affiliation.objects.get().title == "工場長"
    undone(second)
    assert world() == before


def test_a_former_name_is_the_name_again(loaded):
    loaded("accounts", ["Id,会社名", "A1,みどり"])
    job = loaded("accounts", ["Id,会社名", "A1,あおば"])
    assert AccountName.objects.count() == 1
    undone(job)
    assert (Account.objects.get().name, AccountName.objects.count()) == ("みどり", 0)


def test_scores_are_counted_again_without_the_touches(loaded, system):
    job = (
        loaded("touches", ["種別,日時,会社名", "セミナー参加,2026-05-01 10:00,みどり"])
        if loaded("accounts", ["会社名", "みどり"])
        else None
    )
    recompute.run(by=system, now=NOW)
    assert Score.objects.exists()
    undone(job)
    recompute.count_again(OutboxMessage.objects.get(topic="touches.withdrawn"), NOW)
    assert (Touch.objects.count(), Score.objects.count()) == (0, 0)


def test_loading_the_file_again_undoes_the_undoing(loaded):
    job = loaded("persons", [HEAD, TARO])
    undone(job)
    assert counts(loaded("persons", [HEAD, TARO])) == (1, 0, 0, 0)


def test_the_preview_tells_what_would_happen_and_changes_nothing(loaded, system):
    job = loaded("persons", [HEAD, TARO])
    before, traces = world(), Trace.objects.count()
    told = undoing.preview(job, by=system, now=NOW)
    assert (sum(told.removed.values()), told.kept) == (5, {})
    assert (world(), Trace.objects.count()) == (before, traces)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "leads"}, "history of leads"),
        ({"kind": "users"}, "Users are not removed"),
        ({"state": "FAILED"}, "has been loaded"),
        ({"dry_run": True}, "has been loaded"),
        ({"finished_at": NOW - KEPT - timedelta(days=1)}, "for 90 days"),
        ({"undo_asked_at": NOW}, "being undone already"),
        ({"public_id": "01a00000-0000-7000-8000-000000000000"}, "before its traces"),
    ],
)
def test_what_cannot_be_undone_says_why_and_nothing_changes(loaded, system, change, says):
    job = loaded("accounts", ["会社名", "みどり"])
    ImportJob.objects.filter(pk=job.pk).update(**change)
    job.refresh_from_db()
    before = world()
    for act in (undoing.ask, undoing.preview):
        with pytest.raises(CannotUndo, match=says):
            act(job, by=system, now=NOW)
    assert world() == before
    assert not Entry.objects.filter(act__startswith="imports.ask_undo").exists()


@pytest.mark.parametrize("role", ["MARKETER", "REP"])
def test_somebody_elses_import_is_not_ones_own_to_undo(loaded, role):
    job = loaded("accounts", ["会社名", "みどり"])
    with pytest.raises(CannotUndo, match="Whoever brought the file in"):
        undoing.ask(job, by=make.user(role), now=NOW)
    assert undoing.refusal(job, by=make.user("MARKETING_LEAD"), now=NOW) == ""
    assert Account.objects.count() == 1


def test_a_worker_undoes_what_was_asked_for_once(loaded, system):
    job = loaded("accounts", ["会社名", "みどり"])
    undoing.ask(job, by=system, now=NOW)
    tasks.resume()
    tasks.undo(job.pk)
    assert Account.objects.count() == 0
    assert OutboxMessage.objects.filter(topic="import.undone").count() == 1


def test_old_values_are_forgotten_and_where_they_came_from_is_not(loaded):
    loaded("accounts", ["会社名,業種", "みどり,食品"])
    job = loaded("accounts", ["会社名,業種", "みどり,化学"])
    telling = Trace.objects.get(telling__origin=job.public_id).telling
    telling.at = timezone.now() - KEPT - timedelta(days=1)
    telling.save()
    tasks.forget_traces()
    assert Trace.objects.filter(telling=telling).values_list("was", "became").get() == ({"industry": None}, None)
    assert not Confirmation.objects.filter(telling=telling).exists()


names = st.sampled_from(["みどり", "あおば", "しらゆり", "株式会社あさひ"])
cards = st.lists(
    st.tuples(names, st.sampled_from(["", "設計部", "営業部"]), st.sampled_from(["", "部長", "課長"]),
              st.sampled_from("abcdef"), st.sampled_from(["", "03-1", "03-2"])),
    max_size=8,
)  # fmt: skip


def file_of(rows: list[tuple[str, ...]]) -> list[str]:
    body = [f"{company},{place},{title},{who},{who}@m.example,{phone}," for company, place, title, who, phone in rows]
    return [HEAD, *body]


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=cards.filter(bool), second=cards.filter(bool))
def test_loaded_and_undone_is_as_never_loaded(loaded, first, second):
    from django.db import transaction

    with transaction.atomic():
        loaded("persons", file_of(first))
        before = world()
        undone(loaded("persons", file_of(second), source="drawer"))
        assert world() == before
        transaction.set_rollback(True)
