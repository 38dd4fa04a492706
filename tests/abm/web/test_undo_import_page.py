"""The page that undoes an import: what would happen, the asking, what came of it."""

import pytest
from django.core.files.base import ContentFile

from accounts.models import Account, Person
from imports import jobs, load, undoing
from imports.models import ImportJob
from tests import make

pytestmark = pytest.mark.django_db
FILE = "会社名,氏名,e-mail\nみどり,山田,a@m.example\nあおば,鈴木,b@m.example\n".encode()


@pytest.fixture
def job(settings, tmp_path) -> ImportJob:
    settings.MEDIA_ROOT = tmp_path
    given = {"file_name": "cards.csv", "kind": "persons", "source": "eight"}
    queued = jobs.queue(ContentFile(FILE), by=make.user("MARKETER", "mia"), now=make.NOW, **given)
    return load.run(queued, now=make.NOW)


def test_it_shows_what_would_happen_asks_and_tells_what_came_of_it(client, job):
    client.force_login(job.by)
    make.touch(Account.objects.get(name="あおば"), person=Person.objects.get(name="鈴木"))
    at = f"/imports/{job.public_id}/"
    assert f"{at}undo/" in client.get(at).content.decode()
    page = client.get(f"{at}undo/").content.decode()
    assert "In use: Touches" in page
    assert "鈴木" in page
    assert Person.objects.count() == 2
    asked = client.post(f"{at}undo/", follow=True).content.decode()
    assert "being undone" in asked
    undoing.run(ImportJob.objects.get(), now=make.NOW)
    assert [person.name for person in Person.objects.all()] == ["鈴木"]
    assert "Undone on" in client.get(at).content.decode()


def test_somebody_else_is_told_who_can(client, job):
    client.force_login(make.user("MARKETER"))
    at = f"/imports/{job.public_id}/"
    assert f"{at}undo/" not in client.get(at).content.decode()
    assert "head of marketing" in client.post(f"{at}undo/", follow=True).content.decode()
    assert ImportJob.objects.get().undo_asked_at is None


def test_persons_and_companies_tell_where_they_are_known_from(client, job):
    client.force_login(job.by)
    account = client.get(f"/accounts/{Account.objects.get(name='みどり').public_id}/").content.decode()
    person = client.get(f"/persons/{Person.objects.get(name='山田').public_id}/origins/").content.decode()
    for page in (account, person):
        assert "Where we know this from" in page
        assert "cards.csv" in page
