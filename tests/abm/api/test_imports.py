"""Files over HTTP: queued, loaded by a worker, read back."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account
from imports import load
from imports.models import ImportJob
from tests.funnel.people import NOW

pytestmark = pytest.mark.django_db

FILE = "会社名,法人番号\n株式会社黒田製作所,7010001008844\n,\n黒田,1.23E+12\n".encode()


def send(client: Any, content: bytes = FILE, **fields: Any) -> Any:
    file = SimpleUploadedFile("companies.csv", content, "text/csv")
    told = {"file": file, "kind": "accounts", "source": "register", **fields}
    return client.post("/imports/", told, format="multipart")


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_file_is_queued_and_its_result_is_read_where_location_says(world, ask):
    client = ask(world.marketer)
    queued = send(client)
    assert (queued.status_code, queued.json()["state"]) == (202, "QUEUED")
    load.run(ImportJob.objects.get(), now=NOW)
    shown = client.get(queued.headers["Location"]).json()
    assert (shown["state"], shown["created"], shown["read"]) == ("DONE", 2, 2)
    assert shown["read"] == shown["created"] + shown["updated"] + shown["unchanged"] + shown["refused"]
    assert Account.objects.filter(corporate_number="7010001008844").count() == 1


def test_the_refused_rows_come_back_to_be_mended(world, ask):
    client = ask(world.marketer)
    at = send(client, "会社名,従業員数\n,5\n".encode()).headers["Location"]
    load.run(ImportJob.objects.get(), now=NOW)
    shown = client.get(at).json()
    assert (shown["refused"], shown["has_error_file"]) == (1, True)
    errors = client.get(f"{at}errors/")
    assert errors.headers["Content-Type"] == "text/csv"
    assert b"".join(errors.streaming_content).count(b"\n") >= 2


def test_a_file_without_refusals_has_no_error_file(world, ask):
    client = ask(world.marketer)
    assert client.get(f"{send(client).headers['Location']}errors/").status_code == 404


def test_the_same_upload_under_one_key_is_one_import(world, ask):
    client, key = ask(world.marketer), {"headers": {"idempotency-key": "k"}}
    told = [{"file": BytesIO(FILE), "kind": "accounts", "source": "register"} for _ in range(2)]
    first, second = (client.post("/imports/", body, format="multipart", **key) for body in told)
    assert (first.status_code, first.content) == (202, second.content)
    assert ImportJob.objects.count() == 1
    other = client.post("/imports/", told[0] | {"file": BytesIO(b"x")}, format="multipart", **key)
    assert other.status_code == 422


def test_a_waiting_import_can_be_cancelled_once(world, ask):
    client = ask(world.marketer)
    at = send(client).headers["Location"]
    assert client.post(f"{at}cancel/").json()["state"] == "CANCELLED"
    assert client.post(f"{at}cancel/").status_code == 409


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "dreams"}, 400),
        ({"source": "no spaces"}, 400),
        ({"mapping": "{"}, 400),
        ({"mapping": "[1]"}, 400),
        ({"mapping": '{"columns": {"x": "no_such_field"}}'}, 422),
        ({"kind": "users"}, 403),
    ],
)
def test_a_file_that_is_not_taken(world, ask, fields, status):
    assert send(ask(world.marketer), **fields).status_code == status
    assert ImportJob.objects.count() == 0


@pytest.mark.parametrize("who", ["rep", "partner", "analyst"])
def test_others_bring_nothing_in(world, ask, who):
    assert send(ask(world.users[who])).status_code == 403
    assert ImportJob.objects.count() == 0


def drafted(client: Any, content: bytes = FILE) -> str:
    file = SimpleUploadedFile("cards.csv", content, "text/csv")
    answer = client.post("/imports/", {"file": file, "preview": "true"}, format="multipart")
    assert (answer.status_code, answer.json()["state"]) == (202, "DRAFT")
    return str(answer.headers["Location"])


def test_a_preview_proposes_and_shows_the_first_rows_without_loading(world, ask):
    client = ask(world.marketer)
    proposal = client.get(f"{drafted(client)}proposal/").json()
    assert (proposal["kind"], proposal["source"], proposal["header_line"]) == ("accounts", "files", 1)
    assert proposal["columns"][1]["fields_given"] == ["corporate_number"]
    assert [(row["row"], row["effect"], row["ambiguous"]) for row in proposal["rows"]] == [
        (2, "created", False),
        (4, "created", False),
    ]
    assert "Excel has rounded" in proposal["rows"][1]["reasons"][0]
    assert not Account.objects.filter(name="株式会社黒田製作所").exists()


def test_a_draft_is_corrected_started_and_remembered(world, ask):
    client = ask(world.marketer)
    at = drafted(client, "相手,備考\n株式会社黒田製作所,x\n".encode())
    assert client.get(f"{at}proposal/").json()["missing"] == [["name", "external_id"]]
    assert client.post(f"{at}start/").status_code == 422
    corrected = client.patch(
        f"{at}mapping/", {"mapping": {"columns": {"相手": "name"}}, "source": "drawer"}, format="json"
    )
    assert (corrected.json()["missing"], corrected.json()["source"]) == ([], "drawer")
    assert client.post(f"{at}start/", {"dry_run": True}, format="json").json()["state"] == "QUEUED"
    assert client.post(f"{at}start/").status_code == 409
    assert client.get(f"{at}proposal/").status_code == 409
    (template,) = client.get("/import-templates/").json()["results"]
    assert template["mapping"]["columns"] == {"相手": "name"}
    assert client.delete(f"/import-templates/{template['id']}/").status_code == 204
    assert client.get("/import-templates/").json()["results"] == []


def test_another_kind_is_proposed_anew(world, ask):
    client = ask(world.marketer)
    at = drafted(client, "会社名,氏名\n株式会社黒田製作所,山田\n".encode())
    assert client.patch(f"{at}mapping/", {"kind": "accounts"}, format="json").json()["kind"] == "accounts"
    assert (
        client.patch(f"{at}mapping/", {"mapping": {"columns": {"氏名": "nothing"}}}, format="json").status_code == 422
    )


def test_without_preview_kind_and_source_are_needed(world, ask):
    file = SimpleUploadedFile("cards.csv", FILE, "text/csv")
    assert ask(world.marketer).post("/imports/", {"file": file}, format="multipart").status_code == 400
    assert ImportJob.objects.count() == 0


@pytest.mark.parametrize("who", ["rep", "partner", "analyst"])
def test_others_draft_nothing(world, ask, who):
    file = SimpleUploadedFile("cards.csv", FILE, "text/csv")
    answer = ask(world.users[who]).post("/imports/", {"file": file, "preview": "true"}, format="multipart")
    assert (answer.status_code, ImportJob.objects.count()) == (403, 0)
