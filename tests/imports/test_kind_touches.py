"""Touches from logs and lists."""

from decimal import Decimal

from accounts.models import Person
from engagement.models import Touch
from tests.imports.conftest import counts, field_refusals, notes, refusals

HEAD = "種別,日時,メールアドレス,会社名,部署名,分,件名"
PEOPLE = ["会社名,部署名,氏名,メールアドレス", "みどり,設計部,山田太郎,taro@m.example"]
VISIT = "セミナー参加,2026-10-01 14:00,taro@m.example,,,45,鋳造の基礎"


def test_a_touch_finds_person_company_and_department(loaded, twice):
    loaded("persons", PEOPLE)
    twice("touches", [HEAD, VISIT])
    touch = Touch.objects.get()
    assert (touch.kind, touch.person.name, touch.account.name) == ("SEMINAR_ATTENDED", "山田太郎", "みどり")
    assert (touch.department.name, touch.minutes, touch.title) == ("設計部", Decimal(45), "鋳造の基礎")
    assert touch.occurred_at.isoformat() == "2026-10-01T05:00:00+00:00"
    assert (touch.direction, touch.two_way) == ("INBOUND", False)


def test_what_we_did_goes_outwards_and_talks_go_both_ways(loaded):
    loaded("persons", PEOPLE)
    rows = [f"{kind},2026-10-0{day},taro@m.example,,,," for day, kind in enumerate(("メール送信", "訪問", "打合せ"), 1)]
    loaded("touches", [HEAD, *rows])
    assert list(Touch.objects.order_by("occurred_at").values_list("kind", "direction", "two_way")) == [
        ("MAIL_SENT", "OUTBOUND", False),
        ("VISIT", "OUTBOUND", True),
        ("MEETING", "INBOUND", True),
    ]


def test_the_same_event_twice_is_one_touch(loaded):
    loaded("persons", PEOPLE)
    assert counts(loaded("touches", [HEAD, VISIT, VISIT])) == (1, 0, 1, 0)
    by_id = [
        "種別,日時,メールアドレス,イベントID",
        "電話,2026-10-01,taro@m.example,E1",
        "電話,2026-10-02,taro@m.example,E1",
    ]
    assert counts(loaded("touches", by_id)) == (1, 0, 1, 0)
    assert Touch.objects.count() == 2


def test_a_company_alone_is_enough_and_an_unknown_address_is_left_out(loaded):
    loaded("persons", PEOPLE)
    job = loaded("touches", [HEAD, "閲覧,2026-10-01,new@m.example,みどり,製造部,,"])
    touch = Touch.objects.get()
    assert (touch.person, touch.account.name, touch.department.name) == (None, "みどり", "製造部")
    assert field_refusals(job) == [("メールアドレス", "No person has this mail address here.", [2])]
    assert notes(job) == []


def test_a_touch_of_nobody_known_is_refused(loaded):
    job = loaded("touches", [HEAD, "閲覧,2026-10-01,new@m.example,,,,", "閲覧,2026-10-01,,無名,,,"])
    assert refusals(job) == [
        (2, "メールアドレス", "No person has this mail address here; load the persons first."),
        (3, "会社名", "No company is called 無名."),
    ]
    assert not Touch.objects.exists()


def test_a_person_at_two_companies_needs_one_named(loaded):
    loaded("persons", [*PEOPLE, "あおば,設計部,山田太郎,taro@m.example"])
    assert Person.objects.count() == 1
    job = loaded("touches", [HEAD, VISIT, VISIT.replace("example,,", "example,あおば,")])
    assert refusals(job) == [(2, "メールアドレス", "This person is at several companies; name one.")]
    assert Touch.objects.get().account.name == "あおば"


def test_the_future_and_the_unknown_kind_are_refused(loaded):
    loaded("persons", PEOPLE)
    job = loaded("touches", [HEAD, VISIT.replace("2026", "2036"), VISIT.replace("セミナー参加", "夢")])
    assert refusals(job)[0] == (2, "日時", "This lies in the future.")
    assert (job.refused, Touch.objects.count()) == (2, 0)
