"""Settings, sources; and a file's own ground on its draft's page."""

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.ledger import SourceCost
from accounts.models import Person, Source, Telling
from imports import drafts, load
from imports.models import ImportJob
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/settings/sources/cards/"


@pytest.fixture
def marketer(client):
    user = make.user("MARKETER")
    make.source("cards")
    client.force_login(user)
    return user


def test_ground_and_costs_are_kept_by_page(client, marketer):
    assert client.post(PAGE, {"name": "名刺", "kind": "CARDS", "basis": "CARD", "purpose": "ご案内"}).status_code == 302
    assert Source.objects.values_list("name", "basis", "purpose").get() == ("名刺", "CARD", "ご案内")
    told = {"kind": "PER_CARD", "amount": "50", "units": "1200", "first_on": "2026-04-01", "note": "入力代行"}
    assert client.post(f"{PAGE}costs/", told | {"kind": "FLAT"}).status_code == 200
    assert SourceCost.objects.count() == 0
    assert client.post(f"{PAGE}costs/", told).status_code == 302
    cost = SourceCost.objects.get()
    assert (cost.total, cost.recorded_by) == (Decimal(60000), marketer)
    assert "¥60,000" in client.get("/settings/sources/").content.decode()
    assert "入力代行" in client.get(PAGE).content.decode()
    assert client.post(f"/settings/sources/costs/{cost.public_id}/remove/").status_code == 302
    assert SourceCost.objects.count() == 0


@pytest.mark.parametrize(("said", "ground"), [("", ("CARD", "ご案内")), ("CONSENT", ("CONSENT", "メールマガジン"))])
def test_a_file_may_name_another_ground(client, marketer, said, ground):
    Source.objects.update(basis="CARD", purpose="ご案内")
    file = ContentFile("会社名,氏名,メールアドレス\n青葉,山田,a@example.jp\n".encode())
    job = drafts.draft(file, file_name="a.csv", source="cards", by=marketer, now=timezone.now())
    said_on_page = {"basis": said, "purpose": ground[1] if said else ""}
    columns = {"column-0": "account", "column-1": "name", "column-2": "email"}
    path = f"/imports/{job.public_id}/mapping/"
    assert client.post(path, {"then": "load", "source": "cards", **columns, **said_on_page}).status_code == 302
    load.run(ImportJob.objects.get(), now=timezone.now())
    assert Telling.objects.values_list("basis", "purpose").get() == ground
    shown = client.get(f"/persons/{Person.objects.get().public_id}/origins/").content.decode()
    assert ground[1] in shown
