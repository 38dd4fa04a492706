"""The reducer: stories told move by move, and what the lead's milestones then are."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.enums import MoveName, Outcome, Stage
from funnel.replay import BrokenHistory, MoveRecord, State, apply, replay
from funnel.waterfall import MOVES, is_legal_step

START = datetime(2026, 4, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def tell(*steps: tuple) -> list[MoveRecord]:
    """Records from (verb, to stage, hour[, due hour[, reason]])."""
    records: list[MoveRecord] = []
    stage: Stage | None = None if steps[0][0] == "self_source" else Stage.NURTURE
    for seq, (verb, to, hour, *more) in enumerate(steps, start=1):
        due = at(more[0]) if more and more[0] is not None else None
        reason = more[1] if len(more) > 1 else ""
        records.append(MoveRecord(MoveName(verb), stage, Stage(to), at(hour), seq, reason, due))
        stage = Stage(to)
    return records


QUALIFIED = ("qualify", "MQL", 0)
DELIVERED = ("hand_over", "MQL", 1, 17)


def test_a_lead_without_moves_stands_in_nurture():
    assert replay([]) == State()


def test_the_straight_way_to_a_win():
    state = replay(
        tell(QUALIFIED, DELIVERED, ("accept", "SAL", 5), ("confirm", "SQL", 30), ("register", "PIPELINE", 60),
             ("win", "WON", 600))
    )  # fmt: skip
    assert state.stage is Stage.WON
    assert (state.mql_at, state.handed_over_at, state.due_at) == (at(0), at(1), at(17))
    assert (state.first_outcome, state.first_outcome_at) == (Outcome.ACCEPTED, at(5))
    assert (state.accepted_at, state.sql_at, state.pipeline_at, state.won_at) == (at(5), at(30), at(60), at(600))
    assert not state.open_handoff


def test_registering_from_sal_also_reaches_sql():
    state = replay(tell(QUALIFIED, DELIVERED, ("accept", "SAL", 5), ("register", "PIPELINE", 60)))
    assert state.sql_at == state.pipeline_at == at(60)


def test_an_answer_on_the_very_due_is_in_time():
    assert replay(tell(QUALIFIED, DELIVERED, ("accept", "SAL", 17))).first_outcome is Outcome.ACCEPTED


def test_a_late_accept_still_counts_as_ignored():
    state = replay(tell(QUALIFIED, DELIVERED, ("ignore", "IGNORED", 17), ("accept", "SAL", 20)))
    assert (state.stage, state.first_outcome, state.ignored_at) == (Stage.SAL, Outcome.IGNORED, at(17))
    assert state.accepted_at == at(20)


def test_an_answer_after_due_needs_the_ignore_before_it():
    with pytest.raises(BrokenHistory, match="without an ignore"):
        replay(tell(QUALIFIED, DELIVERED, ("accept", "SAL", 18)))


def test_there_is_no_answer_without_a_hand_over():
    with pytest.raises(BrokenHistory, match="without a hand-over"):
        replay(tell(QUALIFIED, ("accept", "SAL", 5)))


def test_nothing_is_ignored_before_its_due():
    with pytest.raises(BrokenHistory, match="before its due"):
        replay(tell(QUALIFIED, DELIVERED, ("ignore", "IGNORED", 16)))


def test_a_requeued_lead_keeps_its_first_outcome():
    state = replay(
        tell(QUALIFIED, DELIVERED, ("reject", "REJECTED", 5), ("requeue", "MQL", 6, 22), ("accept", "SAL", 8))
    )
    assert (state.first_outcome, state.first_outcome_at) == (Outcome.REJECTED, at(5))
    assert (state.handed_over_at, state.due_at) == (at(1), at(17))
    assert (state.rejected_at, state.accepted_at) == (at(5), at(8))


@pytest.mark.parametrize(("cause", "due"), [("ABSENCE", 20), ("WRONG_OWNER", 20), ("CAPACITY", 17)])
def test_only_absence_or_a_wrong_owner_moves_the_first_due(cause, due):
    state = replay(tell(QUALIFIED, DELIVERED, ("reassign", "MQL", 4, 20, cause)))
    assert state.due_at == state.answer_due_at == at(due)
    assert state.open_handoff


def test_a_reassignment_after_the_ignore_does_not_unmake_it():
    steps = (QUALIFIED, DELIVERED, ("ignore", "IGNORED", 17), ("reassign", "MQL", 18, 40, "ABSENCE"))
    state = replay(tell(*steps))
    assert (state.due_at, state.answer_due_at, state.first_outcome) == (at(17), at(40), Outcome.IGNORED)


def test_a_question_pauses_the_clock_and_the_answer_moves_the_due():
    steps = (QUALIFIED, DELIVERED, ("ask", "MQL", 4))
    assert replay(tell(*steps)).question_at == at(4)
    state = replay(tell(*steps, ("answer", "MQL", 10, 23), ("reject", "REJECTED", 20)))
    assert (state.due_at, state.question_at, state.first_outcome) == (at(23), None, Outcome.REJECTED)


def test_unqualified_leads_stand_in_no_denominator():
    state = replay(tell(QUALIFIED, ("unqualify", "NURTURE", 1)))
    assert state == State(seq=2, entered_at=state.entered_at)


def test_an_unqualified_lead_may_qualify_again():
    state = replay(tell(QUALIFIED, ("unqualify", "NURTURE", 1), ("qualify", "MQL", 9)))
    assert state.mql_at == at(9)


def test_a_recall_leaves_no_outcome():
    state = replay(tell(QUALIFIED, DELIVERED, ("recall", "WITHDRAWN", 2)))
    assert (state.withdrawn_at, state.first_outcome, state.handed_over_at) == (at(2), None, at(1))


def test_corrections_take_the_milestone_back():
    won = (QUALIFIED, DELIVERED, ("accept", "SAL", 5), ("register", "PIPELINE", 60), ("win", "WON", 600))
    reopened = replay(tell(*won, ("reopen", "PIPELINE", 610)))
    assert (reopened.stage, reopened.won_at, reopened.pipeline_at) == (Stage.PIPELINE, None, at(60))
    unregistered = replay(tell(*won, ("reopen", "PIPELINE", 610), ("unregister", "SQL", 611)))
    assert (unregistered.pipeline_at, unregistered.sql_at) == (None, at(60))


def test_a_reclaimed_ghost_keeps_its_first_acceptance():
    steps = (QUALIFIED, DELIVERED, ("accept", "SAL", 5), ("reclaim", "MQL", 50, 70), ("accept", "SAL", 55))
    state = replay(tell(*steps))
    assert (state.accepted_at, state.due_at) == (at(5), at(17))


def test_giving_up_ends_the_trip():
    state = replay(tell(QUALIFIED, DELIVERED, ("ignore", "IGNORED", 17), ("give_up", "RECYCLED", 400)))
    assert (state.gave_up_at, state.recycled_at) == (at(400), at(400))


def test_a_self_sourced_lead_starts_at_sal_outside_every_rate():
    state = replay(tell(("self_source", "SAL", 0)))
    assert (state.stage, state.accepted_at, state.first_outcome, state.due_at) == (Stage.SAL, at(0), None, None)


def test_a_reclaimed_self_sourced_lead_joins_no_cohort():
    state = replay(tell(("self_source", "SAL", 0), ("reclaim", "MQL", 5, 21)))
    assert (state.handed_over_at, state.due_at, state.answer_due_at) == (None, None, at(21))


def test_an_upheld_appeal_returns_to_routing_without_a_handoff():
    steps = (QUALIFIED, DELIVERED, ("reject", "REJECTED", 5), ("appeal", "REJECTED", 6))
    assert replay(tell(*steps)).appeal_open
    upheld = replay(tell(*steps, ("appeal", "MQL", 7)))
    assert (upheld.appealed, upheld.appeal_open, upheld.open_handoff) == (True, False, False)


def test_an_off_list_lead_stays_flagged():
    assert replay(tell(("qualify_off_list", "MQL", 0), DELIVERED, ("accept", "SAL", 5))).off_list


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (MoveRecord(MoveName.HAND_OVER, Stage.MQL, Stage.MQL, at(1), 3), "move 3 after 1"),
        (MoveRecord(MoveName.HAND_OVER, Stage.NURTURE, Stage.MQL, at(1), 2), "stands at MQL"),
        (MoveRecord(MoveName.ACCEPT, Stage.MQL, Stage.PIPELINE, at(1), 2), "does not lead"),
        (MoveRecord(MoveName.SELF_SOURCE, None, Stage.SAL, at(1), 2), "starts at None"),
    ],
)
def test_a_move_that_cannot_follow_is_refused(record, why):
    with pytest.raises(BrokenHistory, match=why):
        apply(replay(tell(QUALIFIED)), record)


MILESTONES = [field.name for field in fields(State) if field.name.endswith("_at")]


@st.composite
def walks(draw):
    """Random lawful walks through the table, with dues and answers on both sides of them."""
    state, records = State(), []
    for seq in range(1, draw(st.integers(1, 12)) + 1):
        steps = [(m.name, m.to_stage) for m in MOVES if state.stage in m.from_stages]
        if not steps:
            break
        verb, to = draw(st.sampled_from(steps))
        moment = at(seq * 10)
        due = moment + timedelta(hours=draw(st.sampled_from([5, 15, 25]))) if verb in ("hand_over", "requeue") else None
        record = MoveRecord(verb, state.stage, to, moment, seq, "", due)
        try:
            state = apply(state, record)
        except BrokenHistory:
            break
        records.append(record)
    return records


@settings(max_examples=200, deadline=None)
@given(walks())
def test_on_every_walk_the_state_keeps_its_promises(records):
    state, before = State(), State()
    for record in records:
        before, state = state, apply(state, record)
        assert state.stage is record.to_stage
        assert state.seq == record.seq
        if before.first_outcome and record.move is not MoveName.UNDO:
            assert (state.first_outcome, state.first_outcome_at) == (before.first_outcome, before.first_outcome_at)
        assert not state.open_handoff or state.stage is Stage.MQL
        assert all(value is None or value >= START for value in (getattr(state, name) for name in MILESTONES))
    assert replay(records) == state


@settings(max_examples=100, deadline=None)
@given(walks(), st.sampled_from(list(MoveName)), st.sampled_from(list(Stage)))
def test_no_walk_can_leave_the_table(records, verb, to):
    state = replay(records)
    record = MoveRecord(verb, state.stage, to, at(1000), state.seq + 1)
    if not is_legal_step(verb, state.stage, to):
        with pytest.raises(BrokenHistory):
            apply(state, record)


def test_an_undo_gives_the_state_before_the_answer():
    before = tell(QUALIFIED, DELIVERED)
    for verb, stage in (("accept", "SAL"), ("reject", "REJECTED"), ("ask", "MQL")):
        undone = replay(tell(QUALIFIED, DELIVERED, (verb, stage, 5), ("undo", "MQL", 5)))
        assert undone == replace(replay(before), seq=4)


def test_a_late_answer_undone_is_ignored_again():
    steps = (QUALIFIED, DELIVERED, ("ignore", "IGNORED", 17))
    undone = replay(tell(*steps, ("accept", "SAL", 20), ("undo", "IGNORED", 20)))
    assert undone == replace(replay(tell(*steps)), seq=5)


@pytest.mark.parametrize(
    "steps",
    [
        [("undo", "MQL", 5)],
        [("accept", "SAL", 5), ("confirm", "SQL", 6), ("undo", "MQL", 7)],
        [("accept", "SAL", 5), ("undo", "MQL", 5), ("undo", "MQL", 5)],
        [("accept", "SAL", 5), ("undo", "IGNORED", 5)],
        [("ignore", "IGNORED", 17), ("accept", "SAL", 18), ("undo", "MQL", 18)],
    ],
)
def test_only_the_latest_move_is_undone_and_only_to_where_it_started(steps):
    with pytest.raises(BrokenHistory):
        replay(tell(QUALIFIED, DELIVERED, *steps))


def test_marketings_breach_and_the_pause_it_was():
    records = tell(QUALIFIED, DELIVERED, ("ask", "MQL", 2), ("answer", "MQL", 5))
    state = replay([*records[:-1], replace(records[-1], breach=True)])
    assert (state.asked_at, state.breached_at, state.pauses) == (at(2), at(5), ((at(2), at(5)),))
    assert replay(records).breached_at is None


@pytest.mark.parametrize(("to", "upheld", "denied"), [("MQL", at(6), None), ("REJECTED", None, at(6))])
def test_an_appeal_is_asked_and_decided(to, upheld, denied):
    asked = (QUALIFIED, DELIVERED, ("reject", "REJECTED", 2), ("appeal", "REJECTED", 4))
    state = replay(tell(*asked, ("appeal", to, 6)))
    assert (state.disposed_at, state.appealed_at) == (at(4), at(4))
    assert (state.upheld_at, state.denied_at) == (upheld, denied)
