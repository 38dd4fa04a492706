"""The pages about messages: what each chooses, and what an admin sees of what left the house."""

import pytest
from django.utils import timezone

from audit.models import Entry
from tests import make
from users import kinds
from users.models import Letter, Team, User
from users.roles import Role

pytestmark = pytest.mark.django_db
PAGE = "/settings/messages/"


@pytest.fixture
def rep(client) -> User:
    user = make.user(Role.REP, language="en", email="rep@example.jp")
    client.force_login(user)
    return user


def filled(**changes: str) -> dict[str, str]:
    usual = {"mails": "on", "digest_hour": "8", "quiet_from": "20:00", "quiet_until": "07:00", "chat_service": ""}
    return usual | {"chat_url": ""} | {kind.name: "DIGEST" for kind in kinds.of_role(Role.REP)} | changes


def test_the_page_shows_what_counts_now(client, rep):
    page = client.get(PAGE).content.decode()
    assert "rep@example.jp" in page
    assert 'value="20:00"' in page
    assert '<option value="NOW" selected>at once</option>' in page


def test_every_choice_is_kept(client, rep):
    sent = filled(
        digest_hour="",
        quiet_from="",
        quiet_until="",
        chat_service="TEAMS",
        chat_url="https://example.webhook.office.com/x",
    )
    sent["lead.ghosted"] = "NOW"
    del sent["mails"]
    assert client.post(PAGE, sent).status_code == 302
    rep.refresh_from_db()
    assert (rep.mails, rep.digest_hour, rep.quiet, rep.chat_service) == (False, None, None, "TEAMS")
    assert (rep.routes["lead.ghosted"], rep.routes["lead.at_risk"]) == ("NOW", "DIGEST")


def test_a_known_address_of_a_chat_is_never_shown(client, rep):
    User.objects.filter(pk=rep.pk).update(chat_service="SLACK", chat_url="https://hooks.example.com/s3cret")
    page = client.get(PAGE).content.decode()
    assert "s3cret" not in page
    assert "An address is known." in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"chat_service": "SLACK", "chat_url": "http://10.0.0.1/x"}, "private network"),
        ({"quiet_until": ""}, "a beginning and an end"),
        ({"chat_service": "SLACK"}, "Please give the address"),
        ({"lead.at_risk": "PIGEON"}, "Select a valid choice"),
        ({"quiet_from": "\x00"}, "Enter a valid time"),
    ],
)
def test_what_cannot_be_is_refused_with_everything_typed_still_there(client, rep, changes, says):
    before = User.objects.values().get(pk=rep.pk), Entry.objects.count()
    page = client.post(PAGE, filled(quiet_from="21:15") | changes)
    assert page.status_code == 200
    assert says in page.content.decode()
    assert "quiet_from" in changes or 'value="21:15"' in page.content.decode()
    assert (User.objects.values().get(pk=rep.pk), Entry.objects.count()) == before


def test_a_test_is_sent_on_request(client, rep, settings):
    settings.MAIL_ON = True
    assert client.post(f"{PAGE}test/", follow=True).content.decode().count("A test is on its way.") == 1
    assert client.post(f"{PAGE}test/", follow=True).content.decode().count("Please wait a minute") == 1
    assert Letter.objects.count() == 1


def test_only_who_leads_the_team_sees_and_chooses_its_channel(client, rep):
    given = {"chat_service": "SLACK", "chat_url": "https://hooks.example.com/x"}
    assert "The channel of" not in client.get(PAGE).content.decode()
    client.post(f"{PAGE}team/", given)
    assert Team.objects.get(name="East").chat_url == ""
    client.force_login(make.user(Role.SALES_MANAGER, language="en"))
    assert "The channel of East" in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}team/", given).status_code == 302
    assert Team.objects.get(name="East").chat_url == "https://hooks.example.com/x"


def test_a_teams_address_inside_the_house_is_refused(client):
    client.force_login(make.user(Role.SALES_MANAGER, language="en"))
    page = client.post(f"{PAGE}team/", {"chat_service": "SLACK", "chat_url": "http://127.0.0.1/x"})
    assert "private network" in page.content.decode()
    assert Team.objects.get(name="East").chat_url == ""


def letters(count: int, **fields) -> list[Letter]:
    now = timezone.now()
    made = [
        Letter(user=make.user(), key=f"k{number}", channel="MAIL", created_at=now, available_at=now, **fields)
        for number in range(count)
    ]
    return Letter.objects.bulk_create(made)


@pytest.fixture
def admin(client) -> User:
    user = make.user(Role.ADMIN, language="en")
    client.force_login(user)
    return user


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_letters_costs_the_same_however_long(client, admin, django_assert_num_queries, count):
    letters(count, failed_at=timezone.now(), error="550 no such user")
    with django_assert_num_queries(7):
        page = client.get("/operations/letters/").content.decode()
    assert page.count("550 no such user") == count


def test_failed_letters_are_sent_again_one_by_one_or_all(client, admin):
    first, *_ = letters(3, failed_at=timezone.now())
    client.post(f"/operations/letters/{first.public_id}/replay/")
    assert Letter.objects.waiting().get() == first
    page = client.post("/operations/letters/replay/", follow=True).content.decode()
    assert "2 letters will be tried again." in page
    assert Letter.objects.waiting().count() == 3
    assert Entry.objects.filter(act="posting.replay", actor_id=admin.pk).count() == 3


def test_what_has_left_is_not_sent_again(client, admin):
    (sent,) = letters(1, sent_at=timezone.now())
    page = client.post(f"/operations/letters/{sent.public_id}/replay/", follow=True).content.decode()
    assert "Only what has failed can be sent again." in page
    assert Letter.objects.waiting().count() == 0


def test_only_the_demo_shows_what_a_letter_says(client, admin, settings):
    settings.HOUSE_LANGUAGE = "en"
    (letter,) = letters(1)
    assert client.get(f"/operations/letters/{letter.public_id}/").status_code == 404
    settings.DEMO = True
    assert "reach you here" in client.get(f"/operations/letters/{letter.public_id}/").content.decode()


def test_operations_say_how_many_letters_wait_and_failed(client, admin):
    letters(2, failed_at=timezone.now())
    assert "0 waiting, 2 failed" in client.get("/operations/").content.decode()
