"""The words of the imports floor."""

from enum import StrEnum


class KindName(StrEnum):
    """What a file holds."""

    ACCOUNTS = "accounts"
    PERSONS = "persons"
    OFFERINGS = "offerings"
    USERS = "users"
    DEALS = "deals"
    LEADS = "leads"
    TOUCHES = "touches"
    SEMINARS = "seminars"
    DEPARTMENTS = "departments"
    CONTRACTS = "contracts"
    STAGE_HISTORY = "stage_history"
    OPT_OUTS = "opt_outs"


class JobState(StrEnum):
    """How far an import is. A DRAFT waits for somebody to say how it is understood. RUNNING without a heartbeat means
    that its worker died; it is run again."""

    DRAFT = "DRAFT"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


FINISHED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class DrawerState(StrEnum):
    """Whether a drawer's link takes files, and if not, why."""

    OPEN = "OPEN"
    OVER = "OVER"
    REVOKED = "REVOKED"
    UNKNOWN = "UNKNOWN"


class Stratum(StrEnum):
    """What the matcher did with a pair: linked it by itself, asked a person, or neither though it was near."""

    LINKED = "LINKED"
    DOUBT = "DOUBT"
    NEAR = "NEAR"


class Label(StrEnum):
    """What a person says of a pair."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    UNSURE = "UNSURE"
