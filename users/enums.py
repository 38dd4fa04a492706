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


class Route(StrEnum):
    """How a user wants to hear of a kind of event; in the app it always stands."""

    NOW = "NOW"
    DIGEST = "DIGEST"
    APP = "APP"


class Channel(StrEnum):
    """How a letter leaves the house."""

    MAIL = "MAIL"
    CHAT = "CHAT"
    TEAM_CHAT = "TEAM_CHAT"


class ChatService(StrEnum):
    """Whose incoming webhook an address is; others that speak Slack's (Mattermost, Rocket.Chat) count as Slack."""

    SLACK = "SLACK"
    TEAMS = "TEAMS"
