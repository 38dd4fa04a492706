"""Undoing an import and asking where things are known from, over HTTP."""

import pytest
from django.core.files.base import ContentFile

from accounts.models import Person
from imports import jobs, load, undoing
from imports.models import ImportJob
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db
FILE = "会社名,氏名,e-mail\nみどり,山田,a@m.example\n".encode()


@pytest.fixture
def job(world, settings, tmp_path) -> ImportJob:
    settings.MEDIA_ROOT = tmp_path
    given = {"file_name": "cards.csv", "kind": "persons", "source": "eight"}
    return load.run(jobs.queue(ContentFile(FILE), by=world.marketer, now=NOW, **given), now=NOW)


def test_an_import_is_previewed_undone_and_told_of(world, ask, job):
    client, at = ask(world.marketer), f"/imports/{job.public_id}/"
    told = client.get(f"{at}undo_preview/").json()
    assert told["counts"] == {"removed": 3, "restored": 0, "kept": 0}
    asked = client.post(f"{at}undo/")
    assert (asked.status_code, asked.json()["undone_at"], asked.json()["undo_report"]) == (202, None, None)
    undoing.run(ImportJob.objects.get(pk=job.pk), now=NOW)
    shown = client.get(at).json()
    assert (shown["undo_report"], shown["undone_at"] is not None) == (told, True)
    assert not Person.objects.filter(email="a@m.example").exists()


def test_what_cannot_be_undone_is_a_conflict_in_words(world, ask, job):
    ImportJob.objects.filter(pk=job.pk).update(kind="leads")
    refused = ask(world.marketer).post(f"/imports/{job.public_id}/undo/")
    assert (refused.status_code, refused.json()["type"].rsplit("/")[-1]) == (409, "import-not-undoable") or (
        refused.status_code == 409 and "import-not-undoable" in refused.json()["type"]
    )
    assert Person.objects.filter(email="a@m.example").exists()


def test_the_origin_of_each_field_is_read_by_who_sees_the_row(world, ask, job):
    path = f"/persons/{Person.objects.get(email='a@m.example').public_id}/origins/"
    told = {one["field"]: (one["source"], one["import_id"]) for one in ask(world.marketer).get(path).json()}
    assert told == {"name": ("eight", str(job.public_id)), "email": ("eight", str(job.public_id))}
    assert ask(world.analyst).get(path).status_code == 404
