"""The notices page."""

import pytest

from tests import make
from tests.make import NOW
from users import notices

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(client):
    user = make.user(language="ja")
    client.force_login(user)
    return user


@pytest.mark.parametrize("rows", [1, 3])
def test_notices_take_as_many_queries_for_three_as_for_one(client, rep, rows, django_assert_num_queries):
    for n in range(rows):
        notices.tell(rep.pk, key=f"k{n}", text="%(lead)s", params={"lead": f"案件{n}"}, link="leads/x/", now=NOW)
    with django_assert_num_queries(8):
        page = client.get("/notices/").content.decode()
    assert page.count("案件") == rows


def test_only_ones_own_notices_are_shown_and_read(client, rep):
    other = make.user()
    notices.tell(other.pk, key="k", text="秘密", params={}, link="", now=NOW)
    assert "秘密" not in client.get("/notices/").content.decode()
    client.post("/notices/read/")
    assert other.notifications.filter(read_at=None).count() == 1


def test_a_reason_is_read_in_the_readers_words(client, rep):
    text = "%(lead)s was rejected: %(reason)s. It waits for what you do next."
    notices.tell(rep.pk, key="k", text=text, params={"lead": "案件", "reason": "TIMING"}, link="", now=NOW)
    page = client.get("/notices/").content.decode()
    assert "時期尚早" in page
    assert "TIMING" not in page
