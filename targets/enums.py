"""The words of target lists."""

from enum import StrEnum


class VersionState(StrEnum):
    """A list version's life: drawn up, being signed (frozen), in force, replaced."""

    DRAFT = "DRAFT"
    SIGNING = "SIGNING"
    ACTIVE = "ACTIVE"
    SUPERSEDED = "SUPERSEDED"


class Side(StrEnum):
    """The two sides that sign."""

    MARKETING = "MARKETING"
    SALES = "SALES"


class Tier(StrEnum):
    """How much of us an entry gets."""

    ONE_TO_ONE = "1:1"
    ONE_TO_FEW = "1:few"
    ONE_TO_MANY = "1:many"


class Horizon(StrEnum):
    """When we want it."""

    NOW = "NOW"
    NEXT = "NEXT"
    LATER = "LATER"


class PlannedState(StrEnum):
    """How it stands with a planned person: nobody has been in touch yet, somebody has, may no longer be, is erased."""

    WAITING = "WAITING"
    TOUCHED = "TOUCHED"
    OPTED_OUT = "OPTED_OUT"
    ERASED = "ERASED"


class WaitingState(StrEnum):
    """What a pasted line waits for: which company, which department, to be taken in, to be forgotten."""

    COMPANY = "COMPANY"
    DEPARTMENT = "DEPARTMENT"
    DECIDED = "DECIDED"
    LEFT_OUT = "LEFT_OUT"
