"""Our own people told of by files, and the service users other systems act as."""

from typing import Any

import pytest

from audit.models import Entry
from tests import make
from tests.make import NOW
from users.enrolling import Directory, Enroller, ServiceRefused, UserFacts, ensure_service
from users.models import Team, User
from users.roles import Role

pytestmark = pytest.mark.django_db


def enroll(*facts: UserFacts) -> list[str]:
    return [str(told.effect) for told in Enroller("hr", by=make.system(), now=NOW).enroll(facts)]


def service(username: str = "crm", **asked: Any) -> User:
    return ensure_service(username, **{"role": Role.MARKETER, "by": make.system(), "now": NOW, **asked})


def everybody() -> list[dict[str, Any]]:
    return [*User.objects.order_by("pk").values(), *Entry.objects.order_by("pk").values()]


@pytest.mark.parametrize("manager", ["Boss", "ｂｏｓｓ", "7", "boss@example.jp"])
def test_the_head_of_all_may_be_named_as_their_own_manager(manager):
    facts = UserFacts(name="Boss", external_id="7", email="boss@example.jp", manager=manager)
    assert (enroll(facts), enroll(facts)) == (["created"], ["unchanged"])
    assert User.objects.get(name="Boss").manager is None


def test_a_manager_told_of_later_is_the_one_already_enrolled():
    assert enroll(UserFacts(name="Rep", manager="Boss", team="West"), UserFacts(name="Boss")) == [
        "created", "unchanged"
    ]  # fmt: skip
    assert User.objects.get(name="Rep").manager == User.objects.get(name="Boss")


def test_a_name_two_bear_finds_nobody():
    for username in ("taro", "jiro"):
        make.user(username=username, name="山田　太郎")
    assert Directory("hr").find("山田 太郎") is None
    assert Directory("hr").find("taro").username == "taro"


@pytest.mark.parametrize("text", ["山田太郎", "山田　太郎", " 山田 太郎 ", "TARO", "Taro@Example.JP"])
def test_one_is_found_by_name_login_or_mail_however_spelled(text):
    taro = make.user(username="taro", name="山田 太郎", email="taro@example.jp")
    assert Directory("hr").find(text) == taro


def test_an_address_given_up_names_nobody_in_the_same_file():
    make.user(username="taro", name="太郎", email="sales@example.jp")
    enroll(
        UserFacts(name="太郎", username="taro", email="taro@example.jp"),
        UserFacts(name="花子", username="hanako", email="sales@example.jp"),
    )
    mails = dict(User.objects.exclude(email="").values_list("name", "email"))
    assert mails == {"太郎": "taro@example.jp", "花子": "sales@example.jp"}


@pytest.mark.parametrize(
    ("facts", "kind"),
    [({"role": Role.MARKETER}, "MARKETING"), ({"role": Role.PARTNER}, "PARTNER"), ({}, "SALES")],
)
def test_a_new_team_is_of_the_kind_of_its_first_member(facts, kind):
    enroll(UserFacts(name="山田", team="新設", **facts))
    assert Team.objects.get(name="新設").kind == kind


def test_everybody_new_or_changed_is_recorded():
    enroll(UserFacts(name="山田", username="yamada"))
    enroll(UserFacts(name="山田 太郎", username="YAMADA"))
    enroll(UserFacts(name="山田 太郎", username="yamada"))
    assert list(Entry.objects.order_by("pk").values_list("act", "actor_name")) == [
        ("users.enroll", "ABM"), ("users.change", "ABM")
    ]  # fmt: skip


def test_nobody_is_enrolled_without_a_name():
    before = everybody()
    assert enroll(UserFacts(email="new@example.jp")) == ["refused"]
    assert everybody() == before


def test_a_service_user_is_made_once_and_cannot_sign_in():
    made = service()
    assert (service("CRM"), made.is_service, made.has_usable_password()) == (made, True, False)
    assert Entry.objects.get().act == "users.enroll"


def test_a_partners_service_acts_for_its_firm():
    firm = make.team("Agency", "PARTNER")
    assert service(role=Role.PARTNER, team="Agency").team == firm


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"role": Role.SYSTEM}, "cannot be SYSTEM"),
        ({"role": "KING"}, "cannot be KING"),
        ({"role": Role.PARTNER}, "one of the teams: East"),
        ({"team": "Nowhere"}, "one of the teams: East"),
        ({"username": "Human"}, "already somebody else: REP"),
        ({"username": "system", "role": Role.MARKETER}, "already somebody else: SYSTEM"),
    ],
)
def test_a_service_user_that_makes_no_sense_is_refused(asked, says):
    make.user(username="human")
    before = everybody()
    with pytest.raises(ServiceRefused, match=says):
        service(**asked)
    assert everybody() == before
