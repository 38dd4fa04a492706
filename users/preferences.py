"""What users choose for themselves: language, theme, and how they want to hear of what happens."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit import log, outward
from users import kinds
from users.enums import ChatService, Route, Theme
from users.models import ChatHook, Team, User
from users.roles import Role

LEADS_A_TEAM = frozenset({Role.SALES_MANAGER, Role.MARKETING_LEAD})


class PreferenceRefused(ValueError):
    """A choice that does not exist; `field` is to blame, the text says what to choose."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def choose(user: User, *, now: datetime, language: str | None = None, theme: str | None = None) -> User:
    """Keeps the user's language ("" follows the browser) and theme."""
    if language is not None and language not in ("", *dict(settings.LANGUAGES)):
        raise PreferenceRefused(_("Please choose Japanese or English."))
    if theme is not None and theme not in list(Theme):
        raise PreferenceRefused(_("Please choose light, dark or automatic."))
    user.language = user.language if language is None else language
    user.theme = user.theme if theme is None else theme
    user.save(update_fields=["language", "theme"])
    log.record("preferences.choose", user, by=user, at=now)
    return user


@transaction.atomic
def choose_messages(
    user: User,
    *,
    now: datetime,
    mails: bool | None = None,
    digest_hour: int | str | None = "",
    quiet: tuple[time | None, time | None] | None = None,
    routes: Mapping[str, str] | None = None,
    chat: tuple[str, str] | None = None,
) -> User:
    """Keeps how the user wants to be told; what is not given stays. Raises PreferenceRefused.

    `digest_hour`: 0…23 on the user's clock, None for no digest ("" leaves it). `quiet`: from, until; both None for no
    quiet hours. `routes`: kind → NOW, DIGEST or APP; other kinds stay. `chat`: service and address of an incoming
    webhook; an empty service ends it, an empty address keeps the one that is known.
    """
    changed: dict[str, Any] = {} if mails is None else {"mails": mails}
    if digest_hour != "":
        changed["digest_hour"] = _hour(digest_hour)
    if quiet is not None:
        changed["quiet_from"], changed["quiet_until"] = _quiet(quiet)
    if routes is not None:
        changed["routes"] = user.routes | _routes(routes)
    if chat is not None:
        changed |= _chat(user, *chat)
    return _keep("preferences.choose_messages", user, changed, by=user, now=now)


def choose_team_chat(team: Team, *, by: User, now: datetime, service: str, url: str) -> Team:
    """Where the team's channel hears of what happens to its leads. Raises PreferenceRefused but for who leads it."""
    if not leads(by, team):
        raise PreferenceRefused(_("Only who leads the team may choose its channel."))
    return _keep("preferences.choose_team_chat", team, _chat(team, service, url), by=by, now=now)


def leads(user: User, team: Team | None) -> bool:
    """Whether the user may choose for the team."""
    return team is not None and (user.role == Role.ADMIN or (user.role in LEADS_A_TEAM and user.team_id == team.pk))


def route_of(user: User, kind: str) -> Route:
    """How the user wants to hear of this kind."""
    chosen = user.routes.get(kind, "")
    return Route(chosen) if chosen in list(Route) else kinds.usual_route(kind, user.role)


def _keep(act: str, row: Any, changed: dict[str, Any], *, by: User, now: datetime) -> Any:
    """Writes what was chosen; the trail says which fields, never an address."""
    for field, value in changed.items():
        setattr(row, field, value)
    with transaction.atomic():
        row.save(update_fields=list(changed))
        log.record(act, row, by=by, at=now, detail={"fields": sorted(changed)})
    return row


def _hour(value: Any) -> int | None:
    if value is not None and value not in range(24):
        raise PreferenceRefused(_("Please choose an hour from 0 to 23."), "digest_hour")
    return None if value is None else int(value)


def _quiet(pair: tuple[time | None, time | None]) -> tuple[time | None, time | None]:
    if (pair[0] is None) != (pair[1] is None):
        raise PreferenceRefused(_("Quiet hours need a beginning and an end."), "quiet_from")
    return pair


def _routes(chosen: Mapping[str, str]) -> dict[str, str]:
    known = {kind.name for kind in kinds.known()}
    if unknown := sorted(set(chosen) - known):
        raise PreferenceRefused(_("There is no event %(name)s.") % {"name": unknown[0]}, "routes")
    if not set(chosen.values()) <= set(Route):
        raise PreferenceRefused(_("Please choose at once, digest, or only in the app."), "routes")
    return dict(chosen)


def _chat(hook: ChatHook, service: str, url: str) -> dict[str, str]:
    if not service and not url.strip():
        return {"chat_service": "", "chat_url": ""}
    if service not in list(ChatService):
        raise PreferenceRefused(_("Please choose Slack or Teams."), "chat_service")
    url = url.strip() or hook.chat_url
    if not url:
        raise PreferenceRefused(_("Please give the address of the incoming webhook."), "chat_url")
    try:
        outward.refuse(url, allowed_hosts=settings.OUTWARD_HOSTS)
    except outward.Inward as why:
        raise PreferenceRefused(str(why), "chat_url") from why
    return {"chat_service": service, "chat_url": url}
