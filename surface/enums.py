"""The words of the surface 点・線・面."""

from enum import StrEnum


class CellState(StrEnum):
    """How a department stands to an offering, by its best evidence; best first."""

    OWNED = "OWNED"
    DEAL = "DEAL"
    LEAD = "LEAD"
    TWO_WAY = "TWO_WAY"
    REACHED = "REACHED"
    KNOWN = "KNOWN"
    UNKNOWN = "UNKNOWN"


class EvidenceKind(StrEnum):
    """What a state rests on."""

    CONTRACT = "CONTRACT"
    DEAL = "DEAL"
    LEAD = "LEAD"
    TOUCH = "TOUCH"
    AFFILIATION = "AFFILIATION"


class AccountClass(StrEnum):
    """How widely we are connected with an account: 点, 線, 移行中, 面; none before the first contact."""

    NONE = "NONE"
    POINT = "POINT"
    LINE = "LINE"
    BETWEEN = "BETWEEN"
    SURFACE = "SURFACE"
