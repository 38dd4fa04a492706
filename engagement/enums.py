"""The words of the engagement floor."""

from enum import StrEnum


class TouchKind(StrEnum):
    """What happened between a person and us."""

    MAIL_OPEN = "MAIL_OPEN"
    MAIL_CLICK = "MAIL_CLICK"
    MAIL_SENT = "MAIL_SENT"
    PAGE_VIEW = "PAGE_VIEW"
    FORM = "FORM"
    DOWNLOAD = "DOWNLOAD"
    SEMINAR_REGISTERED = "SEMINAR_REGISTERED"
    SEMINAR_ATTENDED = "SEMINAR_ATTENDED"
    EXHIBITION = "EXHIBITION"
    CARD = "CARD"
    CALL = "CALL"
    MEETING = "MEETING"
    VISIT = "VISIT"


class Direction(StrEnum):
    """Who started it: they came to us, or we went to them."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
