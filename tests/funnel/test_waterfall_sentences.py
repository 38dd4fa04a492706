"""What the business says, sentence by sentence, written from the agreement and not from the table.

Each row: the sentence, who acts, on a lead like what, doing what with what, and the stage after it or the refusal.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from funnel.enums import Disposition, MoveName, Stage
from funnel.guards import Facts
from funnel.waterfall import Move, decide
from users.roles import Role

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
SOON, JUST_NOW = NOW + timedelta(hours=2), NOW - timedelta(minutes=1)
NEXT = {"next_action": "call", "next_action_on": "2026-11-27"}
DEAL = {
    "deal_system": "sfa",
    "deal_id": "006-1",
    "amount": Decimal(3_000_000),
    "close_on": "2027-03-31",
    "offering": "cae",
}
WAITING: dict[str, Any] = {"has_handoff": True, "open_handoff": True, "due_at": SOON}
MINE = WAITING | {"is_assignee": True}
LATE = {"has_handoff": True, "is_assignee": True, "due_at": None}
HELD = {"has_handoff": True, "is_assignee": True}
AGAINST = {"conflicts": frozenset({"not_protected"})}
BACK = {"reason": "TIMING", "return_condition": {"return_on": "2027-04-01"}}

SENTENCES: list[tuple[str, str, str, dict[str, Any], str, dict[str, Any], str]] = [
    # qualify
    ("the rule qualifies a listed entry", "SYSTEM", "NURTURE", {"on_active_list": True}, "qualify",
     {"rule_version": 3, "snapshot": {"E": 61}}, "MQL"),
    ("the rule never qualifies what is on no active list", "SYSTEM", "NURTURE", {}, "qualify",
     {"rule_version": 3, "snapshot": {"E": 61}}, "refused: on_active_list"),
    ("the rule must keep the values it judged by", "SYSTEM", "NURTURE", {"on_active_list": True}, "qualify",
     {"rule_version": 3}, "refused: missing"),
    ("a marketer qualifies by hand with a note and a touch", "MARKETER", "NURTURE",
     {"on_active_list": True, "touches": 1}, "qualify", {"note": "asked for a price"}, "MQL"),
    ("a marketer cannot qualify someone who did nothing", "MARKETER", "NURTURE", {"on_active_list": True}, "qualify",
     {"note": "gut feeling"}, "refused: has_touch"),
    ("a marketer must say why", "MARKETER", "NURTURE", {"on_active_list": True, "touches": 1}, "qualify", {},
     "refused: missing"),
    ("a marketer alone does not bring in a company sales did not choose", "MARKETER", "NURTURE", {"touches": 4},
     "qualify", {"note": "hot"}, "refused: on_active_list"),
    ("the head of marketing may, with a reason", "MARKETING_LEAD", "NURTURE", {}, "qualify_off_list",
     {"reason": "the CEO asked"}, "MQL"),
    ("…but not without one", "MARKETING_LEAD", "NURTURE", {}, "qualify_off_list", {}, "refused: missing"),
    ("a rep does not qualify leads", "REP", "NURTURE", {"on_active_list": True, "touches": 9}, "qualify",
     {"note": "mine"}, "refused: role"),
    ("an MQL is not qualified twice", "SYSTEM", "MQL", {"on_active_list": True}, "qualify",
     {"rule_version": 3, "snapshot": {"E": 61}}, "refused: stage"),
    ("marketing takes a wrong MQL back before delivering it", "MARKETER", "MQL", {}, "unqualify",
     {"cause": "a student"}, "NURTURE"),
    ("once delivered it cannot be unqualified", "MARKETER", "MQL", WAITING, "unqualify", {"cause": "a student"},
     "refused: before_any_handoff"),
    # hand-over
    ("a marketer hands an MQL to a rep", "MARKETER", "MQL", {}, "hand_over", {"assignee": "sato"}, "MQL"),
    ("routing hands an MQL to a rep", "SYSTEM", "MQL", {}, "hand_over", {"assignee": "sato"}, "MQL"),
    ("nobody of marketing hands a partner's account to others", "MARKETER", "MQL", AGAINST, "hand_over",
     {"assignee": "sato", "note": "please"}, "refused: not_protected"),
    ("the head of marketing may, and says why", "MARKETING_LEAD", "MQL", AGAINST, "hand_over",
     {"assignee": "sato", "note": "the firm agreed"}, "MQL"),
    ("…but not without a word", "MARKETING_LEAD", "MQL", AGAINST, "hand_over", {"assignee": "sato"},
     "refused: missing"),
    ("the head of marketing hands over like anybody else", "MARKETING_LEAD", "MQL", {}, "hand_over",
     {"assignee": "sato"}, "MQL"),
    ("a wrong owner is not requeued into a conflict", "MARKETER", "REJECTED",
     AGAINST | {"disposition": Disposition.REQUEUE}, "requeue", {"assignee": "sato"}, "refused: not_protected"),
    ("a hand-over names somebody", "MARKETER", "MQL", {}, "hand_over", {}, "refused: missing"),
    ("what waits for an answer is not handed over again", "MARKETER", "MQL", WAITING, "hand_over",
     {"assignee": "sato"}, "refused: not_with_sales"),
    ("an unqualified lead is not handed over", "MARKETER", "NURTURE", {}, "hand_over", {"assignee": "sato"},
     "refused: stage"),
    ("a rep does not hand leads out", "REP", "MQL", {}, "hand_over", {"assignee": "me"}, "refused: role"),
    ("marketing recalls its mistake in time", "MARKETER", "MQL", WAITING, "recall", {"cause": "wrong file"},
     "WITHDRAWN"),
    ("after the due nothing is recalled", "MARKETER", "MQL", WAITING | {"due_at": JUST_NOW}, "recall",
     {"cause": "it looks bad"}, "refused: before_due"),
    # question and answer
    ("a rep asks back and the clock stops", "REP", "MQL", MINE, "ask", {"question": "which plant?"}, "MQL"),
    ("a partner asks about his own lead", "PARTNER", "MQL", MINE, "ask", {"question": "which plant?"}, "MQL"),
    ("one question at a time", "REP", "MQL", MINE | {"question_open": True}, "ask", {"question": "and who?"},
     "refused: no_question"),
    ("a marketer answers", "MARKETER", "MQL", WAITING | {"question_open": True}, "answer", {"answer": "Chiba"}, "MQL"),
    ("there is nothing to answer", "MARKETER", "MQL", WAITING, "answer", {"answer": "Chiba"}, "refused: question_open"),
    ("the limit answers for a silent marketing", "SYSTEM", "MQL",
     WAITING | {"question_open": True, "answer_limit_at": JUST_NOW}, "answer", {}, "MQL"),
    ("the limit waits until it is reached", "SYSTEM", "MQL",
     WAITING | {"question_open": True, "answer_limit_at": SOON}, "answer", {}, "refused: answer_limit_passed"),
    # accept and reject
    ("a rep accepts a lead assigned to him", "REP", "MQL", MINE, "accept", NEXT, "SAL"),
    ("a rep cannot accept another's lead", "REP", "MQL", WAITING, "accept", NEXT, "refused: assignee_or_manager"),
    ("a sales manager accepts for an absent rep", "SALES_MANAGER", "MQL", WAITING, "accept", NEXT, "SAL"),
    ("a partner accepts what was handed to him", "PARTNER", "MQL", MINE, "accept", NEXT, "SAL"),
    ("a partner never accepts what was not", "PARTNER", "MQL", WAITING, "accept", NEXT, "refused: partner_own_leads"),
    ("an acceptance says what happens next", "REP", "MQL", MINE, "accept", {"next_action": "call"},
     "refused: missing"),
    ("marketing does not accept its own leads", "MARKETER", "MQL", MINE, "accept", NEXT, "refused: role"),
    ("what was delivered to nobody is accepted by nobody", "SALES_MANAGER", "MQL", {}, "accept", NEXT,
     "refused: with_sales"),
    ("an ignored lead may still be accepted late", "REP", "IGNORED", LATE, "accept", NEXT, "SAL"),
    ("an accepted lead is not accepted again", "REP", "SAL", HELD, "accept", NEXT, "refused: stage"),
    ("a rep rejects with a reason", "REP", "MQL", MINE, "reject", {"reason": "LOW_INTENT"}, "REJECTED"),
    ("a rejection has a reason", "REP", "MQL", MINE, "reject", {}, "refused: missing"),
    ("'other' needs words", "REP", "MQL", MINE, "reject", {"reason": "OTHER"}, "refused: missing"),
    ("'other' with words is a reason", "REP", "MQL", MINE, "reject", {"reason": "OTHER", "note": "x"}, "REJECTED"),
    ("an ignored lead may still be rejected", "SALES_MANAGER", "IGNORED", LATE, "reject", {"reason": "NO_NEED"},
     "REJECTED"),
    ("an accepted lead is recycled, not rejected", "REP", "SAL", HELD, "reject", {"reason": "NO_NEED"},
     "refused: stage"),
    ("an analyst decides nothing", "ANALYST", "MQL", MINE, "reject", {"reason": "NO_NEED"}, "refused: role"),
    ("an admin decides nothing", "ADMIN", "MQL", MINE, "accept", NEXT, "refused: role"),
    # ignore
    ("the clock marks what nobody answered", "SYSTEM", "MQL", WAITING | {"due_at": JUST_NOW}, "ignore", {}, "IGNORED"),
    ("not a minute before", "SYSTEM", "MQL", WAITING, "ignore", {}, "refused: due_passed"),
    ("an answer on the very due is in time", "SYSTEM", "MQL", WAITING | {"due_at": NOW}, "ignore", {},
     "refused: due_passed"),
    ("a paused clock ignores nothing", "SYSTEM", "MQL", WAITING | {"due_at": JUST_NOW, "question_open": True},
     "ignore", {}, "refused: no_question"),
    ("no manager can mark a lead ignored", "SALES_MANAGER", "MQL", WAITING | {"due_at": JUST_NOW}, "ignore", {},
     "refused: role"),
    ("marketing cannot mark a lead ignored", "MARKETING_LEAD", "MQL", WAITING | {"due_at": JUST_NOW}, "ignore", {},
     "refused: role"),
    ("a manager gives an ignored lead to someone else", "SALES_MANAGER", "IGNORED", LATE, "reassign",
     {"cause": "CAPACITY", "assignee": "suzuki"}, "MQL"),
    ("a waiting lead goes to someone present", "SALES_MANAGER", "MQL", WAITING, "reassign",
     {"cause": "ABSENCE", "assignee": "suzuki"}, "MQL"),
    ("a rep does not pass his lead on", "REP", "MQL", MINE, "reassign", {"cause": "CAPACITY", "assignee": "suzuki"},
     "refused: role"),
    ("an undelivered lead is handed over, not reassigned", "SALES_MANAGER", "MQL", {}, "reassign",
     {"cause": "CAPACITY", "assignee": "suzuki"}, "refused: with_sales"),
    ("after twenty business days the clock gives up", "SYSTEM", "IGNORED", LATE | {"give_up_at": JUST_NOW}, "give_up",
     {"return_condition": {"score": 80}}, "RECYCLED"),
    ("…not earlier", "SYSTEM", "IGNORED", LATE | {"give_up_at": SOON}, "give_up", {"return_condition": {"score": 80}},
     "refused: give_up_time"),
    ("marketing may take an ignored lead back sooner", "MARKETER", "IGNORED", LATE, "give_up",
     {"return_condition": {"score": 80}}, "RECYCLED"),
    # after a rejection
    ("a wrong owner is requeued to the right one", "MARKETER", "REJECTED", {"disposition": Disposition.REQUEUE},
     "requeue", {"assignee": "suzuki"}, "MQL"),
    ("a rejection for want of need is not simply sent again", "MARKETER", "REJECTED",
     {"disposition": Disposition.DISQUALIFY}, "requeue", {"assignee": "suzuki"}, "refused: disposition_requeue"),
    ("bad data is repaired", "MARKETER", "REJECTED", {"disposition": Disposition.REPAIR}, "repair",
     {"fixed": "phone"}, "NURTURE"),
    ("there is nothing to repair about timing", "MARKETER", "REJECTED", {"disposition": Disposition.RECYCLE},
     "repair", {"fixed": "phone"}, "refused: disposition_repair"),
    ("marketing appeals once", "MARKETER", "REJECTED", {}, "appeal", {"argument": "budget is approved"}, "REJECTED"),
    ("…not twice", "MARKETER", "REJECTED", {"appealed": True}, "appeal", {"argument": "please"},
     "refused: once_per_lead"),
    ("an upheld appeal returns the lead", "SALES_MANAGER", "REJECTED", {"appealed": True, "appeal_open": True},
     "appeal", {"verdict": "UPHELD"}, "MQL"),
    ("a denied appeal changes nothing but the count", "SALES_MANAGER", "REJECTED",
     {"appealed": True, "appeal_open": True}, "appeal", {"verdict": "DENIED"}, "REJECTED"),
    ("there is no verdict without an appeal", "SALES_MANAGER", "REJECTED", {}, "appeal", {"verdict": "UPHELD"},
     "refused: appeal_open"),
    ("'too early' comes back in spring", "SYSTEM", "REJECTED", {"disposition": Disposition.RECYCLE}, "recycle", BACK,
     "RECYCLED"),
    ("the clock recycles only where the reason says so", "SYSTEM", "REJECTED",
     {"disposition": Disposition.DISQUALIFY}, "recycle", BACK, "refused: disposition_recycle"),
    ("a rep recycles an accepted lead with a condition", "REP", "SAL", HELD, "recycle", BACK, "RECYCLED"),
    ("recycling says when to come back", "REP", "SQL", HELD, "recycle", {"reason": "TIMING"}, "refused: missing"),
    ("a lost deal is recycled", "SALES_MANAGER", "LOST", {}, "recycle", BACK, "RECYCLED"),
    ("an unanswered lead is not recycled", "REP", "MQL", MINE, "recycle", BACK, "refused: stage"),
    ("a pipeline deal is not recycled", "REP", "PIPELINE", HELD, "recycle", BACK, "refused: stage"),
    ("marketing and sales together disqualify", "MARKETER", "REJECTED", {"second_role": Role.SALES_MANAGER},
     "disqualify", {"reason": "LEGAL", "second_person": "mori"}, "DISQUALIFIED"),
    ("…whoever of the two starts", "SALES_MANAGER", "SAL", {"second_role": Role.MARKETER}, "disqualify",
     {"reason": "LEGAL", "second_person": "abe"}, "DISQUALIFIED"),
    ("one person alone disqualifies nobody", "MARKETER", "REJECTED", {}, "disqualify", {"reason": "LEGAL"},
     "refused: missing"),
    ("two marketers are one side", "MARKETER", "REJECTED", {"second_role": Role.MARKETER}, "disqualify",
     {"reason": "LEGAL", "second_person": "abe"}, "refused: two_persons"),
    ("a duplicate is withdrawn and linked", "MARKETER", "SAL", HELD, "merge_duplicate", {"duplicate_of": 7},
     "WITHDRAWN"),
    ("a finished trip is no duplicate", "MARKETER", "WON", {}, "merge_duplicate", {"duplicate_of": 7},
     "refused: stage"),
    # after an acceptance
    ("a manager takes a lead back from a rep who does nothing", "SALES_MANAGER", "SAL", HELD, "reclaim",
     {"assignee": "suzuki"}, "MQL"),
    ("the clock takes a ghost back", "SYSTEM", "SAL", {"is_ghost": True}, "reclaim", {"assignee": "suzuki"}, "MQL"),
    ("the clock leaves others alone", "SYSTEM", "SAL", {}, "reclaim", {"assignee": "suzuki"}, "refused: is_ghost"),
    ("a need is confirmed in a talk", "REP", "SAL", HELD | {"two_way_touches": 1}, "confirm",
     {"bant": ["need", "timing"]}, "SQL"),
    ("without a talk nothing is confirmed", "REP", "SAL", HELD, "confirm", {"bant": ["need", "timing"]},
     "refused: two_way_touch"),
    ("need alone is not enough", "REP", "SAL", HELD | {"two_way_touches": 1}, "confirm", {"bant": ["need"]},
     "refused: two_of_bant"),
    ("a partner confirms only his own", "PARTNER", "SAL", {"two_way_touches": 1}, "confirm",
     {"bant": ["need", "timing"]}, "refused: partner_own_leads"),
    ("a rep registers an opportunity", "REP", "SQL", HELD, "register", DEAL, "PIPELINE"),
    ("…straight from SAL too", "REP", "SAL", HELD, "register", DEAL, "PIPELINE"),
    ("the SFA registers by itself", "SYSTEM", "SQL", {}, "register", DEAL, "PIPELINE"),
    ("a pipeline without money is none", "REP", "SQL", HELD, "register", DEAL | {"amount": 0},
     "refused: amount_positive"),
    ("a pipeline has its SFA number", "REP", "SQL", HELD, "register", DEAL | {"deal_id": ""}, "refused: missing"),
    ("an MQL does not jump into the pipeline", "REP", "MQL", MINE, "register", DEAL, "refused: stage"),
    ("a marketer registers no deals", "MARKETER", "SQL", {}, "register", DEAL, "refused: role"),
    ("a manager takes a wrong registration back", "SALES_MANAGER", "PIPELINE", {}, "unregister",
     {"reason": "double"}, "SQL"),
    ("a rep does not", "REP", "PIPELINE", HELD, "unregister", {"reason": "double"}, "refused: role"),
    ("a deal is won", "REP", "PIPELINE", HELD, "win", {"amount": Decimal(1), "closed_on": "2026-11-24"}, "WON"),
    ("a win has a day", "REP", "PIPELINE", HELD, "win", {"amount": Decimal(1)}, "refused: missing"),
    ("nothing is won outside the pipeline", "REP", "SQL", HELD, "win",
     {"amount": Decimal(1), "closed_on": "2026-11-24"}, "refused: stage"),
    ("a deal is lost for a reason", "REP", "PIPELINE", HELD, "lose", {"reason": "COMPETITOR_LOCKED"}, "LOST"),
    ("lost for budget: when do we come back?", "REP", "PIPELINE", HELD, "lose", {"reason": "NO_BUDGET"},
     "refused: missing"),
    ("a manager reopens a lost deal within a month", "SALES_MANAGER", "LOST", {"closed_at": NOW - timedelta(days=29)},
     "reopen", {"reason": "they called"}, "PIPELINE"),
    ("…not later", "SALES_MANAGER", "WON", {"closed_at": NOW - timedelta(days=31)}, "reopen",
     {"reason": "they called"}, "refused: within_30_days"),
    ("two heads reopen a disqualified company", "MARKETING_LEAD", "DISQUALIFIED",
     {"second_role": Role.SALES_MANAGER}, "reopen", {"reason": "new owner", "second_person": "mori"}, "NURTURE"),
    ("one head does not", "SALES_MANAGER", "DISQUALIFIED", {}, "reopen", {"reason": "new owner"}, "refused: missing"),
    ("a recycled trip is over", "SALES_MANAGER", "RECYCLED", {}, "reopen", {"reason": "hm"}, "refused: stage"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "stage", "facts", "verb", "data", "outcome"), [row[1:] for row in SENTENCES], ids=[r[0] for r in SENTENCES]
)
def test_sentence(role, stage, facts, verb, data, outcome):
    verdict = decide(MoveName(verb), Facts(stage=Stage(stage), now=NOW, **facts), Role(role), data)
    said = verdict.to_stage.value if isinstance(verdict, Move) else f"refused: {verdict.code}"
    assert said == outcome


def test_sales_may_source_a_lead_of_its_own():
    for role in (Role.REP, Role.PARTNER, Role.SALES_MANAGER):
        verdict = decide(MoveName.SELF_SOURCE, Facts(stage=None, now=NOW), role, {"first_touch": "visit"})
        assert isinstance(verdict, Move)
        assert verdict.to_stage is Stage.SAL


def test_marketing_sources_through_the_front_door():
    verdict = decide(MoveName.SELF_SOURCE, Facts(stage=None, now=NOW), Role.MARKETER, {"first_touch": "visit"})
    assert not isinstance(verdict, Move)


def test_there_are_enough_sentences_and_none_twice():
    assert len(SENTENCES) >= 60
    assert len({row[0] for row in SENTENCES}) == len(SENTENCES)
