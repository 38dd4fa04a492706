"""Department and title words: what nobody knows, taught after a preview, shown where it counts, taken back."""

from datetime import UTC, datetime

import pytest

from accounts import editing, teaching
from accounts.models import Affiliation, WordRule
from tests import make
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
TEACH = "/accounts/words/teach/?naming=TITLE&text=隊長"


@pytest.fixture
def marketer(client) -> User:
    user = make.user(Role.MARKETER, "hoshi", name="星 直子")
    client.force_login(user)
    return user


def captain(by: User, number: int = 1) -> Affiliation:
    account = make.account()
    department = editing.add_department(account, name="なごみ課", by=by, now=NOW)
    person = editing.add_person(account, name=f"山田 {number}", department=department, title="隊長", by=by, now=NOW)
    return person.affiliations.get()


def text(response) -> str:
    return response.content.decode()


def test_a_title_is_taught_after_a_preview_and_taken_back(client, marketer):
    place = captain(marketer)
    listed = text(client.get("/accounts/words/?naming=TITLE"))
    assert "Texts: 1, rows: 1" in listed
    seen = text(client.get(f"{TEACH}&meaning=MANAGER"))
    assert "1 row reads otherwise at once" in seen
    assert not WordRule.objects.exists()
    done = client.post(TEACH, {"naming": "TITLE", "text": "隊長", "meaning": "MANAGER"}, follow=True)
    assert "“隊長” is known now; 1 row reads so." in text(done)
    place.refresh_from_db()
    assert place.rank == "MANAGER"
    client.post(f"/accounts/words/{WordRule.objects.get().public_id}/take-back/")
    place.refresh_from_db()
    assert place.rank == "UNKNOWN"


def test_who_taught_a_word_stands_beside_what_it_gives(client, marketer):
    place = captain(marketer)
    teaching.teach(naming="TITLE", text="隊長", meaning="MANAGER", by=marketer, now=NOW)
    said = "Manager, from “隊長” as 星 直子 taught on 2026-11-18"
    for path in (f"/accounts/{place.account.public_id}/", f"/persons/{place.person.public_id}/origins/"):
        page = text(client.get(path))
        assert said in page
        assert 'naming=TITLE&amp;text=%E9%9A%8A%E9%95%B7"' in page
    assert said in text(client.get("/accounts/persons/"))


def test_a_rep_reads_the_rule_and_cannot_correct_it(client, marketer):
    place = captain(marketer)
    teaching.teach(naming="TITLE", text="隊長", meaning="MANAGER", by=marketer, now=NOW)
    client.force_login(make.user(Role.REP))
    page = text(client.get(f"/accounts/{place.account.public_id}/"))
    assert "as 星 直子 taught" in page
    assert "Correct" not in page


def test_what_makes_no_sense_is_said_and_changes_nothing(client, marketer):
    captain(marketer)
    refused = client.post(TEACH, {"naming": "TITLE", "text": "部長", "meaning": "GENERAL_MANAGER"})
    assert "“部長” is read so already." in text(refused)
    assert "This field is required" not in text(client.get(TEACH))
    assert not WordRule.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_as_many_queries_for_three_as_for_one(client, marketer, django_assert_num_queries, number):
    for one in range(number):
        captain(marketer, one)
        teaching.teach(naming="TITLE", text=f"隊員{one}", meaning="STAFF", by=marketer, now=NOW)
    client.get("/accounts/words/?naming=TITLE")
    with django_assert_num_queries(7):
        client.get("/accounts/words/?naming=TITLE")
