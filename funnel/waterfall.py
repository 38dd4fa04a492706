"""What may happen to a lead: the whole moves table, as data, and the questions asked of it. Pure.

Buttons, API actions, acts, the docs page and the tests all ask this one table. Refusals are codes and parameters;
the acts layer words them for people (`funnel.refusals`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from funnel.enums import OPEN, MoveName, Stage
from funnel.guards import DATA_RULES, GUARDS, Data, Facts
from users.roles import Role


@dataclass(frozen=True, slots=True)
class Move:
    """One row: who may take a lead from where to where, with what data, when, and what that means.

    An empty `from_stages` creates the lead. `needs_when`: (field, values, field needed too). `together`: the two
    roles that must sign, one of them the actor, the other `data["second_person"]`.
    """

    name: MoveName
    from_stages: frozenset[Stage]
    to_stage: Stage
    roles: frozenset[Role]
    needs: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    effect: str = ""
    needs_when: tuple[tuple[str, frozenset[str], str], ...] = ()
    data_rules: tuple[str, ...] = ()
    together: frozenset[Role] = frozenset()

    def missing(self, data: Data) -> tuple[str, ...]:
        """Names of the data still needed, in the order of the table."""
        extra = [need for key, values, need in self.needs_when if any(data.get(key) == value for value in values)]
        return tuple(name for name in (*self.needs, *extra) if data.get(name) in (None, "", (), [], {}))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a move may not happen now: a code (stage, role, a guard's or rule's name, missing) and what may instead."""

    move: MoveName
    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    allowed: tuple[MoveName, ...] = ()


MARKETER, MARKETING_LEAD, SYSTEM = Role.MARKETER, Role.MARKETING_LEAD, Role.SYSTEM
REP, MANAGER, PARTNER = Role.REP, Role.SALES_MANAGER, Role.PARTNER
API = SYSTEM  # the SFA's service user
M, S = MoveName, Stage


def _row(
    name: MoveName,
    froms: Stage | set[Stage] | frozenset[Stage],
    to: Stage,
    who: set[Role],
    needs: str = "",
    guards: str = "",
    effect: str = "",
    *,
    needs_when: tuple[tuple[str, frozenset[str], str], ...] = (),
    rules: str = "",
    together: frozenset[Role] = frozenset(),
) -> Move:
    stages = frozenset({froms}) if isinstance(froms, Stage) else frozenset(froms)
    words = (tuple(text.split()) for text in (needs, guards, rules))
    need_names, guard_names, rule_names = words
    return Move(name, stages, to, frozenset(who), need_names, guard_names, effect, needs_when, rule_names, together)


SIGN_OUT = frozenset({MARKETER, MANAGER})
SIGN_IN = frozenset({MARKETING_LEAD, MANAGER})
NOTE_FOR_OTHER = (("reason", frozenset({"OTHER"}), "note"),)
REVISIT = (("reason", frozenset({"TIMING", "NO_BUDGET"}), "revisit_on"),)
ANSWER = "with_sales assignee_or_manager"
UNDO = "still_held own_answer"
ONE_SIDE = "not_protected no_lead_elsewhere no_deal_elsewhere"
DEAL = "deal_system deal_id amount close_on offering"

MOVES: tuple[Move, ...] = (
    _row(M.QUALIFY, S.NURTURE, S.MQL, {SYSTEM}, "rule_version snapshot", "on_active_list", "sets mql_at"),
    _row(M.QUALIFY, S.NURTURE, S.MQL, {MARKETER}, "note", "on_active_list has_touch", "sets mql_at"),
    _row(M.QUALIFY_OFF_LIST, S.NURTURE, S.MQL, {MARKETING_LEAD}, "reason", "", "flagged off-list, reported apart"),
    _row(M.UNQUALIFY, S.MQL, S.NURTURE, {SYSTEM, MARKETER}, "cause", "before_any_handoff", "in no denominator"),
    _row(
        M.HAND_OVER, S.MQL, S.MQL, {SYSTEM, MARKETER, MARKETING_LEAD}, "assignee", f"not_with_sales {ONE_SIDE}",
        "the first starts the clock",
    ),
    _row(
        M.HAND_OVER, S.MQL, S.MQL, {MARKETING_LEAD}, "assignee note", "not_with_sales has_conflict",
        "against a partner conflict, with a note",
    ),
    _row(M.RECALL, S.MQL, S.WITHDRAWN, {MARKETER}, "cause", "with_sales before_due", "leaves the denominator"),
    _row(M.ASK, S.MQL, S.MQL, {REP, PARTNER}, "question", "with_sales no_question", "pauses the clock"),
    _row(M.ANSWER, S.MQL, S.MQL, {MARKETER}, "answer", "question_open", "resumes the clock"),
    _row(M.ANSWER, S.MQL, S.MQL, {SYSTEM}, "", "question_open answer_limit_passed", "resumes; marketing's breach"),
    _row(
        M.ACCEPT, {S.MQL, S.IGNORED}, S.SAL, {REP, PARTNER, MANAGER}, "next_action next_action_on", ANSWER,
        "sets accepted_at; late if after due",
    ),
    _row(
        M.REJECT, {S.MQL, S.IGNORED}, S.REJECTED, {REP, PARTNER, MANAGER}, "reason", ANSWER, "sets rejected_at",
        needs_when=NOTE_FOR_OTHER,
    ),
    _row(M.IGNORE, S.MQL, S.IGNORED, {SYSTEM}, "", "with_sales no_question due_passed", "permanent; escalates"),
    _row(
        M.REASSIGN, {S.MQL, S.IGNORED}, S.MQL, {MANAGER, MARKETING_LEAD, SYSTEM}, "cause assignee", "with_sales",
        "new handoff; the first due stays unless ABSENCE or WRONG_OWNER",
    ),
    _row(M.GIVE_UP, S.IGNORED, S.RECYCLED, {MARKETER}, "return_condition", "", "never answered"),
    _row(M.GIVE_UP, S.IGNORED, S.RECYCLED, {SYSTEM}, "return_condition", "give_up_time", "never answered"),
    _row(
        M.REQUEUE, S.REJECTED, S.MQL, {MARKETER, SYSTEM}, "assignee", f"disposition_requeue {ONE_SIDE}",
        "new handoff; the first outcome stays",
    ),
    _row(M.REPAIR, S.REJECTED, S.NURTURE, {MARKETER}, "fixed", "disposition_repair", "back to nurture, repaired"),
    _row(M.APPEAL, S.REJECTED, S.REJECTED, {MARKETER}, "argument", "once_per_lead", "asks the sales manager"),
    _row(
        M.APPEAL, S.REJECTED, S.MQL, {MANAGER}, "verdict", "appeal_open", "upheld: back to routing",
        rules="verdict_upheld",
    ),
    _row(
        M.APPEAL, S.REJECTED, S.REJECTED, {MANAGER}, "verdict", "appeal_open", "denied: stays rejected",
        rules="verdict_denied",
    ),
    _row(
        M.RECYCLE, {S.REJECTED, S.SAL, S.SQL, S.LOST}, S.RECYCLED, {REP, PARTNER, MANAGER, MARKETER},
        "reason return_condition", "", "the next trip is linked",
    ),
    _row(
        M.RECYCLE, {S.REJECTED, S.LOST}, S.RECYCLED, {SYSTEM}, "reason return_condition", "disposition_recycle",
        "the next trip is linked",
    ),
    _row(
        M.DISQUALIFY, {S.REJECTED, S.SAL, S.SQL}, S.DISQUALIFIED, {MARKETER, MANAGER}, "reason second_person", "",
        "proposes the list entry's removal", together=SIGN_OUT,
    ),
    _row(
        M.MERGE_DUPLICATE, OPEN, S.WITHDRAWN, {MARKETER, SYSTEM}, "duplicate_of", "",
        "keeps its first outcome in metrics",
    ),
    _row(M.RECLAIM, S.SAL, S.MQL, {MANAGER}, "assignee", "", "new handoff; a ghost stays counted"),
    _row(M.RECLAIM, S.SAL, S.MQL, {SYSTEM}, "assignee", "is_ghost", "new handoff; the ghost stays counted"),
    _row(
        M.CONFIRM, S.SAL, S.SQL, {REP, PARTNER, MANAGER}, "bant", "two_way_touch", "sets sql_at", rules="two_of_bant"
    ),
    _row(
        M.REGISTER, {S.SAL, S.SQL}, S.PIPELINE, {REP, PARTNER, API}, DEAL, "", "sets pipeline_at, sql_at if unset",
        rules="amount_positive",
    ),
    _row(M.UNREGISTER, S.PIPELINE, S.SQL, {MANAGER}, "reason", "", "takes pipeline_at back"),
    _row(
        M.WIN, S.PIPELINE, S.WON, {REP, PARTNER, API}, "amount closed_on", "",
        "contract; the cell is owned; the account becomes a customer", rules="amount_positive",
    ),
    _row(
        M.LOSE, S.PIPELINE, S.LOST, {REP, PARTNER, API}, "reason", "",
        "sets lost_at; timing and budget get a revisit date",
        needs_when=REVISIT,
    ),
    _row(M.REOPEN, {S.WON, S.LOST}, S.PIPELINE, {MANAGER}, "reason", "within_30_days", "corrects by adding"),
    _row(
        M.REOPEN, S.DISQUALIFIED, S.NURTURE, {MARKETING_LEAD, MANAGER}, "reason second_person", "",
        "corrects by adding", together=SIGN_IN,
    ),
    *(
        _row(
            M.RECODE, stage, stage, {MARKETER, MARKETING_LEAD}, "reason", "rejected_as_other",
            "names the true reason; its disposition follows",
        )
        for stage in (S.REJECTED, S.RECYCLED, S.DISQUALIFIED, S.WITHDRAWN)
    ),
    _row(
        M.UNDO, {S.SAL, S.REJECTED, S.MQL}, S.MQL, {REP, PARTNER, MANAGER}, "", f"{UNDO} was_waiting",
        "an accept, reject or ask never was; the due does not move",
    ),
    _row(
        M.UNDO, {S.SAL, S.REJECTED}, S.IGNORED, {REP, PARTNER, MANAGER}, "", f"{UNDO} was_ignored",
        "a late answer never was; it stays ignored",
    ),
    _row(M.SELF_SOURCE, set(), S.SAL, {REP, PARTNER, MANAGER}, "first_touch", "", "outside the SAL rate"),
)  # fmt: skip


def rows(name: MoveName) -> tuple[Move, ...]:
    """Every row of one verb."""
    return tuple(move for move in MOVES if move.name is name)


def is_legal_step(name: MoveName, from_stage: Stage | None, to_stage: Stage) -> bool:
    """Whether the table has such a step at all, whoever takes it: what a replayed history is held to."""
    return any(_starts_at(move, from_stage) and move.to_stage is to_stage for move in rows(name))


def _starts_at(move: Move, stage: Stage | None) -> bool:
    return stage in move.from_stages if move.from_stages else stage is None


def _obstacle(move: Move, facts: Facts, role: Role) -> tuple[int, str]:
    """How far a move gets before any data is given: (rank, code); an empty code is all the way."""
    if not _starts_at(move, facts.stage):
        return 0, "stage"
    if role not in move.roles:
        return 1, "role"
    if role is PARTNER and move.from_stages and not facts.is_assignee:
        return 2, "partner_own_leads"
    failed = next((name for name in move.guards if not GUARDS[name](facts, role)), "")
    return 2, failed


def _judge(move: Move, facts: Facts, role: Role, data: Data) -> tuple[int, str]:
    rank, code = _obstacle(move, facts, role)
    if code:
        return rank, code
    if move.missing(data):
        return 3, "missing"
    if move.together and facts.second_role not in move.together - {role}:
        return 4, "two_persons"
    return 4, next((name for name in move.data_rules if not DATA_RULES[name](data)), "")


def _refusal(move: Move, code: str, facts: Facts, role: Role, data: Data) -> Refusal:
    params = {"stage": facts.stage.value if facts.stage else "", "role": role.value}
    missing = move.missing(data) if code == "missing" else ()
    return Refusal(move.name, code, params, missing, legal_names(facts, role))


def check(move: Move, facts: Facts, role: Role, data: Data) -> Refusal | None:
    """Why this row may not be taken now by this role with this data; None when it may."""
    _, code = _judge(move, facts, role, data)
    return _refusal(move, code, facts, role, data) if code else None


def decide(name: MoveName, facts: Facts, role: Role, data: Data) -> Move | Refusal:
    """The verb's row that may be taken; else the refusal of the row that came nearest."""
    judged = [(*_judge(move, facts, role, data), move) for move in rows(name)]
    for _, code, move in judged:
        if not code:
            return move
    _, code, move = max(judged, key=lambda verdict: verdict[0])
    return _refusal(move, code, facts, role, data)


def legal_moves(facts: Facts, role: Role) -> list[Move]:
    """The rows this role may take now, once it brings the data each `needs`."""
    return [move for move in MOVES if not _obstacle(move, facts, role)[1]]


def legal_names(facts: Facts, role: Role) -> tuple[MoveName, ...]:
    """The verbs of `legal_moves`, each once."""
    return tuple(dict.fromkeys(move.name for move in legal_moves(facts, role)))


def options(facts: Facts, role: Role) -> list[tuple[Move, str]]:
    """Rows from this stage for this role, each with the code that stops it now ("" when nothing does).

    This is what a page draws: enabled buttons, and disabled ones with their reason.
    """
    judged = [(move, _obstacle(move, facts, role)) for move in MOVES]
    return [(move, code) for move, (rank, code) in judged if rank > 1]
