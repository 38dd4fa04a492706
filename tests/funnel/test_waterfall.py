"""The moves table against itself: every stage × role × move, every guard, every needed datum."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from funnel.enums import Disposition, MoveName, Stage
from funnel.guards import DATA_RULES, DENIED, GUARDS, UPHELD, Facts
from funnel.waterfall import MOVES, Move, Refusal, check, decide, is_legal_step, legal_moves, legal_names, options
from users.roles import Role

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
STAGES: list[Stage | None] = [None, *Stage]
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)

SATISFIES = {
    "still_held": {"held_until": LATER},
    "own_answer": {"own_answer": True},
    "was_waiting": {"answered_from": Stage.MQL},
    "was_ignored": {"answered_from": Stage.IGNORED},
    "assignee_or_manager": {"is_assignee": True},
    "on_active_list": {"on_active_list": True},
    "has_touch": {"touches": 1},
    "two_way_touch": {"two_way_touches": 1},
    "before_any_handoff": {"has_handoff": False},
    "not_with_sales": {"open_handoff": False},
    "not_protected": {"conflicts": frozenset()},
    "no_lead_elsewhere": {"conflicts": frozenset()},
    "no_deal_elsewhere": {"conflicts": frozenset()},
    "has_conflict": {"conflicts": frozenset({"not_protected"})},
    "with_sales": {"open_handoff": True, "has_handoff": True},
    "before_due": {"due_at": LATER},
    "due_passed": {"due_at": EARLIER},
    "no_question": {"question_open": False},
    "question_open": {"question_open": True},
    "answer_limit_passed": {"answer_limit_at": EARLIER},
    "give_up_time": {"give_up_at": EARLIER},
    "disposition_requeue": {"disposition": Disposition.REQUEUE},
    "disposition_repair": {"disposition": Disposition.REPAIR},
    "disposition_recycle": {"disposition": Disposition.RECYCLE},
    "rejected_as_other": {"rejected_as_other": True},
    "once_per_lead": {"appealed": False},
    "appeal_open": {"appeal_open": True, "appealed": True},
    "is_ghost": {"is_ghost": True},
    "within_30_days": {"closed_at": EARLIER},
}
BREAKS = {
    "still_held": {"held_until": NOW},
    "own_answer": {"own_answer": False},
    "was_waiting": {"answered_from": Stage.IGNORED},
    "was_ignored": {"answered_from": Stage.MQL},
    "assignee_or_manager": {"is_assignee": False},
    "on_active_list": {"on_active_list": False},
    "has_touch": {"touches": 0},
    "two_way_touch": {"two_way_touches": 0},
    "before_any_handoff": {"has_handoff": True},
    "not_with_sales": {"open_handoff": True},
    "not_protected": {"conflicts": frozenset({"not_protected"})},
    "no_lead_elsewhere": {"conflicts": frozenset({"no_lead_elsewhere"})},
    "no_deal_elsewhere": {"conflicts": frozenset({"no_deal_elsewhere"})},
    "has_conflict": {"conflicts": frozenset()},
    "with_sales": {"open_handoff": False},
    "before_due": {"due_at": EARLIER},
    "due_passed": {"due_at": NOW},
    "no_question": {"question_open": True},
    "question_open": {"question_open": False},
    "answer_limit_passed": {"answer_limit_at": NOW},
    "give_up_time": {"give_up_at": NOW},
    "disposition_requeue": {"disposition": Disposition.RECYCLE},
    "disposition_repair": {"disposition": None},
    "disposition_recycle": {"disposition": Disposition.REPAIR},
    "rejected_as_other": {"rejected_as_other": False},
    "once_per_lead": {"appealed": True},
    "appeal_open": {"appeal_open": False},
    "is_ghost": {"is_ghost": False},
    "within_30_days": {"closed_at": NOW - timedelta(days=30, seconds=1)},
}
VALUES = {
    "amount": Decimal("1200000"),
    "bant": ["budget", "need"],
    "reason": "LOW_INTENT",
    "snapshot": {"E": 61.5},
}
VERDICTS = {"verdict_upheld": UPHELD, "verdict_denied": DENIED}


def facts_for(move: Move, stage: Stage | None, role: Role) -> Facts:
    """Facts under which nothing but stage and role can refuse this row."""
    changes: dict[str, object] = {"is_assignee": True}
    for guard in move.guards:
        changes |= SATISFIES[guard]
    if move.together:
        (changes["second_role"],) = move.together - {role} if role in move.together else {None}
    return replace(Facts(stage=stage, now=NOW), **changes)


def data_for(move: Move) -> dict[str, object]:
    data = {name: VALUES.get(name, "x") for name in move.needs}
    for rule in move.data_rules:
        data |= {"verdict": VERDICTS[rule]} if rule in VERDICTS else {}
    return data


def row_id(move: Move) -> str:
    return f"{move.name}-{'-'.join(sorted(move.from_stages))}-{'-'.join(sorted(move.roles))}-{move.to_stage}"


def starts_at(move: Move, stage: Stage | None) -> bool:
    return stage in move.from_stages if move.from_stages else stage is None


def some_case(move: Move) -> tuple[Facts, Role, dict[str, object]]:
    role = min(move.roles)
    stage = max(move.from_stages, default=None)
    return facts_for(move, stage, role), role, data_for(move)


def case_id(value: Move | str) -> str:
    return row_id(value) if isinstance(value, Move) else value


every_row = pytest.mark.parametrize("move", MOVES, ids=row_id)


def test_every_verb_stands_in_the_table():
    assert {move.name for move in MOVES} == set(MoveName)


def test_every_guard_and_rule_is_known_and_used():
    assert {name for move in MOVES for name in move.guards} == set(GUARDS) == set(SATISFIES) == set(BREAKS)
    assert {name for move in MOVES for name in move.data_rules} == set(DATA_RULES)


@every_row
def test_every_stage_and_role_against_one_row(move):
    for stage, role in product(STAGES, Role):
        refusal = check(move, facts_for(move, stage, role), role, data_for(move))
        expected = "stage" if not starts_at(move, stage) else "role" if role not in move.roles else None
        assert (refusal.code if refusal else None) == expected, (stage, role)


@pytest.mark.parametrize("name", MoveName)
def test_every_stage_and_role_against_one_verb(name):
    rows = [move for move in MOVES if move.name is name]
    for stage, role in product(STAGES, Role):
        lawful = [move for move in rows if starts_at(move, stage) and role in move.roles]
        for row in lawful:
            assert decide(name, facts_for(row, stage, role), role, data_for(row)) == row
        if not lawful:
            assert isinstance(decide(name, facts_for(rows[0], stage, role), role, data_for(rows[0])), Refusal)


@pytest.mark.parametrize(("move", "guard"), [(m, g) for m in MOVES for g in m.guards], ids=case_id)
def test_each_guard_alone_refuses(move, guard):
    facts, role, data = some_case(move)
    if guard == "assignee_or_manager":
        role = Role.REP
    refusal = check(move, replace(facts, **BREAKS[guard]), role, data)
    assert refusal is not None
    assert refusal.code == guard


@pytest.mark.parametrize(("move", "need"), [(m, n) for m in MOVES for n in m.needs], ids=case_id)
@pytest.mark.parametrize("empty", [None, "", []])
def test_each_missing_datum_alone_refuses_and_is_named(move, need, empty):
    facts, role, data = some_case(move)
    refusal = check(move, facts, role, data | {need: empty})
    assert refusal is not None
    assert (refusal.code, refusal.missing) == ("missing", (need,))


@every_row
def test_a_refusal_for_missing_data_still_lists_the_move_as_allowed(move):
    facts, role, _ = some_case(move)
    refusal = check(move, facts, role, {})
    if move.needs:
        assert refusal is not None
        assert refusal.missing == move.needs
        assert move.name in refusal.allowed


@every_row
def test_a_partner_moves_only_what_was_handed_to_him(move):
    if Role.PARTNER not in move.roles or not move.from_stages:
        return
    stage = min(move.from_stages)
    facts = replace(facts_for(move, stage, Role.PARTNER), is_assignee=False)
    refusal = check(move, facts, Role.PARTNER, data_for(move))
    assert refusal is not None
    assert refusal.code == "partner_own_leads"


@pytest.mark.parametrize("move", [m for m in MOVES if m.together], ids=row_id)
def test_two_persons_means_the_two_named_roles(move):
    for first, second in product(Role, [None, *Role]):
        facts = replace(facts_for(move, min(move.from_stages), first), second_role=second)
        refusal = check(move, facts, first, data_for(move))
        assert (refusal is None) == ({first, second} == move.together)


def test_analysts_and_admins_move_nothing():
    for stage in STAGES:
        facts = Facts(stage=stage, now=NOW, open_handoff=True, has_handoff=True, is_assignee=True)
        assert legal_moves(facts, Role.ANALYST) == []
        assert legal_moves(facts, Role.ADMIN) == []


@pytest.mark.parametrize("stage", [Stage.RECYCLED, Stage.WITHDRAWN])
def test_nothing_leaves_a_finished_trip(stage):
    assert not [move for move in MOVES if stage in move.from_stages and move.to_stage is not stage]


def test_only_the_clock_ignores():
    assert {role for move in MOVES if move.name is MoveName.IGNORE for role in move.roles} == {Role.SYSTEM}


@pytest.mark.parametrize(("reason", "missing"), [("OTHER", ("note",)), ("TIMING", ())])
def test_other_as_a_reject_reason_needs_words(reason, missing):
    (row,) = (move for move in MOVES if move.name is MoveName.REJECT)
    assert row.missing({"reason": reason}) == missing


@pytest.mark.parametrize(("reason", "missing"), [("TIMING", "revisit_on"), ("NO_BUDGET", "revisit_on"), ("PRICE", "")])
def test_a_loss_for_timing_or_budget_needs_a_day_to_come_back(reason, missing):
    (row,) = (move for move in MOVES if move.name is MoveName.LOSE)
    assert row.missing({"reason": reason}) == ((missing,) if missing else ())


@pytest.mark.parametrize("amount", [0, Decimal(-1), "12", None])
@pytest.mark.parametrize("name", [MoveName.REGISTER, MoveName.WIN])
def test_an_amount_is_a_positive_number(name, amount):
    (row,) = (move for move in MOVES if move.name is name)
    facts, role, data = some_case(row)
    assert isinstance(decide(name, facts, role, data | {"amount": amount}), Refusal)


@pytest.mark.parametrize(("bant", "confirmed"), [("need", False), ("need timing", True), ("need luck", False)])
def test_a_confirmed_need_knows_two_of_four(bant, confirmed):
    (row,) = (move for move in MOVES if move.name is MoveName.CONFIRM)
    facts, role, data = some_case(row)
    assert isinstance(decide(row.name, facts, role, data | {"bant": bant.split()}), Move) == confirmed


def test_a_decided_verb_tells_the_nearest_refusal():
    facts = Facts(stage=Stage.NURTURE, now=NOW, on_active_list=True)
    refusal = decide(MoveName.QUALIFY, facts, Role.MARKETER, {"note": "x"})
    assert isinstance(refusal, Refusal)
    assert refusal.code == "has_touch"


def test_a_refusal_names_what_is_legal_now():
    facts = Facts(stage=Stage.SAL, now=NOW, is_assignee=True, has_handoff=True, two_way_touches=1)
    refusal = decide(MoveName.ACCEPT, facts, Role.REP, {})
    assert isinstance(refusal, Refusal)
    assert refusal.params == {"stage": "SAL", "role": "REP"}
    assert refusal.allowed == (MoveName.RECYCLE, MoveName.CONFIRM, MoveName.REGISTER)


def test_options_show_what_is_stopped_and_why():
    facts = Facts(stage=Stage.SAL, now=NOW, is_assignee=True, has_handoff=True)
    shown = {move.name: code for move, code in options(facts, Role.REP)}
    stopped = {MoveName.CONFIRM: "two_way_touch", MoveName.UNDO: "still_held"}
    assert shown == {MoveName.RECYCLE: "", MoveName.REGISTER: ""} | stopped
    assert legal_names(facts, Role.REP) == (MoveName.RECYCLE, MoveName.REGISTER)


def test_legal_steps_are_the_tables_steps():
    for name, start, end in product(MoveName, STAGES, Stage):
        known = any(move.name is name and move.to_stage is end and starts_at(move, start) for move in MOVES)
        assert is_legal_step(name, start, end) == known
