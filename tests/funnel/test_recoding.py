"""Rejected as OTHER: the true reason is named by a move; reason and disposition follow, the rejection stays as told."""

from datetime import timedelta

import pytest

from funnel import dispositions, invariants, leads, metrics, recoding, rerouting
from funnel.enums import Stage
from funnel.models import Lead, LeadMove
from funnel.story import records_of, state_of
from tests.funnel.people import NOW, World, lead_at
from users.models import Notification, User

DAY = timedelta(days=1)


def rejected(world: World, reason: str = "OTHER", **changes) -> Lead:
    lead = lead_at(world, Stage.MQL, **changes)
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    leads.reject(lead, by=world.rep, now=NOW, reason=reason, note="客先が移転中")
    return lead


@pytest.mark.parametrize("who", ["marketer", "lead_marketer"])
def test_the_leads_reason_and_disposition_follow(world, who):
    lead = rejected(world)
    move = recoding.recode(lead, by=world.users[who], now=NOW + DAY, reason="WRONG_PERSON", note="電話で確認")
    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.stage, lead.reject_reason.code, lead.rejected_at) == (Stage.REJECTED, "WRONG_PERSON", NOW)
    assert (move.reason.code, move.note, move.from_stage, move.to_stage) == (
        "WRONG_PERSON",
        "電話で確認",
        "REJECTED",
        "REJECTED",
    )
    dispositions.repair(lead, by=world.marketer, now=NOW + DAY, fixed="担当者を直した")
    assert Lead.objects.get(pk=lead.pk).stage == Stage.NURTURE


def test_the_rejection_stays_as_it_was_told_and_replay_holds(world):
    lead = rejected(world)
    recoding.recode(lead, by=world.marketer, now=NOW + DAY, reason="TIMING")
    told = LeadMove.objects.filter(lead=lead).order_by("seq").values_list("move", "reason__code", "note")
    assert list(told)[-2:] == [("reject", "OTHER", "客先が移転中"), ("recode", "TIMING", "")]
    assert [record.reason for record in records_of(lead)][-2:] == ["OTHER", "TIMING"]
    assert state_of(lead).reason == "TIMING"
    assert list(invariants.check(now=NOW + DAY)) == []


@pytest.mark.parametrize("who", ["rep", "manager", "partner", "analyst", "admin", "clock"])
def test_nobody_else_names_it(world, refused, who):
    lead = rejected(world)
    with refused("role"):
        recoding.recode(lead, by=world.users[who], now=NOW, reason="TIMING")


def test_only_a_reason_in_use_and_never_other(world, refused):
    lead = rejected(world)
    for wrong in ("OTHER", "NOT_A_CODE"):
        with refused("unknown_reason"):
            recoding.recode(lead, by=world.marketer, now=NOW, reason=wrong)
    with refused("missing"):
        recoding.recode(lead, by=world.marketer, now=NOW, reason="")


def test_a_named_reason_is_not_named_again(world, refused):
    lead = rejected(world)
    recoding.recode(lead, by=world.marketer, now=NOW, reason="TIMING")
    with refused("rejected_as_other"):
        recoding.recode(lead, by=world.marketer, now=NOW, reason="NO_NEED")
    named = rejected(world, "NO_NEED", department=None)
    with refused("rejected_as_other"):
        recoding.recode(named, by=world.marketer, now=NOW, reason="TIMING")


def test_an_open_appeal_stays_open(world):
    lead = rejected(world)
    dispositions.appeal(lead, by=world.marketer, now=NOW, argument="先方は待っている")
    recoding.recode(lead, by=world.marketer, now=NOW, reason="TIMING")
    dispositions.appeal(lead, by=world.manager, now=NOW, verdict="UPHELD")
    assert Lead.objects.get(pk=lead.pk).stage == Stage.MQL


def test_what_has_ended_meanwhile_is_named_too(world):
    lead = rejected(world)
    leads.recycle(lead, by=world.marketer, now=NOW, reason="OTHER", return_on=NOW.date() + DAY)
    assert list(Lead.objects.to_recode()) == [lead]
    recoding.recode(lead, by=world.marketer, now=NOW + DAY, reason="TIMING")
    assert (Lead.objects.get().stage, Lead.objects.get().reject_reason.code) == (Stage.RECYCLED, "TIMING")
    assert not Lead.objects.to_recode().exists()


def test_the_queue_holds_rejections_without_a_reason(world):
    other = rejected(world)
    rejected(world, "TIMING", department=None)
    overruled = rejected(world, department=None, offering=None)
    dispositions.appeal(overruled, by=world.marketer, now=NOW, argument="先方は待っている")
    dispositions.appeal(overruled, by=world.manager, now=NOW, verdict="UPHELD")
    assert list(Lead.objects.to_recode()) == [other]


def test_requeue_follows_the_named_reason(world):
    lead = rejected(world)
    recoding.recode(lead, by=world.marketer, now=NOW, reason="WRONG_OWNER")
    rerouting.requeue(lead, by=world.marketer, now=NOW, assignee=world.other_rep)
    assert Lead.objects.get(pk=lead.pk).stage == Stage.MQL


def test_cuts_by_reason_follow(world):
    def cut() -> dict[str, int]:
        rows = metrics.evaluate(["reject_rate"], by=["reason"], as_of=NOW + 30 * DAY)
        return {row.slice["reason"]: row.numerator for row in rows}

    lead = rejected(world)
    before = cut()
    recoding.recode(lead, by=world.marketer, now=NOW, reason="TIMING")
    assert (before, cut()) == ({"OTHER": 1}, {"TIMING": 1})


# the share of OTHER


def many(world: World, others: int, named: int) -> None:
    for n in range(others + named):
        rejected(world, "OTHER" if n < others else "TIMING", department=None)


@pytest.mark.parametrize(("others", "named", "alert"), [(0, 0, False), (1, 9, False), (2, 9, True), (1, 0, True)])
def test_more_than_a_tenth_is_too_much(world, others, named, alert):
    many(world, others, named)
    found = recoding.share(now=NOW)
    assert (found.others, found.rejections, found.is_too_large) == (others, others + named, alert)


def test_only_the_last_four_weeks_count(world):
    rejected(world)
    shares = [recoding.share(now=NOW + n * DAY).others for n in (27, 28)]
    assert shares == [1, 0]


def test_the_marketing_leads_are_told_once_a_week(world):
    many(world, 1, 2)
    days = [recoding.remind(now=NOW + n * DAY) for n in (0, 1, 4, 6)]  # Tuesday, Wednesday, Saturday, next Monday
    assert days == [{"told": 1}] * 4
    told = Notification.objects.order_by("pk")
    assert [(one.user, one.key, one.link) for one in told] == [
        (world.lead_marketer, f"recoding:2026-{week}", "desk/recoding/") for week in (48, 49)
    ]  # fmt: skip
    assert told[0].params == {"others": 1, "rejections": 3}


def test_nobody_is_told_where_every_rejection_has_its_reason(world):
    lead = rejected(world)
    recoding.recode(lead, by=world.marketer, now=NOW, reason="TIMING")
    assert recoding.remind(now=NOW) == {"told": 0}
    assert not Notification.objects.exists()
    assert User.objects.filter(role="MARKETING_LEAD").count() == 1
