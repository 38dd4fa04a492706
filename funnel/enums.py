"""The words of the waterfall, as values stored in the database and spoken by the API."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a lead stands on its one trip down the waterfall."""

    NURTURE = "NURTURE"
    MQL = "MQL"
    IGNORED = "IGNORED"
    SAL = "SAL"
    SQL = "SQL"
    PIPELINE = "PIPELINE"
    WON = "WON"
    LOST = "LOST"
    REJECTED = "REJECTED"
    RECYCLED = "RECYCLED"
    DISQUALIFIED = "DISQUALIFIED"
    WITHDRAWN = "WITHDRAWN"


ENDED = frozenset({Stage.WON, Stage.LOST, Stage.RECYCLED, Stage.DISQUALIFIED, Stage.WITHDRAWN})
OPEN = frozenset(Stage) - ENDED


class MoveName(StrEnum):
    """One verb: the same in the table, the URL, the act, the log and the test."""

    QUALIFY = "qualify"
    QUALIFY_OFF_LIST = "qualify_off_list"
    UNQUALIFY = "unqualify"
    HAND_OVER = "hand_over"
    RECALL = "recall"
    ASK = "ask"
    ANSWER = "answer"
    ACCEPT = "accept"
    REJECT = "reject"
    IGNORE = "ignore"
    REASSIGN = "reassign"
    GIVE_UP = "give_up"
    REQUEUE = "requeue"
    REPAIR = "repair"
    APPEAL = "appeal"
    RECYCLE = "recycle"
    DISQUALIFY = "disqualify"
    MERGE_DUPLICATE = "merge_duplicate"
    RECLAIM = "reclaim"
    CONFIRM = "confirm"
    REGISTER = "register"
    UNREGISTER = "unregister"
    WIN = "win"
    LOSE = "lose"
    REOPEN = "reopen"
    SELF_SOURCE = "self_source"
    UNDO = "undo"
    RECODE = "recode"


class DataKind(StrEnum):
    """What can be told of a person: the categories of the records about it."""

    NAME = "NAME"
    READING = "READING"
    MAIL = "MAIL"
    PHONE = "PHONE"
    MOBILE = "MOBILE"
    PLACE = "PLACE"
    TOUCHES = "TOUCHES"


class Way(StrEnum):
    """How persons came before somebody: given to a partner, or as the access log has it (`AccessKind`)."""

    GIVEN = "GIVEN"
    READ = "READ"
    EXPORT = "EXPORT"
    DISCLOSE = "DISCLOSE"


class Outcome(StrEnum):
    """How a handoff ended; a lead's *first* outcome is what the hand-over metrics count."""

    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    IGNORED = "IGNORED"
    WITHDRAWN = "WITHDRAWN"
    REASSIGNED = "REASSIGNED"


class Cause(StrEnum):
    """Why a lead goes to somebody else before it is answered; an absence or a wrong owner gives a new due."""

    ABSENCE = "ABSENCE"
    WRONG_OWNER = "WRONG_OWNER"
    WORKLOAD = "WORKLOAD"
    OTHER = "OTHER"


class Origin(StrEnum):
    """Who created the demand; only MARKETING stands in the SAL rate."""

    MARKETING = "MARKETING"
    SALES = "SALES"
    PARTNER = "PARTNER"


class Disposition(StrEnum):
    """What a reject reason asks marketing to do next."""

    DISQUALIFY = "disqualify"
    REPAIR = "repair"
    RECYCLE = "recycle"
    MERGE_DUPLICATE = "merge_duplicate"
    REQUEUE = "requeue"
    RECODE = "recode"


class Target(StrEnum):
    """Whom a routing rule names: an owner, the people of the account's partner, one user, a team by load."""

    ENTRY_OWNER = "ENTRY_OWNER"
    ACCOUNT_OWNER = "ACCOUNT_OWNER"
    PARTNER = "PARTNER"
    USER = "USER"
    TEAM = "TEAM"


class LinkState(StrEnum):
    """Whether a link in a mail can still be answered by, and if not, why."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"


class Progress(StrEnum):
    """How it goes with an accepted lead, told in one click."""

    IN_CONTACT = "IN_CONTACT"
    MEETING_SET = "MEETING_SET"
    PROPOSAL = "PROPOSAL"
    NO_CONTACT = "NO_CONTACT"
    WRONG_LEAD = "WRONG_LEAD"


FEEDBACK_STEPS = (30, 60, 90)
"""Days after the acceptance on which feedback is asked for."""
QUALITIES = (1, 2, 3, 4, 5)
"""How good a lead was, 5 the best."""


class DealStatus(StrEnum):
    """The SFA record's own state."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


class Flag(StrEnum):
    """Shown beside a stage; never a stage of its own."""

    QUESTION = "QUESTION"
    AT_RISK = "AT_RISK"
    GHOST = "GHOST"
    APPEALED = "APPEALED"
    OFF_LIST = "OFF_LIST"


REJECT_REASONS: tuple[tuple[str, str, str, Disposition], ...] = (
    ("NOT_TARGET", "Not a company we want", "対象外の企業", Disposition.DISQUALIFY),
    ("WRONG_DEPARTMENT", "Wrong department", "相手の部署が違う", Disposition.REPAIR),
    ("WRONG_PERSON", "Wrong person", "相手の人物が違う", Disposition.REPAIR),
    ("BAD_DATA", "Contact data is wrong", "連絡先の誤り", Disposition.REPAIR),
    ("TOO_LITTLE_INFO", "Too little information", "情報が足りない", Disposition.REPAIR),
    ("LOW_INTENT", "Only collecting information", "情報収集のみ", Disposition.RECYCLE),
    ("TIMING", "Too early", "時期尚早", Disposition.RECYCLE),
    ("NO_BUDGET", "No budget", "予算がない", Disposition.RECYCLE),
    ("COMPETITOR_LOCKED", "Bound to a competitor", "競合と契約中", Disposition.RECYCLE),
    ("NO_NEED", "No need", "ニーズがない", Disposition.DISQUALIFY),
    ("ALREADY_IN_DEAL", "Already in a deal", "すでに商談中", Disposition.MERGE_DUPLICATE),
    ("DUPLICATE", "Duplicate of another lead", "重複案件", Disposition.MERGE_DUPLICATE),
    ("WRONG_OWNER", "Someone else's account", "当社の担当が違う", Disposition.REQUEUE),
    ("PARTNER_CONFLICT", "A partner's account", "代理店の担当先", Disposition.REQUEUE),
    ("OUT_OF_BUSINESS", "Out of business", "廃業・統合", Disposition.DISQUALIFY),
    ("LEGAL", "Legal or compliance reason", "法務・コンプライアンス", Disposition.DISQUALIFY),
    ("OTHER", "Other (please write)", "その他（記入）", Disposition.RECODE),
)
