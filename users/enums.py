"""The words of the users floor."""

from enum import StrEnum


class TeamKind(StrEnum):
    """What a team is to the hand-over."""

    MARKETING = "MARKETING"
    SALES = "SALES"
    PARTNER = "PARTNER"


class Theme(StrEnum):
    """How a user wants pages drawn; AUTO follows the browser."""

    AUTO = "AUTO"
    LIGHT = "LIGHT"
    DARK = "DARK"
