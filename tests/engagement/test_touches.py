"""Recording touches: the same event twice is one touch, and the scores hear of it once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Affiliation
from audit import outbox
from audit.models import OutboxMessage
from engagement import touches
from engagement.models import Touch, UncountedTouch
from engagement.touches import TouchRefused
from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db
NOW = make.NOW


def record(*made: Touch) -> list[Touch]:
    return touches.record(made, by=make.system(), now=NOW)


def unsaved(external_id: str, **fields: object) -> Touch:
    return make.touch(fields.pop("of", None) or make.account(), external_id=external_id, recorded=False, **fields)


def test_new_touches_are_stored_and_returned() -> None:
    new = record(unsaved("a"), unsaved("b"))
    assert {touch.pk for touch in new} == set(Touch.objects.values_list("pk", flat=True))
    assert [touch.external_id for touch in new] == ["a", "b"]


def test_the_same_event_twice_is_one_touch() -> None:
    account = make.account()
    record(unsaved("a", of=account, title="first"))
    assert record(unsaved("a", of=account, title="second")) == []
    assert Touch.objects.get().title == "first"
    assert OutboxMessage.objects.count() == UncountedTouch.objects.count() == 1


def test_the_same_event_twice_in_one_batch_is_one_touch() -> None:
    account = make.account()
    assert len(record(unsaved("a", of=account), unsaved("a", of=account))) == 1


def test_the_same_number_from_another_source_is_another_touch() -> None:
    assert len(record(unsaved("a"), unsaved("a", source=make.source("sfa")))) == 2


def test_of_old_and_new_only_the_new_are_told() -> None:
    record(unsaved("a"))
    (new,) = record(unsaved("a"), unsaved("b"))
    message = OutboxMessage.objects.latest("id")
    assert (message.topic, message.lane, message.payload) == ("touches.recorded", outbox.SCORES, {"ids": [new.pk]})


def test_nothing_new_tells_nothing() -> None:
    assert record() == []
    assert not OutboxMessage.objects.exists()


def test_many_touches_go_in_chunks_of_a_thousand() -> None:
    account = make.account()
    many = [unsaved(str(number), of=account) for number in range(2001)]
    with CaptureQueriesContext(connection) as queries:
        assert len(record(*many)) == 2001
    assert sorted(len(message.payload["ids"]) for message in OutboxMessage.objects.all()) == [1, 1000, 1000]
    assert len(queries) < 40


def test_a_touch_in_the_future_is_refused_and_nothing_is_recorded() -> None:
    with pytest.raises(TouchRefused, match="future"):
        record(unsaved("a"), unsaved("b", at=NOW + timedelta(minutes=6)))
    assert not Touch.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_another_clock_may_run_five_minutes_ahead() -> None:
    assert len(record(unsaved("a", at=NOW + timedelta(minutes=5)))) == 1


def test_a_touch_without_department_takes_the_person_s_own() -> None:
    account = make.account()
    department = make.department(account)
    person = make.person(account, in_department=department)
    (touch,) = record(unsaved("a", of=account, person=person))
    assert touch.department == department


def test_a_given_department_stays() -> None:
    account = make.account()
    person = make.person(account, in_department=make.department(account))
    other = make.department(account, "購買部")
    (touch,) = record(unsaved("a", of=account, person=person, department=other))
    assert touch.department == other


def test_a_person_with_two_departments_leaves_it_unknown() -> None:
    account = make.account()
    person = make.person(account, in_department=make.department(account))
    Affiliation.objects.create(person=person, account=account, department=make.department(account, "購買部"))
    (touch,) = record(unsaved("a", of=account, person=person))
    assert touch.department is None


def test_a_department_at_another_account_is_not_taken() -> None:
    elsewhere = make.account()
    person = make.person(elsewhere, in_department=make.department(elsewhere))
    (touch,) = record(unsaved("a", person=person))
    assert touch.department is None


@pytest.mark.parametrize(("day", "name"), [(9, "設計部"), (10, "設計部"), (11, "購買部")])
def test_the_department_is_that_of_the_day(day: int, name: str) -> None:
    account = make.account()
    person = make.person(account, in_department=make.department(account))
    Affiliation.objects.update(ended_on=date(2026, 11, 10))
    Affiliation.objects.create(
        person=person, account=account, department=make.department(account, "購買部"), started_on=date(2026, 11, 11)
    )
    (touch,) = record(unsaved("a", of=account, person=person, at=NOW.replace(day=day)))
    assert touch.department
    assert touch.department.name == name


def test_taking_uncounted_touches_takes_each_once() -> None:
    first, second = record(unsaved("a"), unsaved("b"))
    assert touches.take_uncounted([first.pk]) == [first.pk]
    assert touches.take_uncounted([first.pk, second.pk]) == [second.pk]
    assert touches.take_uncounted([first.pk, second.pk]) == []


def test_all_uncounted_touches_can_be_taken_at_once() -> None:
    record(unsaved("a"), unsaved("b"))
    assert (touches.take_all_uncounted(), touches.take_all_uncounted()) == (2, 0)


def test_counted_touches_are_those_taken() -> None:
    first, _ = record(unsaved("a"), unsaved("b"))
    touches.take_uncounted([first.pk])
    assert list(Touch.objects.counted()) == [first]


def test_a_demand_s_evidence_is_of_its_department_and_of_its_offering_or_none() -> None:
    account = make.account()
    here, there = make.department(account), make.department(account, "購買部")
    ours, other = make.offering(), make.offering()
    wanted = record(unsaved("a", of=account, department=here, offering=ours), unsaved("b", of=account, department=here))
    record(unsaved("c", of=account, department=there), unsaved("d", of=account, department=here, offering=other))
    found = Touch.objects.about(account_id=account.pk, department_id=here.pk, offering_id=ours.pk)
    assert set(found) == set(wanted)


def test_a_partner_sees_touches_of_accounts_in_its_care() -> None:
    partner = make.user(Role.PARTNER)
    (cared, _) = record(unsaved("a", of=make.account(partner=partner.team)), unsaved("b"))
    assert list(Touch.objects.visible_to(partner)) == [cared]
    assert Touch.objects.visible_to(make.user(Role.REP)).count() == 2
