"""Who is told what when a lead moves."""

from datetime import timedelta

import pytest

from audit import outbox
from audit.models import OutboxMessage
from funnel import dispositions, follow_up, leads, overdue, questions, rerouting
from tests import make
from tests.make import NOW
from users import kinds, notices
from users.models import Notification
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    """Handed by a marketer to a rep who has a manager."""
    marketer = make.user(Role.MARKETER, "marketer")
    account = make.account("ミナト精工株式会社")
    make.active_list(account)
    make.touch(account, at=NOW - timedelta(hours=1))
    lead = leads.create(account=account, by=marketer, now=NOW)
    leads.qualify(lead, by=marketer, now=NOW, note="問い合わせ")
    rep = make.user(Role.REP, "rep", manager=make.user(Role.SALES_MANAGER, "manager"))
    leads.hand_over(lead, assignee=rep, by=marketer, now=NOW)
    return lead


def told():
    outbox.deliver(now=NOW + timedelta(days=30))
    return list(Notification.objects.order_by("id").values_list("user__username", "text"))


def test_the_assignee_hears_what_happens_without_an_answer(lead):
    assert told() == [("rep", "%(lead)s waits for your answer until %(due)s. Without one it counts as ignored.")]
    assert Notification.objects.get().params == {"lead": "ミナト精工株式会社", "due": "2026-11-20 10:00"}


def test_an_ignored_lead_is_told_to_the_rep_and_the_manager(lead):
    told()
    overdue.ignore_overdue(now=NOW + timedelta(days=7), by=make.system())
    assert {user for user, text in told() if "counts as ignored. An answer" in text} == {"rep", "manager"}


def test_the_marketer_hears_that_it_was_accepted(lead):
    leads.accept(lead, by=lead.assignee, now=NOW, next_action="電話", next_action_on=NOW.date())
    assert ("marketer", "%(lead)s was accepted by %(name)s.") in told()


def test_the_marketer_hears_why_it_was_rejected(lead):
    leads.reject(lead, by=lead.assignee, now=NOW, reason="TIMING")
    told()
    assert Notification.objects.get(user__username="marketer").params["reason"] == "TIMING"


def test_one_event_is_one_notice_however_often_it_is_delivered(lead):
    told()
    OutboxMessage.objects.update(delivered_at=None)
    told()
    assert Notification.objects.count() == 1


def test_reading_marks_all_as_read_once(lead):
    told()
    assert [notices.read_all(lead.assignee, now=NOW) for _ in range(2)] == [1, 0]


def texts(user: str) -> list[str]:
    return [text for name, text in told() if name == user]


def test_the_marketer_hears_a_question_and_the_rep_its_answer(lead):
    questions.ask(lead, by=lead.assignee, now=NOW, question="どちらの工場ですか")
    questions.answer(lead, by=make.user(Role.MARKETER, "another"), now=NOW, answer="大田です")
    assert "%(name)s has a question about %(lead)s. Until you answer, the clock of sales stands still." in texts(
        "marketer"
    )
    assert "Your question about %(lead)s is answered. The clock runs again until %(due)s." in texts("rep")


def test_the_rep_hears_that_marketing_did_not_answer(lead):
    questions.ask(lead, by=lead.assignee, now=NOW, question="どちらの工場ですか")
    overdue.answer_questions(now=NOW + timedelta(days=5), by=make.system())
    said = "Nobody answered your question about %(lead)s in time. The clock runs again until %(due)s."
    assert said in texts("rep")


def test_who_loses_and_who_gets_a_lead_are_told(lead):
    other = make.user(Role.REP, "other")
    rerouting.reassign(lead, by=lead.assignee.manager, now=NOW, assignee=other, cause="OTHER")
    assert "%(lead)s no longer waits for your answer: it went to %(name)s." in texts("rep")
    assert [text[:26] for text in texts("other")] == ["%(lead)s waits for your an"]


def test_an_appeal_goes_to_the_manager_and_its_verdict_back(lead):
    marketer = lead.handoffs.get().sent_by
    leads.reject(lead, by=lead.assignee, now=NOW, reason="NO_NEED")
    dispositions.appeal(lead, by=marketer, now=NOW, argument="見積の依頼")
    assert "Marketing appeals against the rejection of %(lead)s. Please decide." in texts("manager")
    dispositions.appeal(lead, by=lead.assignee.manager, now=NOW, verdict="DENIED")
    assert "Your appeal for %(lead)s was denied." in texts("marketer")


def test_the_second_person_hears_what_was_signed_together(lead):
    marketer, manager = lead.handoffs.get().sent_by, lead.assignee.manager
    leads.reject(lead, by=lead.assignee, now=NOW, reason="LEGAL")
    dispositions.disqualify(lead, by=marketer, now=NOW, reason="LEGAL", second_person=manager)
    assert "%(name)s disqualified %(lead)s and named you as the second person." in texts("manager")


def test_the_second_escalation_says_until_when(lead):
    overdue.ignore_overdue(now=NOW + timedelta(days=7), by=make.system())
    overdue.escalate(now=NOW + timedelta(days=7), by=make.system())
    assert any("still unanswered" in text for text in texts("manager"))


def test_a_notice_names_the_event_and_the_delivery_it_is_about(lead):
    told()
    notice = Notification.objects.get()
    assert (notice.kind, notice.subject) == ("lead.handed_over", str(lead.handoffs.get().public_id))


RISKY = NOW + timedelta(days=1, hours=6)  # Thursday, 16:00: thirteen and more of sixteen business hours are used


def test_the_assignee_is_warned_once_when_four_fifths_of_the_time_are_used(lead):
    assert overdue.warn(now=RISKY - timedelta(hours=1), by=make.system()) == {"warned": 0, "failed": 0}
    assert [overdue.warn(now=RISKY, by=make.system())["warned"] for _ in range(2)] == [1, 0]
    said = "Little time is left for %(lead)s. Without your answer until %(due)s it counts as ignored."
    assert texts("rep").count(said) == 1
    assert texts("manager") == []


def test_who_has_answered_or_asked_is_not_warned(lead):
    questions.ask(lead, by=lead.assignee, now=NOW, question="どちらの工場ですか")
    assert overdue.warn(now=RISKY, by=make.system())["warned"] == 0


def test_an_answer_quicker_than_the_warning_takes_it_back(lead):
    overdue.warn(now=RISKY, by=make.system())
    leads.accept(lead, by=lead.assignee, now=RISKY, next_action="電話", next_action_on=NOW.date())
    assert not any("Little time" in text for text in texts("rep"))


def test_rep_and_manager_hear_of_a_ghost(lead):
    leads.accept(lead, by=lead.assignee, now=NOW, next_action="電話", next_action_on=NOW.date())
    follow_up.flag_ghosts(now=NOW + timedelta(days=10), by=make.system())
    said = "%(lead)s was accepted by %(name)s, but no contact followed in time. It counts as a ghost."
    assert said in texts("rep")
    assert said in texts("manager")


def test_all_three_hear_that_a_lead_was_given_up(lead):
    overdue.ignore_overdue(now=NOW + timedelta(days=7), by=make.system())
    overdue.give_up(now=NOW + timedelta(days=60), by=make.system())
    outbox.deliver(now=NOW + timedelta(days=60))
    for name in ("rep", "manager", "marketer"):
        assert "Nobody answered %(lead)s. It was given up and returns on %(day)s." in texts(name)


def test_when_time_runs_out_is_worked_out_once_and_anew_when_the_due_moves(lead):
    overdue.warn(now=NOW, by=make.system())
    handoff = lead.handoffs.get()
    assert NOW < handoff.at_risk_at < RISKY
    questions.ask(lead, by=lead.assignee, now=NOW + timedelta(hours=1), question="どちらの工場ですか")
    questions.answer(lead, by=handoff.sent_by, now=NOW + timedelta(hours=3), answer="本社です")
    handoff.refresh_from_db()
    assert handoff.at_risk_at is None
    assert overdue.warn(now=RISKY, by=make.system())["warned"] == 0
    handoff.refresh_from_db()
    assert handoff.at_risk_at > RISKY


def test_everybody_chooses_only_among_what_can_reach_them():
    names = {role: {kind.name for kind in kinds.of_role(role)} for role in (Role.REP, Role.MARKETER, Role.ADMIN)}
    assert "lead.handed_over" in names[Role.REP]
    assert not {"lead.asked", "lead.escalated", "webhook.stopped"} & names[Role.REP]
    assert "lead.asked" in names[Role.MARKETER]
    assert not {"lead.handed_over", "feedback.due"} & names[Role.MARKETER]
    assert "webhook.stopped" in names[Role.ADMIN]
