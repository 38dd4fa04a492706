"""Acts on one lead: what they write, and that a refused act writes nothing."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from audit.models import Entry, OutboxMessage
from funnel import leads
from funnel.enums import MoveName, Outcome, Stage
from funnel.models import Lead, LeadMove
from funnel.refusals import AlreadyAnswered
from funnel.terms import Policy
from targets.models import TargetListVersion
from tests.funnel.people import DUE, MINUTE, NOW, accepted, lead_at, touch, waiting
from users.models import BusinessCalendar

FRIDAY = date(2026, 11, 27)
NEXT = {"next_action": "call", "next_action_on": FRIDAY}


def stored(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


# create


def test_a_new_lead_stands_in_nurture(world):
    lead = stored(lead_at(world, Stage.NURTURE))
    assert (lead.stage, lead.seq, lead.account, lead.created_at) == (Stage.NURTURE, 0, world.account, NOW)
    assert Entry.objects.get(act="leads.create").object_id == lead.pk


def test_a_lead_may_lack_department_and_offering(world):
    for _ in range(2):
        lead = leads.create(account=world.account, by=world.marketer, now=NOW)
        assert (lead.department, lead.offering) == (None, None)


def test_one_open_lead_per_department_and_offering(world, refused):
    lead_at(world, Stage.NURTURE)
    with refused("open_lead_exists"):
        lead_at(world, Stage.NURTURE)


def test_a_finished_trip_makes_room_for_the_next(world):
    first = accepted(world)
    leads.recycle(first, by=world.rep, now=NOW, reason="TIMING", return_on=FRIDAY)
    second = lead_at(world, Stage.NURTURE, previous=first)
    assert second.previous == first


def test_sales_does_not_open_marketings_leads(world, refused):
    with refused("may_not_create"):
        leads.create(account=world.account, by=world.rep, now=NOW)


def test_a_department_belongs_to_its_account(world, refused):
    world.department.account_id += 1
    with refused("department_elsewhere"):
        lead_at(world, Stage.NURTURE)


# qualify


def test_the_rule_qualifies_with_its_values_and_the_list_entry(world):
    lead = lead_at(world, Stage.NURTURE)
    move = leads.qualify(lead, by=world.clock, now=NOW, because={"E": 61.5}, rule_version=4, score=61.5)
    lead = stored(lead)
    assert (lead.stage, lead.mql_at, lead.because, lead.score) == (Stage.MQL, NOW, {"E": 61.5}, 61.5)
    assert (lead.entry, lead.list_version, lead.on_list) == (world.entry, world.entry.version, True)
    assert (lead.tier, lead.wanted_rank, lead.existing) == ("1:few", 3, False)
    assert (move.rule_version, move.data, move.by) == (4, {"because": {"E": 61.5}}, world.clock)


def test_the_rule_qualifies_nothing_that_is_on_no_list(world, refused):
    TargetListVersion.objects.update(state="SUPERSEDED")
    lead = lead_at(world, Stage.NURTURE)
    with refused("on_active_list"):
        leads.qualify(lead, by=world.clock, now=NOW, because={"E": 61.5}, rule_version=1)


def test_a_marketer_qualifies_by_hand_with_a_note_and_a_touch(world, refused):
    lead = lead_at(world, Stage.NURTURE)
    with refused("has_touch"):
        leads.qualify(lead, by=world.marketer, now=NOW, note="asked for a price")
    touch(world)
    with refused("missing"):
        leads.qualify(lead, by=world.marketer, now=NOW)
    move = leads.qualify(lead, by=world.marketer, now=NOW, note="asked for a price")
    assert (stored(lead).stage, move.note) == (Stage.MQL, "asked for a price")


def test_a_touch_of_the_future_qualifies_nothing(world, refused):
    lead = lead_at(world, Stage.NURTURE)
    touch(world, at=NOW + MINUTE)
    with refused("has_touch"):
        leads.qualify(lead, by=world.marketer, now=NOW, note="soon")


def test_the_marketing_lead_may_go_off_list(world, refused):
    TargetListVersion.objects.update(state="SUPERSEDED")
    lead = lead_at(world, Stage.NURTURE)
    with refused("missing"):
        leads.qualify_off_list(lead, by=world.lead_marketer, now=NOW, reason="")
    leads.qualify_off_list(lead, by=world.lead_marketer, now=NOW, reason="the CEO asked")
    assert (stored(lead).stage, stored(lead).on_list) == (Stage.MQL, False)


# hand over


def test_a_hand_over_starts_the_clock(world):
    lead = lead_at(world, Stage.MQL)
    leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    lead, handoff = stored(lead), lead.handoffs.get()
    assert (lead.stage, lead.handed_over_at, lead.due_at) == (Stage.MQL, NOW, DUE)
    assert (lead.assignee, lead.team, lead.first_assignee, lead.first_team) == (
        world.rep, world.rep.team, world.rep, world.rep.team,
    )  # fmt: skip
    assert (handoff.number, handoff.assignee, handoff.sent_by, handoff.sent_at) == (1, world.rep, world.marketer, NOW)
    assert (handoff.due_at, handoff.outcome, handoff.policy) == (DUE, "", Policy.objects.get())


def test_the_clock_runs_by_the_assignees_calendar(world):
    BusinessCalendar.objects.filter(name="Tokyo office").update(closed_days=["2026-11-25"])
    world.rep.team.refresh_from_db()
    assert waiting(world).due_at == DUE + timedelta(days=1)


def test_a_partners_own_promise_counts_for_the_partner(world):
    Policy.objects.create(partner=world.partner.team, answer_hours=8, active_from=NOW)
    assert waiting(world, "partner").due_at == DUE - timedelta(days=1)


def test_a_promise_counts_from_its_day_on(world):
    Policy.objects.create(answer_hours=8, version=2, active_from=NOW + MINUTE)
    assert waiting(world).due_at == DUE


def test_a_later_promise_never_rewrites_a_due(world):
    lead = waiting(world)
    Policy.objects.create(answer_hours=1, version=2, active_from=NOW)
    assert (stored(lead).due_at, lead.handoffs.get().due_at) == (DUE, DUE)


def test_what_waits_for_an_answer_is_not_handed_over_again(world, refused):
    lead = waiting(world)
    with refused("not_with_sales"):
        leads.hand_over(lead, assignee=world.other_rep, by=world.marketer, now=NOW)


@pytest.mark.parametrize("nobody", ["marketer", "analyst", "admin", "clock"])
def test_only_deciders_receive_leads(world, refused, nobody):
    lead = lead_at(world, Stage.MQL)
    with refused("cannot_receive"):
        leads.hand_over(lead, assignee=world.users[nobody], by=world.marketer, now=NOW)


def test_someone_who_left_receives_nothing(world, refused):
    lead = lead_at(world, Stage.MQL)
    world.rep.is_active = False
    with refused("cannot_receive"):
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)


# accept


def test_an_acceptance_in_time(world):
    lead = waiting(world)
    move = leads.accept(lead, by=world.rep, now=DUE, **NEXT)
    lead, handoff = stored(lead), lead.handoffs.get()
    assert (lead.stage, lead.accepted_at, lead.first_outcome) == (Stage.SAL, DUE, Outcome.ACCEPTED)
    assert (lead.next_action, lead.next_action_on) == ("call", FRIDAY)
    assert lead.first_touch_due_at == DUE + timedelta(days=5)  # 24 business hours from Thursday, over a weekend
    assert (handoff.outcome, handoff.decided_by, handoff.decided_at) == (Outcome.ACCEPTED, world.rep, DUE)
    assert (move.move, move.seq, move.data["next_action_on"]) == (MoveName.ACCEPT, 3, "2026-11-27")


def test_a_late_accept_still_counts_as_ignored(world):
    lead = waiting(world)
    late = DUE + MINUTE
    leads.accept(lead, by=world.rep, now=late, **NEXT)
    lead, handoff = stored(lead), lead.handoffs.get()
    assert (lead.stage, lead.accepted_at, lead.ignored_at) == (Stage.SAL, late, DUE)
    assert (lead.first_outcome, lead.first_outcome_at) == (Outcome.IGNORED, DUE)
    assert (handoff.outcome, handoff.decided_at) == (Outcome.ACCEPTED, late)
    moves = [(move.move, move.by, move.at) for move in lead.moves.order_by("seq")[2:]]
    assert moves == [("ignore", world.clock, DUE), ("accept", world.rep, late)]


def test_an_acceptance_after_the_clock_has_been_there(world):
    lead = waiting(world)
    leads.ignore(lead, by=world.clock, now=DUE + MINUTE)
    leads.accept(lead, by=world.rep, now=DUE + 2 * MINUTE, **NEXT)
    assert (stored(lead).stage, stored(lead).first_outcome) == (Stage.SAL, Outcome.IGNORED)


def test_the_slower_of_two_deciders_hears_who_was_faster(world, refused):
    lead = waiting(world)
    leads.accept(lead, by=world.rep, now=NOW, **NEXT)
    with refused("stage") as caught:
        leads.accept(lead, by=world.manager, now=NOW + MINUTE, **NEXT)
    answer = caught.value
    assert isinstance(answer, AlreadyAnswered)
    assert (answer.answered_by, answer.answered_at, answer.outcome) == (world.rep, NOW, Outcome.ACCEPTED)
    assert str(answer) == "Rep has already accepted this lead."
    assert answer.allowed_moves == (MoveName.RECYCLE, MoveName.DISQUALIFY, MoveName.RECLAIM)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("other_rep", "assignee_or_manager"),
        ("partner", "partner_own_leads"),
        ("marketer", "role"),
        ("analyst", "role"),
        ("admin", "role"),
        ("clock", "role"),
    ],
)
def test_others_do_not_accept(world, refused, who, code):
    lead = waiting(world)
    with refused(code):
        leads.accept(lead, by=world.users[who], now=NOW, **NEXT)


def test_a_refused_late_accept_does_not_even_record_the_ignore(world, refused):
    lead = waiting(world)
    with refused("assignee_or_manager"):
        leads.accept(lead, by=world.other_rep, now=DUE + MINUTE, **NEXT)


def test_a_partner_accepts_his_own(world):
    lead = waiting(world, "partner")
    leads.accept(lead, by=world.partner, now=NOW, **NEXT)
    assert stored(lead).stage == Stage.SAL


def test_an_acceptance_names_what_is_missing(world, refused):
    lead = waiting(world)
    with refused("missing") as caught:
        leads.accept(lead, by=world.rep, now=NOW, next_action="", next_action_on=None)
    assert caught.value.missing == ("next_action", "next_action_on")
    assert str(caught.value) == "Please fill in: next action, date of the next action."
    assert caught.value.allowed_moves == (MoveName.ASK, MoveName.ACCEPT, MoveName.REJECT)


# reject, recycle, confirm


def test_a_rejection_keeps_its_reason(world):
    lead = waiting(world)
    move = leads.reject(lead, by=world.rep, now=NOW, reason="WRONG_PERSON", note="left in May")
    lead = stored(lead)
    assert (lead.stage, lead.rejected_at, lead.first_outcome) == (Stage.REJECTED, NOW, Outcome.REJECTED)
    assert (lead.reject_reason.code, move.reason.code, move.note) == ("WRONG_PERSON", "WRONG_PERSON", "left in May")
    assert lead.handoffs.get().outcome == Outcome.REJECTED


@pytest.mark.parametrize(
    ("reason", "note", "code"),
    [("", "", "missing"), ("OTHER", "", "missing"), ("NO_SUCH", "", "unknown_reason")],
)
def test_a_rejection_needs_a_reason_in_use(world, refused, reason, note, code):
    lead = waiting(world)
    with refused(code):
        leads.reject(lead, by=world.rep, now=NOW, reason=reason, note=note)


def test_a_rejected_lead_is_recycled_with_a_date(world):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="TIMING")
    leads.recycle(lead, by=world.clock, now=NOW, reason="TIMING", return_on=date(2027, 4, 1))
    lead = stored(lead)
    assert (lead.stage, lead.recycled_at, lead.return_on) == (Stage.RECYCLED, NOW, date(2027, 4, 1))
    assert lead.moves.last().data == {"return_condition": {"return_on": "2027-04-01"}}


def test_the_clock_recycles_only_what_the_reason_sends_back(world, refused):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="NO_NEED")
    with refused("disposition_recycle"):
        leads.recycle(lead, by=world.clock, now=NOW, reason="TIMING", return_on=FRIDAY)


def test_recycling_needs_a_condition(world, refused):
    lead = accepted(world)
    with refused("missing") as caught:
        leads.recycle(lead, by=world.rep, now=NOW, reason="TIMING")
    assert caught.value.missing == ("return_condition",)


def test_a_need_is_confirmed_after_a_talk(world, refused):
    lead = accepted(world)
    with refused("two_way_touch"):
        leads.confirm(lead, by=world.rep, now=NOW, bant=["need", "budget"])
    touch(world, two_way=True)
    with refused("two_of_bant"):
        leads.confirm(lead, by=world.rep, now=NOW, bant=["need"])
    leads.confirm(lead, by=world.rep, now=NOW, bant=["need", "budget"])
    assert (stored(lead).stage, stored(lead).sql_at) == (Stage.SQL, NOW)


def test_a_talk_before_the_hand_over_confirms_nothing(world, refused):
    lead = accepted(world)
    touch(world, two_way=True, at=NOW - MINUTE)
    with refused("two_way_touch"):
        leads.confirm(lead, by=world.rep, now=NOW, bant=["need", "budget"])


# what every act leaves behind


def test_every_move_has_its_audit_entry_and_its_event(world):
    lead = waiting(world)
    leads.reject(lead, by=world.rep, now=NOW, reason="NO_NEED")
    acts = list(Entry.objects.filter(object_id=lead.pk, object_type="funnel.lead").values_list("act", flat=True))
    assert sorted(acts) == ["leads.create", "leads.hand_over", "leads.qualify", "leads.reject"]
    events = dict(OutboxMessage.objects.values_list("key", "topic"))
    assert events == {
        f"lead:{lead.pk}:0": "lead.created",
        f"lead:{lead.pk}:1": "lead.qualified",
        f"lead:{lead.pk}:2": "lead.handed_over",
        f"lead:{lead.pk}:3": "lead.rejected",
    }


def test_an_event_carries_ids_and_no_names(world):
    lead = waiting(world)
    payload = OutboxMessage.objects.get(topic="lead.handed_over").payload
    assert payload == {
        "lead": str(lead.public_id), "lead_id": lead.pk, "account_id": lead.account_id, "assignee_id": world.rep.pk,
        "by_id": world.marketer.pk, "at": NOW.isoformat(), "move": "hand_over", "seq": 2, "from": "MQL", "to": "MQL",
    }  # fmt: skip


def test_a_stale_instance_acts_on_what_is_stored(world):
    lead = waiting(world)
    stale = Lead.objects.get(pk=lead.pk)
    leads.reject(lead, by=world.rep, now=NOW, reason="NO_NEED")
    with pytest.raises(AlreadyAnswered, match="Rep has already rejected this lead"):
        leads.accept(stale, by=world.manager, now=NOW, **NEXT)


def test_a_refusal_speaks_the_users_language(world, refused):
    lead = accepted(world)
    with translation.override("en"), refused("stage") as caught:
        leads.hand_over(lead, assignee=world.rep, by=world.marketer, now=NOW)
    assert str(caught.value) == "This cannot be done while the lead stands at “SAL”."


def test_moves_are_never_changed_or_deleted(world):
    waiting(world)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        LeadMove.objects.update(note="")
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        LeadMove.objects.all().delete()
