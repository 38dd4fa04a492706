"""The gate: who becomes an MQL, and who does not."""

from datetime import timedelta

import pytest

from accounts.models import Account
from audit import outbox
from audit.models import OutboxMessage
from engagement.models import Touch
from funnel import leads
from funnel.enums import Stage
from funnel.models import Lead, LeadMove
from scoring import crossing, recompute
from scoring.models import Score, ScoringRule
from targets import lists
from tests import make
from tests.stories.told import assert_tells_no_more, listen, told
from users.roles import Role

pytestmark = pytest.mark.django_db
NOW = make.NOW


def warm(account: Account, *, minutes: int = 80, at: object = NOW, **fields: object) -> Touch:
    """One touch, worth as many points as it took minutes, delivered to the scores."""
    touch = make.touch(account, minutes=minutes, at=at, **fields)
    outbox.deliver(now=at, lane=outbox.SCORES)
    return touch


@pytest.fixture
def listed() -> Account:
    account = make.account()
    make.active_list(account)
    return account


def test_a_warm_demand_of_a_listed_account_becomes_a_qualified_lead(listed: Account) -> None:
    department, offering = make.department(listed), make.offering()
    person = make.person(listed, in_department=department)
    touch = warm(listed, department=department, offering=offering, person=person)
    lead = Lead.objects.get()
    assert (lead.account, lead.department, lead.offering) == (listed, department, offering)
    assert (lead.stage, lead.mql_at, lead.on_list) == (Stage.MQL, NOW, True)
    assert (lead.source, list(lead.persons.all())) == (touch.source, [person])


def test_what_was_warm_already_qualifies_when_its_list_comes_into_force() -> None:
    account = make.account()
    warm(account, at=NOW - timedelta(days=1))
    assert not Lead.objects.exists()
    make.active_list(account, at=NOW)
    outbox.deliver(now=NOW)
    assert (Lead.objects.get().stage, Lead.objects.get().mql_at) == (Stage.MQL, NOW)


def test_a_list_of_others_brings_nobody_else_through() -> None:
    warm(make.account(), at=NOW - timedelta(days=1))
    make.active_list(make.account(), at=NOW)
    outbox.deliver(now=NOW)
    assert not Lead.objects.exists()


def test_the_lead_says_why(listed: Account) -> None:
    first, second = warm(listed, minutes=40), warm(listed, minutes=30)
    because = Lead.objects.get().because
    assert [part["touch"] for part in because["parts"]] == [first.pk, second.pk]
    assert (because["rule_version"], because["threshold"], because["value"]) == (1, 60, pytest.approx(70))
    assert sum(part["value"] for part in because["parts"]) + because["rest"]["value"] == pytest.approx(because["value"])


def test_the_move_is_the_system_s_with_rule_version_and_snapshot(listed: Account) -> None:
    warm(listed)
    move = LeadMove.objects.get()
    lead = Lead.objects.get()
    assert (move.move, move.by, move.rule_version) == ("qualify", make.system(), 1)
    assert move.data["because"] == lead.because
    assert lead.score == lead.because["value"]


def test_below_the_threshold_nothing_happens(listed: Account) -> None:
    warm(listed, minutes=59)
    assert not Lead.objects.exists()
    assert Score.objects.get().crossed_at is None


def test_at_the_threshold_it_happens(listed: Account) -> None:
    warm(listed, minutes=60)
    assert Lead.objects.get().stage == Stage.MQL


def test_an_account_on_no_list_keeps_its_score_and_gets_no_lead() -> None:
    warm(make.account())
    assert Score.objects.get().crossed_at == NOW
    assert not Lead.objects.exists()


def test_a_list_not_yet_signed_by_both_opens_no_gate() -> None:
    account, marketing = make.account(), make.user(Role.MARKETING_LEAD)
    version = lists.create(name="Draft", by=marketing, now=NOW).versions.get()
    lists.add_accounts(version, [account], by=marketing, now=NOW)
    lists.sign(version, by=marketing, now=NOW)
    warm(account)
    assert not Lead.objects.exists()


def test_an_entry_for_one_department_lets_only_that_one_through() -> None:
    account = make.account()
    wanted, other = make.department(account), make.department(account, "購買部")
    marketing, manager = make.user(Role.MARKETING_LEAD), make.user(Role.SALES_MANAGER)
    version = lists.create(name="Spear", by=marketing, now=NOW).versions.get()
    lists.add(version, account=account, department=wanted, by=marketing, now=NOW)
    lists.sign(version, by=marketing, now=NOW)
    lists.sign(version, by=manager, now=NOW)
    warm(account, department=other)
    warm(account)
    assert not Lead.objects.exists()
    warm(account, department=wanted)
    assert Lead.objects.get().department == wanted


def test_an_account_listed_later_qualifies_with_the_next_recompute() -> None:
    account = make.account()
    warm(account)
    make.active_list(account)
    assert recompute.run(by=make.system(), now=NOW)["qualified"] == 1
    assert Lead.objects.get().account == account


def test_one_demand_gets_one_lead(listed: Account) -> None:
    for _ in range(3):
        warm(listed)
    recompute.run(by=make.system(), now=NOW)
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(("with_department", "with_offering"), [(True, False), (False, True), (False, False)])
def test_an_open_lead_that_may_be_the_same_demand_is_enough(
    listed: Account, with_department: bool, with_offering: bool
) -> None:
    department, offering = make.department(listed), make.offering()
    lead = leads.create(
        account=listed,
        department=department if with_department else None,
        offering=offering if with_offering else None,
        by=make.user(Role.MARKETER),
        now=NOW,
    )
    leads.qualify_off_list(lead, by=make.user(Role.MARKETING_LEAD), now=NOW, reason="agreed")
    warm(listed, department=department, offering=offering)
    assert list(Lead.objects.all()) == [lead]


def test_another_department_s_open_lead_is_another_demand(listed: Account) -> None:
    warm(listed, department=make.department(listed))
    warm(listed, department=make.department(listed, "購買部"))
    assert Lead.objects.count() == 2


def test_a_lead_in_nurture_is_qualified_rather_than_doubled(listed: Account) -> None:
    department, offering = make.department(listed), make.offering()
    lead = leads.create(account=listed, department=department, offering=offering, by=make.user(Role.MARKETER), now=NOW)
    warm(listed, department=department, offering=offering)
    assert Lead.objects.get() == lead
    assert Lead.objects.get().stage == Stage.MQL


def ended(account: Account, stage: Stage, **fields: object) -> Lead:
    """A lead whose trip ended thirty days ago; history as a row, for its acts need days of clockwork."""
    month_ago = NOW - timedelta(days=30)
    return Lead.objects.create(account=account, stage=stage, created_at=month_ago, **fields)


def test_a_recycled_lead_rests_until_its_return_date(listed: Account) -> None:
    ended(listed, Stage.RECYCLED, recycled_at=NOW - timedelta(days=30), return_on=(NOW + timedelta(days=1)).date())
    warm(listed)
    assert Lead.objects.count() == 1


def test_a_recycled_lead_starts_its_next_trip_on_its_return_date(listed: Account) -> None:
    warm(listed, minutes=70)
    Lead.objects.update(stage=Stage.RECYCLED, recycled_at=NOW, return_on=NOW.date())
    recompute.run(by=make.system(), now=NOW)
    first, second = Lead.objects.order_by("id")
    assert (second.previous, second.stage) == (first, Stage.MQL)


@pytest.mark.parametrize(
    ("stage", "milestone"),
    [
        (Stage.RECYCLED, "recycled_at"),
        (Stage.LOST, "lost_at"),
        (Stage.WON, "won_at"),
        (Stage.WITHDRAWN, "withdrawn_at"),
    ],
)
def test_after_a_trip_ended_only_new_touches_count(listed: Account, stage: Stage, milestone: str) -> None:
    ended(listed, stage, **{milestone: NOW - timedelta(days=1)})
    warm(listed, minutes=100, at=NOW - timedelta(days=2))
    warm(listed, minutes=50)
    assert Lead.objects.count() == 1
    warm(listed, minutes=20)
    assert Lead.objects.filter(stage=Stage.MQL).count() == 1


def test_a_disqualified_demand_never_comes_back_by_itself(listed: Account) -> None:
    ended(listed, Stage.DISQUALIFIED, disqualified_at=NOW - timedelta(days=30))
    warm(listed, minutes=120)
    assert Lead.objects.count() == 1


def test_a_score_that_faded_is_no_longer_marked_as_crossed() -> None:
    account = make.account()
    warm(account, kind="PAGE_VIEW", at=NOW - timedelta(days=30))
    assert Score.objects.get().crossed_at == NOW - timedelta(days=30)
    recompute.run(by=make.system(), now=NOW)
    assert Score.objects.get().crossed_at is None


def test_the_mark_keeps_the_first_moment() -> None:
    account = make.account()
    warm(account, at=NOW - timedelta(days=1))
    warm(account)
    recompute.run(by=make.system(), now=NOW)
    assert Score.objects.get().crossed_at == NOW - timedelta(days=1)


def test_a_demand_that_rises_over_the_threshold_is_told_once_each_time() -> None:
    listen()
    account = make.account()
    department = make.department(account)
    warm(account, minutes=50, department=department)
    assert told("score.crossed") == []
    warm(account, minutes=50, department=department)
    warm(account, minutes=50, department=department)
    (data,) = told("score.crossed")
    assert (data["account"], data["department"]) == (str(account.public_id), str(department.public_id))
    assert data["score"] >= data["threshold"] == 60
    assert_tells_no_more(data, account.name, department.name)


def test_a_demand_that_falls_and_rises_within_one_moment_rose_once() -> None:
    """A worker adds many batches at one `now`, and a day's cap may take a department's share away in between."""
    listen()
    warm(make.account())
    Score.objects.update(crossed_at=None)
    crossing.check(Score.objects.all(), ScoringRule.objects.in_force(), now=NOW)
    assert Score.objects.get().crossed_at == NOW
    assert OutboxMessage.objects.filter(topic="score.crossed").count() == 1
