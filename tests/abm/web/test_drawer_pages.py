"""Drawer rounds on pages: the marketer's board, and the link that needs no signing in and shows nothing of others."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from imports import drawer_links, rounds
from imports.drawers import DrawerFile, DrawerInvitation, DrawerRound
from imports.models import ImportJob
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db
CARDS = "会社名,氏名\nみどり,山田 一\n"


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER)


@pytest.fixture
def asked(marketer):
    people = [make.user(Role.REP, f"rep{n}", name=f"担当{n}") for n in (1, 2)]
    last = timezone.localdate() + timedelta(days=5)
    return rounds.start(name="机の名刺", due_on=last, people=people, by=marketer, now=timezone.now()).invitations


def link(invitation) -> str:
    return drawer_links.path(invitation)


def file(text: str = CARDS, name: str = "cards.csv") -> dict:
    return {"file": SimpleUploadedFile(name, text.encode())}


def text(response) -> str:
    return response.content.decode()


def test_a_file_is_dropped_without_signing_in_and_thanked_for(client, asked):
    first, second = asked.order_by("pk")
    page = client.post(link(first), file(), follow=True)
    assert "Thank you. 1 row was read." in text(page)
    assert "cards.csv" in text(page)
    assert "sessionid" not in client.cookies
    other = text(client.get(link(second)))
    assert ("担当2" in other, "担当1" in other, "cards.csv" in other) == (True, False, False)


def test_looking_only_notes_that_the_link_was_opened(client, asked):
    first = asked.first()
    client.head(link(first)), client.get(link(first), headers={"Sec-Purpose": "prefetch"})
    assert asked.first().opened_at is None
    response = client.get(link(first))
    opened = asked.first().opened_at
    client.get(link(first))
    assert opened
    assert asked.first().opened_at == opened
    assert (response["Referrer-Policy"], response["X-Robots-Tag"]) == ("strict-origin", "noindex, nofollow, noarchive")
    assert "no-store" in response["Cache-Control"]


def test_a_post_without_the_pages_own_token_is_refused(asked):
    strict = Client(enforce_csrf_checks=True)
    strict.get(link(asked.first()))
    assert strict.post(link(asked.first()), file()).status_code == 403
    assert DrawerFile.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "said"), [({}, "This field is required."), (file(name="card.heic"), "Photos and scans")]
)
def test_what_is_not_taken_is_said_at_the_box(client, asked, given, said):
    response = client.post(link(asked.first()), given)
    assert (response.status_code, said in text(response)) == (400, True)
    assert ImportJob.objects.count() == 0


def test_a_link_that_is_over_or_unknown_says_so_and_takes_nothing(client, asked, marketer):
    address = link(asked.first())
    rounds.close(DrawerRound.objects.get(), by=marketer, now=timezone.now())
    for path, status, said in ((address, 410, "This round is over"), ("/drawer/x/", 404, "This link is not complete")):
        for response in (client.get(path), client.post(path, file())):
            assert (response.status_code, said in text(response), "担当" in text(response)) == (status, True, False)
    assert (ImportJob.objects.count(), DrawerInvitation.objects.filter(opened_at=None).count()) == (0, 2)


def test_the_page_speaks_the_holders_language(client, asked):
    first = asked.first()
    type(first.user).objects.update(language="ja")
    assert "担当1さんとして" in text(client.get(link(first)))


def test_a_round_is_started_watched_and_closed(client, marketer):
    rep = make.user(Role.REP, name="早瀬")
    client.force_login(marketer)
    last = timezone.localdate() + timedelta(days=5)
    given = {"name": "冬の名刺", "due_on": last, "people": [rep.public_id]}
    page = client.post("/imports/rounds/new/", given, follow=True)
    assert "0 of 1 have dropped a file" in text(page)
    invitation = DrawerInvitation.objects.get()
    assert drawer_links.token(invitation) in text(page)
    Client().post(link(invitation), file())
    address = f"/imports/rounds/{invitation.round.public_id}/"
    page = text(client.get(address))
    assert "1 of 1 have dropped a file" in page
    assert f'href="/imports/{DrawerFile.objects.get().job.public_id}/"' in page
    assert "Nobody is to be reminded now" in text(client.post(f"{address}remind/", follow=True))
    client.post(f"/imports/rounds/links/{invitation.public_id}/renew/")
    assert drawer_links.token(invitation) not in text(client.get(address))
    assert "This round is closed." not in text(client.post(f"{address}close/", follow=True))
    assert "This round is closed." in text(client.post(f"{address}close/", follow=True))


def test_who_is_asked_finds_the_way_signed_in(client, asked):
    first, second = asked.order_by("pk")
    client.force_login(first.user)
    page = text(client.get("/drawer/"))
    assert (link(first) in page, link(second) in page) == (True, False)


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_as_many_queries_for_three_as_for_one(client, marketer, asked, django_assert_num_queries, number):
    people = [make.user(Role.REP) for _one in range(number)]
    found = DrawerRound.objects.get()
    rounds.invite(found, people, by=marketer, now=timezone.now())
    client.force_login(marketer)
    for address, queries in (("/imports/rounds/", 6), (f"/imports/rounds/{found.public_id}/", 7)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)
