"""The frame round every page: rail, fiscal period, person, language, theme.

A page's module registers the count beside its word, asked for only when the rail is drawn:

    @frame.count("inbox")
    def waiting(user: User) -> int: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _
from django_htmx.middleware import HtmxDetails

from abm.web.fiscal import period_label
from users.roles import DECIDERS, MARKETING, SALES, Role

THEME_COOKIE = "abm_theme"
KEYS_COOKIE = "abm_keys"
FRAGMENT = "layouts/fragment.html"

Counter = Callable[[Any], int]
_counters: dict[str, Counter] = {}


@dataclass(frozen=True)
class Screen:
    """One question with its own word in the rail; `name` is also its URL name and its icon."""

    name: str
    word: str
    roles: frozenset[Role]
    foot: bool = False


EVERYONE = frozenset(Role) - {Role.SYSTEM}
INSIDE = EVERYONE - {Role.PARTNER}
SCREENS = (
    Screen("inbox", _("Inbox"), DECIDERS),
    Screen("desk", _("Hand-over"), MARKETING | {Role.SALES_MANAGER}),
    Screen("accounts", _("Accounts"), EVERYONE),
    Screen("lists", _("Lists"), MARKETING | SALES | {Role.ANALYST}),
    Screen("feedback", _("Feedback"), DECIDERS),
    Screen("funnel", _("Funnel"), INSIDE),
    Screen("imports", _("Imports"), MARKETING | {Role.ADMIN}),
    Screen("review", _("Review"), MARKETING | {Role.ADMIN}),
    Screen("metrics", _("Metrics"), EVERYONE, foot=True),
    Screen("operations", _("Operations"), frozenset({Role.ADMIN, Role.MARKETING_LEAD}), foot=True),
    Screen("settings", _("Settings"), EVERYONE, foot=True),
)

SECTIONS = (
    Screen("settings", _("You"), EVERYONE),
    Screen("settings_messages", _("Messages"), EVERYONE),
    Screen("settings_absences", _("Absences"), EVERYONE),
    Screen("settings_clocks", _("Clocks"), EVERYONE),
    Screen("settings_calendars", _("Calendars"), EVERYONE),
    Screen("settings_reasons", _("Reasons"), EVERYONE),
    Screen("settings_routing", _("Routing"), MARKETING | {Role.SALES_MANAGER, Role.ADMIN}),
    Screen("settings_rules", _("Scoring rule"), INSIDE),
    Screen("settings_people", _("People"), INSIDE),
    Screen("settings_sources", _("Sources"), MARKETING | {Role.ADMIN}),
    Screen("settings_access", _("Access log"), frozenset({Role.ADMIN, Role.MARKETING_LEAD})),
    Screen("settings_webhooks", _("Webhooks"), frozenset({Role.ADMIN})),
)
"""The parts of the settings, in their order; each is shown to its roles once a URL of its name exists."""


def count(screen: str) -> Callable[[Counter], Counter]:
    """Registers how many things wait on `screen` for a user; nothing is drawn beside the word for 0."""

    def register(counter: Counter) -> Counter:
        _counters[screen] = counter
        return counter

    return register


@dataclass(frozen=True)
class RailItem:
    """A screen as one user meets it in the rail."""

    screen: Screen
    url: str
    current: bool
    user: Any

    @property
    def name(self) -> str:
        return self.screen.name

    @property
    def word(self) -> str:
        return gettext(self.screen.word)

    @cached_property
    def count(self) -> int:
        """How many things wait here; 0 where nobody counts."""
        counter = _counters.get(self.screen.name)
        return counter(self.user) if counter else 0


class Frame:
    """What the templates under frame/ draw; each part is worked out only when asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    @cached_property
    def rail(self) -> list[RailItem]:
        """The screens of this user's role whose pages exist, in the order of the rail."""
        role = getattr(self.user, "role", "")
        found = ((screen, address(screen.name)) for screen in SCREENS if role in screen.roles)
        return [RailItem(screen, url, self.request.path.startswith(url), self.user) for screen, url in found if url]

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The parts of the settings this user may open, as tabs; the most precise address is the present one."""
        role = getattr(self.user, "role", "")
        found = [(section, address(section.name)) for section in SECTIONS if role in section.roles]
        here = max((url for _, url in found if url and self.request.path.startswith(url)), key=len, default="")
        return [{"word": gettext(one.word), "href": url, "current": url == here} for one, url in found if url]

    @property
    def top(self) -> list[RailItem]:
        return [item for item in self.rail if not item.screen.foot]

    @property
    def foot(self) -> list[RailItem]:
        return [item for item in self.rail if item.screen.foot]

    @property
    def thumb(self) -> list[RailItem]:
        """The three that stand in a phone's bottom bar, beside the menu that holds all."""
        return self.top[:3]

    @property
    def seen(self) -> str:
        """All counts in one word: another one as soon as one of them changes."""
        return "-".join(str(item.count) for item in self.rail)

    @property
    def home(self) -> str:
        """Where this user starts: the first screen of the rail."""
        return self.rail[0].url if self.rail else settings.LOGIN_URL

    @property
    def search_url(self) -> str:
        return address("search") or address("accounts")

    @property
    def period(self) -> str:
        """Today's fiscal quarter in the user's language: 2026年度 Q3, FY2026 Q3."""
        return period_label(timezone.localdate(), settings.FISCAL_YEAR_START_MONTH, language=get_language() or "en")

    @property
    def theme(self) -> str:
        """light, dark or nothing (the browser's choice); written on <html> by the server, so nothing flashes."""
        chosen = self.request.COOKIES.get(THEME_COOKIE) or getattr(self.user, "theme", "").lower()
        return chosen if chosen in ("light", "dark") else ""

    @property
    def keys_off(self) -> bool:
        return self.request.COOKIES.get(KEYS_COOKIE) == "off"

    @property
    def layout(self) -> str:
        """A whole page, or only its inside when htmx asks for a piece (a dialog, a panel)."""
        return FRAGMENT if wants_piece(self.request) else "base.html"

    @property
    def demo(self) -> bool:
        return settings.DEMO


def wants_piece(request: HttpRequest) -> bool:
    """Whether htmx asked for a piece of a page, not the page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def is_open(path: str, user: Any) -> bool:
    """Whether this user may go there: a screen, and everything under its address, is for the roles that see it."""
    guarded = (screen for screen in (*SCREENS, *SECTIONS) if path.startswith(address(screen.name) or "//"))
    return all(user.role in screen.roles for screen in guarded)


def address(name: str) -> str:
    """The URL of a screen, empty while its page does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
