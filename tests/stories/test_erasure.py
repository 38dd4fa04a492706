"""Somebody asks to be erased: told of through every door, then gone from every table, and all numbers as before."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.db import connection
from rest_framework.test import APIClient

from accounts import disclosing, doubts, editing, erased, erasing, merging, opt_outs
from accounts import tasks as accounts_tasks
from accounts.consent import ErasedKey, Erasure
from accounts.editing import EditRefused
from accounts.erasing import ErasureRefused
from accounts.models import Affiliation, Person
from audit import access, outbox, webhooks
from audit.models import Entry, OutboxMessage, WebhookDelivery
from engagement.models import Touch
from funnel import leads, questions
from funnel.models import Feedback, Lead, LeadMove
from imports import drafts, jobs, keeping, load
from imports.models import ImportJob
from scoring import recompute
from scoring.models import Score
from tests import make
from tests.funnel import people
from users.models import Notification

pytestmark = pytest.mark.django_db
NOW = people.NOW
LATER = NOW + timedelta(days=1)
MARKS = ("秘蔵院", "まさひこ", "ヒゾウイン", "hizouin", "090-7777-1234", "09077771234", "秘蔵課長", "HZ-0815")
MAIL, OTHER_MAIL = "Hizouin@example.jp", "m.hizouin@example.com"
CARDS = (
    "会社名,氏名,姓,名,氏名カナ,メールアドレス,携帯電話,役職,管理番号,名刺交換日\n"
    "青葉精機,秘蔵院 まさひこ,秘蔵院,まさひこ,ヒゾウイン,{},090-7777-1234,秘蔵課長,HZ-0815,2026-11-01\n"
)


@pytest.fixture
def world(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = people.build()
    people.sign_list(made)
    return made


def brought_in(world, text: str, kind: str = "persons", **options: Any) -> ImportJob:
    told = {"file_name": "秘蔵院の名刺.csv", "kind": kind, "source": "cards", "by": world.lead_marketer, "now": NOW}
    return load.run(jobs.queue(ContentFile(text.encode()), **told, **options), now=NOW)


def through_every_door(world) -> Person:
    """By file, API, hand, merge; in leads, touches, notes, doubts, notices, letters, logs."""
    brought_in(world, CARDS.format(MAIL))
    brought_in(world, CARDS.format("broken").replace("秘蔵院 まさひこ,秘蔵院,まさひこ", ",,"))
    brought_in(world, CARDS.format(OTHER_MAIL), dry_run=True)
    drafts.draft(ContentFile(CARDS.format(MAIL).encode("cp932")), file_name="秘蔵院.csv", by=world.marketer, now=NOW)
    person = Person.objects.get()
    merged = by_api(world)
    act: dict[str, Any] = {"by": world.marketer, "now": NOW}
    doubts.raise_pair(person, merged, rule="FUZZY", score=90, **act)
    merging.merge(person, merged, **act)
    merging.merge(world.account, _twin(world, person), **act)
    editing.amend_person(person, name_kana="ヒゾウイン マサヒコ", **act)
    opt_outs.opt_out(person, evidence="秘蔵院より電話", **act)
    demanded(world, person)
    told = {"text": "%(who)s", "params": {"who": "秘蔵院 まさひこ", "mail": MAIL}}
    Notification.objects.create(user=world.rep, key="x", kind="x", created_at=NOW, **told)
    outbox.put("x", key=f"x:{MAIL}", payload={"mail": MAIL, "n": 1}, now=NOW)
    hook = webhooks.create(name="x", url="https://hook.example.com/", kinds=[], by=world.admin, now=NOW)
    webhooks.test(hook, by=world.admin, now=NOW)
    WebhookDelivery.objects.update(payload={"list": [{"秘蔵院まさひこ": MAIL}]}, response=f"unknown {MAIL}")
    access.exported(
        "persons", [person.pk], by=world.marketer, now=NOW, filters={"search": "秘蔵院 まさひこ"}, purpose="x"
    )
    return person


def by_api(world) -> Person:
    client = APIClient()
    client.force_login(world.marketer)
    body = {
        "account": str(world.account.public_id),
        "name": "秘蔵院　まさひこ",
        "email": OTHER_MAIL,
        "title": "秘蔵課長",
    }
    answer = client.post("/api/v1/persons/", body, headers={"Idempotency-Key": "once"})
    assert answer.status_code == 201, answer.content
    return Person.objects.get(public_id=answer.json()["id"])


def _twin(world, person: Person):
    """Another company of the same, where the person stands in no department, as at ours."""
    twin = make.account("青葉精機製作")
    person.affiliations.create(account=twin, title="秘蔵課長")
    return twin


def demanded(world, person: Person) -> None:
    """A lead of theirs with all that is written about it, and touches."""
    told = {"title": f"秘蔵院さんへ {MAIL}", "external_id": f"mail:{MAIL}", "source": world.source}
    make.touch(world.account, at=NOW, person=person, department=world.department, **told)
    make.touch(make.account(), at=NOW, title=f"転送: {MAIL}")
    lead = people.waiting(world)
    lead.persons.add(person)
    world.entry.persons.add(person)
    questions.ask(lead, by=world.rep, now=NOW, question="秘蔵院さんの予算は?")
    questions.answer(lead, by=world.marketer, now=NOW, answer="秘蔵院 まさひこ様は 090-7777-1234 へ")
    leads.accept(lead, by=world.rep, now=NOW, next_action="秘蔵院さんに電話", next_action_on=NOW.date())
    asked = {"account": lead.account, "user": world.rep, "team": world.rep.team, "step": 30, "asked_at": NOW}
    Feedback.objects.create(lead=lead, note="まさひこ氏と面談", closes_at=LATER, **asked)
    Lead.objects.filter(pk=lead.pk).update(because={"who": ["秘蔵院まさひこ"]})


def found() -> dict[str, int]:
    """Table → rows in which any mark stands, whatever the column."""
    said = " OR ".join(["lower(t::text) LIKE %s"] * len(MARKS))
    hits = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            question = f"SELECT count(*) FROM {table} t WHERE {said}"  # noqa: S608 - our own tables
            cursor.execute(question, [f"%{mark.lower()}%" for mark in MARKS])
            hits[table] = cursor.fetchone()[0]
    return {table: hits for table, hits in hits.items() if hits}


def files() -> list[str]:
    return sorted(path.name for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file())


def numbers() -> dict[str, Any]:
    """What must stay: how much happened, how warm it is."""
    counted = {model.__name__: model._base_manager.count() for model in (Lead, LeadMove, Touch, Person, Affiliation)}
    scores = Score.objects.order_by("account_id", "department_id", "offering_id")
    joined = {"lead persons": Lead.persons.through.objects.count()}
    return counted | joined | {"scores": list(scores.values_list("account_id", "seminar", "meeting", "persons"))}


def test_erased_everywhere_with_the_numbers_as_before(world, django_capture_on_commit_callbacks):
    person = through_every_door(world)
    recompute.run(by=world.clock, now=NOW)
    before, hits = numbers(), found()
    assert {"accounts_person", "imports_importjob", "funnel_leadmove", "api_keptanswer", "accounts_merge"} <= set(hits)
    made = erasing.ask(person, ground="本人の請求 2026-11-24", by=world.lead_marketer, now=LATER)
    assert (made.state, numbers()) == ("ASKED", before)
    with django_capture_on_commit_callbacks(execute=True):
        delivered = outbox.deliver(now=LATER, lane=outbox.ERASURES)
    assert delivered == {"delivered": 1, "failed": 0}
    made.refresh_from_db()
    assert found() == {}
    assert files() == []
    recompute.run(by=world.clock, now=NOW)
    assert numbers() == before
    assert (made.counts["files"], Person.objects.count(), str(Person._base_manager.get(pk=person.pk))) == (
        4, 0, "Erased person",
    )  # fmt: skip
    assert Entry.objects.filter(act="persons.erase", object_id=made.pk).count() == 1


def test_nobody_brings_them_back_unnoticed(world):
    brought_in(world, CARDS.format(MAIL))
    make.erased(Person.objects.get(), by=world.lead_marketer, now=LATER)
    for text in (CARDS.format(MAIL), CARDS.format(""), CARDS.format("new@example.jp")):
        job = brought_in(world, text)
        assert (job.refused, job.created + job.updated) == (1, 0)
        assert "erased on 2026-11-25 at their wish" in job.report["refusals"][0]["reason"]
    with pytest.raises(EditRefused, match="erased"):
        editing.add_person(world.account, name="x", email=MAIL.lower(), by=world.rep, now=LATER)
    opt_outs.tell([opt_outs.OptOutFacts(MAIL)], source=None, by=world.rep, now=LATER)
    assert (Person.objects.count(), opt_outs.look_up(MAIL)) == (0, None)


def test_who_consents_anew_is_taken_again(world):
    brought_in(world, CARDS.format(MAIL))
    make.erased(Person.objects.get(), by=world.lead_marketer, now=LATER)
    told: dict[str, Any] = {"by": world.lead_marketer, "now": LATER}
    for address, because, why in (
        (MAIL, " ", "consent was given anew"),
        ("x@example.jp", "申込書", "Nobody with this"),
    ):
        with pytest.raises(ErasureRefused, match=why):
            erasing.readmit(address, because=because, **told)
        assert ErasedKey.objects.count() == 2
    erasing.readmit(MAIL, because="申込書", **told)
    assert (brought_in(world, CARDS.format(MAIL)).created, Person.objects.count()) == (1, 1)


def test_the_marks_outlive_a_change_of_the_key(world, settings):
    key = erased.of_address(MAIL)
    person = make.person(world.account, email=MAIL)
    make.erased(person, by=world.lead_marketer, now=NOW)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert set(erased.among([key])) == {key}
    assert MAIL.lower() not in str(list(ErasedKey.objects.values()))


def test_only_the_head_of_marketing_erases_and_says_why(world):
    person = make.person(world.account)
    before = list(Person.objects.values())
    for by, ground, why in ((world.rep, "x", "head of marketing"), (world.lead_marketer, " ", "on which ground")):
        with pytest.raises(ErasureRefused, match=why):
            erasing.ask(person, ground=ground, by=by, now=NOW)
    assert (list(Person.objects.values()), Erasure.objects.count()) == (before, 0)


# From the asking to the end


def test_from_the_moment_of_asking_nobody_writes_to_them_or_changes_them(world):
    brought_in(world, CARDS.format(MAIL))
    person, act = Person.objects.get(), {"by": world.lead_marketer, "now": LATER}
    other = make.person(world.account, "別人")
    made = erasing.ask(person, ground="秘蔵院 まさひこより", **act)
    assert (made.ground, made.state) == ("At their wish.", "ASKED")
    assert list(Person.objects.reachable()) == list(Person.objects.staying()) == [other]
    assert brought_in(world, CARDS.format(MAIL)).refused == 1
    stood = list(Person.objects.order_by("pk").values())
    for refused, why in (
        (lambda: editing.amend_person(person, email="new@example.jp", **act), EditRefused),
        (lambda: opt_outs.lift(person.opt_outs.get(), because="申込書", **act), opt_outs.OptOutRefused),
        (lambda: merging.merge(other, person, **act), merging.MergeRefused),
        (lambda: erasing.readmit(MAIL, because="申込書", **act), ErasureRefused),
    ):
        with pytest.raises(why, match="is being erased"):
            refused()
    assert list(Person.objects.order_by("pk").values()) == stood


def test_asked_twice_or_done_twice_it_is_one_erasure(world):
    person = make.person(world.account, email=MAIL)
    act = {"by": world.lead_marketer, "now": NOW}
    made = erasing.ask(person, ground="本人の請求", **act)
    assert erasing.ask(person, ground="もう一度", **act) == made
    done = erasing.run(made, now=LATER)
    assert erasing.run(made, now=LATER + timedelta(hours=1)).done_at == done.done_at == LATER
    assert erasing.ask(person, ground="三度目", **act) == made
    assert (Erasure.objects.count(), OutboxMessage.objects.filter(lane=outbox.ERASURES).count()) == (1, 1)
    acts = Entry.objects.filter(object_type="accounts.erasure").order_by("pk").values_list("act", "actor_name")
    assert list(acts) == [("persons.ask_erasure", "Lead_Marketer"), ("persons.erase", "Lead_Marketer")]


def test_one_that_fails_half_way_has_erased_nothing_and_is_tried_again(world, monkeypatch):
    person = make.person(world.account, "秘蔵院 まさひこ", email=MAIL)
    make.touch(world.account, title="秘蔵院 まさひこさん", person=person)
    made = erasing.ask(person, ground="本人の請求", by=world.lead_marketer, now=NOW)
    before = found()
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_empty", lambda *_: 1 / 0)
        assert outbox.deliver(now=NOW, lane=outbox.ERASURES) == {"delivered": 0, "failed": 1}
    assert (found(), Erasure.objects.get().counts) == (before, {})
    assert list(Erasure.objects.late(NOW + timedelta(minutes=16))) == [made]
    assert not Erasure.objects.late(NOW + timedelta(minutes=14))
    accounts_tasks.erase()
    assert (found(), Erasure.objects.get().state) == ({}, "DONE")
    assert not Erasure.objects.late(LATER)


def test_a_namesake_elsewhere_and_a_company_s_number_stay(world):
    other = make.account(phone="03-1111-2222")
    namesake = make.person(other, "山田 太郎", phone="03-1111-2222")
    make.touch(other, title="山田 太郎さんと会話", person=namesake)
    make.touch(other, title="代表 03-1111-2222")
    person = make.person(world.account, "山田 太郎", phone="03-1111-2222")
    make.erased(person, by=world.lead_marketer, now=NOW)
    assert [touch.title for touch in Touch.objects.order_by("pk")] == ["山田 太郎さんと会話", "代表 03-1111-2222"]
    assert Person.objects.get() == namesake


def test_everything_is_told_first(world):
    person = through_every_door(world)
    told = disclosing.everything(person)
    assert told["person"][0]["email"] == MAIL.lower() or told["person"][0]["email"] == MAIL
    assert [row["email"] for row in told["accounts.personemail"]] == [OTHER_MAIL]
    assert {"engagement.touch", "funnel.lead_persons", "accounts.affiliation", "accounts.optout", "known_from"} <= set(
        told
    )
    assert {row["source"] for row in told["known_from"]} >= {"cards"}
    assert ("person", "1", "mobile", "090-7777-1234") in set(disclosing.lines(person))


def test_files_go_when_they_can_no_longer_be_undone(world, django_capture_on_commit_callbacks):
    brought_in(world, CARDS.format(MAIL))
    brought_in(world, CARDS.format(OTHER_MAIL), dry_run=True)
    ImportJob.objects.update(finished_at=NOW)
    assert keeping.forget_old(now=NOW + keeping.UNLOADED - timedelta(days=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        gone = [keeping.forget_old(now=NOW + timedelta(days=days)) for days in (31, 89, 91, 92)]
    assert (gone, files()) == ([1, 0, 1, 0], [])
    with pytest.raises(jobs.ImportRefused, match="no longer kept"):
        jobs.queue(ImportJob.objects.last().file, file_name="x", kind="persons", source="x", by=world.marketer, now=NOW)
