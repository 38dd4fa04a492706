"""Two cards of one person: merged with both addresses and the opt-out, found again by either, parted exactly."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import merging
from accounts.models import Affiliation, ExternalId, Person, PersonEmail
from accounts.persons import PersonFacts, PersonRegistrar
from engagement.models import Touch
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
TABLES = (Person, PersonEmail, Affiliation, ExternalId, Touch)


def rows() -> list[Any]:
    found = [list(table.objects.order_by("pk").values()) for table in TABLES]
    return [[{name: value for name, value in row.items() if name != "updated_at"} for row in table] for table in found]


def test_persons_are_merged_found_again_and_parted():
    company, by = make.account(), make.system()
    kept = make.person(company, "山田 太郎", email="taro@example.jp")
    gone = make.person(company, "山田　太郎", email="yamada@example.jp", mobile="090-1", opted_out_at=NOW)
    make.touch(company, person=gone)
    before = rows()
    done = merging.merge(kept, gone, by=by, now=NOW)
    person = Person.objects.get()
    assert (person.email, person.mobile, person.opted_out_at) == ("taro@example.jp", "090-1", NOW)
    assert person.affiliations.count() == Touch.objects.filter(person=person).count() == 1
    merged = rows()
    facts = PersonFacts(company, email="yamada@example.jp", details={"name": "山田　太郎", "mobile": "080-2"})
    (told,) = PersonRegistrar(make.source(), now=NOW + timedelta(days=1)).register([facts])
    assert (told.effect, told.subject, rows()) == ("unchanged", person, merged)
    merging.unmerge(done, by=by, now=NOW)
    assert rows() == before
