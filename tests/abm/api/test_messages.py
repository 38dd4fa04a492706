"""How one wants to be told, and the letters that left, by API."""

from typing import Any

import pytest

from audit.models import Entry
from tests.funnel.people import NOW
from users.models import Letter, Team, User

pytestmark = pytest.mark.django_db
MINE = "/me/messages/"


def change(client: Any, **body: Any) -> Any:
    tag = client.get(MINE)["ETag"]
    return client.patch(MINE, body, format="json", headers={"If-Match": tag})


def test_what_counts_now_is_told_without_the_secret(world, ask):
    User.objects.filter(pk=world.rep.pk).update(chat_service="SLACK", chat_url="https://hooks.example.com/s3cret")
    told = ask(world.rep).get(MINE).json()
    assert (told["mails"], told["digest_hour"], told["quiet_from"], told["quiet_until"]) == (True, 8, "20:00", "07:00")
    assert told["chat"] == {"service": "SLACK", "is_known": True}
    assert {"kind": "lead.handed_over", "route": "NOW"} in told["routes"]
    assert {"kind": "lead.ghosted", "route": "DIGEST"} in told["routes"]
    assert told["team_chat"] is None


def test_what_is_sent_changes_and_the_rest_stays(world, ask):
    answer = change(
        ask(world.rep), digest_hour=None, quiet_until="06:00", routes=[{"kind": "lead.ghosted", "route": "NOW"}]
    )
    assert answer.status_code == 200
    told = answer.json()
    assert (told["digest_hour"], told["quiet_from"], told["quiet_until"]) == (None, "20:00", "06:00")
    assert {"kind": "lead.ghosted", "route": "NOW"} in told["routes"]


def state() -> tuple[Any, ...]:
    return list(User.objects.order_by("pk").values()), list(Team.objects.order_by("pk").values()), Entry.objects.count()


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"digest_hour": 24}, 400, "#/digest_hour"),
        ({"quiet_from": None}, 400, "#/quiet_from"),
        ({"chat": {"service": "SLACK", "url": "http://localhost/x"}}, 400, "#/chat_url"),
        ({"routes": [{"kind": "lead.sung_about", "route": "NOW"}]}, 400, "#/routes"),
        ({"team_chat": {"service": "SLACK", "url": "https://hooks.example.com/x"}}, 403, None),
    ],
)
def test_what_cannot_be_is_refused(world, ask, body, status, pointer):
    client = ask(world.rep)
    before = state()
    answer = change(client, **body)
    assert answer.status_code == status
    assert pointer is None or answer.json()["errors"][0]["pointer"] == pointer
    assert state() == before


def test_a_change_needs_the_state_that_was_seen(world, ask):
    client = ask(world.rep)
    assert client.patch(MINE, {"mails": False}, format="json").status_code == 428
    assert client.patch(MINE, {"mails": False}, format="json", headers={"If-Match": '"old"'}).status_code == 412
    world.rep.refresh_from_db()
    assert world.rep.mails is True


def test_who_leads_a_team_chooses_its_channel(world, ask):
    answer = change(ask(world.manager), team_chat={"service": "TEAMS", "url": "https://hooks.example.com/x"})
    assert answer.json()["team_chat"] == {"service": "TEAMS", "is_known": True}
    assert Team.objects.get(pk=world.manager.team_id).chat_url == "https://hooks.example.com/x"


def test_a_test_is_sent_once_a_minute(world, ask, settings):
    settings.MAIL_ON = True
    User.objects.filter(pk=world.rep.pk).update(email="rep@example.jp")
    world.rep.refresh_from_db()
    client = ask(world.rep)
    assert [client.post(f"{MINE}test/").status_code for _ in range(2)] == [202, 409]
    assert Letter.objects.count() == 1


def letter(user: User, **fields: Any) -> Letter:
    made = Letter.objects.create(
        user=user, key=f"k{user.pk}", channel="MAIL", created_at=NOW, available_at=NOW, **fields
    )
    made.refresh_from_db()
    return made


def test_admins_see_all_letters_and_others_their_own(world, ask):
    for user in (world.rep, world.partner):
        letter(user)
    seen = {
        name: len(ask(world.users[name]).get("/letters/").json()["results"]) for name in ("admin", "rep", "marketer")
    }
    assert seen == {"admin": 2, "rep": 1, "marketer": 0}


def test_letters_are_narrowed_by_state(world, ask):
    letter(world.rep, failed_at=NOW, error="550 no"), letter(world.partner, sent_at=NOW)
    client = ask(world.admin)
    (failed,) = client.get("/letters/?state=failed").json()["results"]
    assert (failed["state"], failed["error"]) == ("FAILED", "550 no")
    assert len(client.get("/letters/?state=failed,sent").json()["results"]) == 2
    assert client.get("/letters/?state=lost").status_code == 400


def test_an_admin_sends_again_what_failed_and_nothing_else(world, ask):
    failed, sent = letter(world.rep, failed_at=NOW), letter(world.partner, sent_at=NOW)
    client = ask(world.admin)
    assert client.post(f"/letters/{failed.public_id}/replay/").json()["state"] == "WAITING"
    assert client.post(f"/letters/{sent.public_id}/replay/").status_code == 409
    assert client.post("/letters/replay-failed/").json() == {"count": 0}
    assert Letter.objects.waiting().get() == failed


def test_nobody_else_sends_anything_again(world, ask):
    mine = letter(world.rep, failed_at=NOW)
    client = ask(world.rep)
    assert client.post(f"/letters/{mine.public_id}/replay/").status_code == 403
    assert client.post("/letters/replay-failed/").status_code == 403
    assert ask(world.partner).post(f"/letters/{mine.public_id}/replay/").status_code == 404
    assert Letter.objects.failed().count() == 1
