"""The words of scoring."""

from enum import StrEnum


class Decay(StrEnum):
    """How fast a kind of touch fades; each has one half-life in days, and one column of sums."""

    WEB = "web"
    MAIL = "mail"
    SEMINAR = "seminar"
    MEETING = "meeting"
