"""The kinds of event people are told of: their words, and who hears of them at once unless they chose otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass

from users.enums import Route
from users.roles import Role


@dataclass(frozen=True)
class Kind:
    """One kind of event.

    `name` is its outbox topic. `label` (a msgid) names it in settings and subjects; `otherwise` (a msgid, may be empty)
    says what happens if nothing is done, where the notice's own words do not. `at_once`: the roles that hear of it at
    once by default; the others find it in their digest. `roles`: who can hear of it at all; empty for everybody.
    `for_team`: whether a team's channel hears of it too.
    """

    name: str
    label: str
    otherwise: str = ""
    at_once: frozenset[Role] = frozenset()
    roles: frozenset[Role] = frozenset()
    for_team: bool = False


_kinds: dict[str, Kind] = {}


def announce(
    name: str,
    label: str,
    *,
    otherwise: str = "",
    at_once: Iterable[Role] = (),
    roles: Iterable[Role] = (),
    for_team: bool = False,
) -> None:
    """Makes a kind known; called from an app's `ready()`."""
    _kinds[name] = Kind(name, label, otherwise, frozenset(at_once), frozenset(roles), for_team)


def known() -> list[Kind]:
    """All kinds, in the order in which they were announced."""
    return list(_kinds.values())


def of_role(role: str) -> list[Kind]:
    """The kinds that somebody of this role can hear of, in the same order."""
    return [kind for kind in _kinds.values() if not kind.roles or role in kind.roles]


def of(name: str) -> Kind:
    """The kind of this name; one nobody announced has only its name."""
    return _kinds.get(name, Kind(name, ""))


def usual_route(name: str, role: str) -> Route:
    """How a role hears of it by default."""
    return Route.NOW if role in of(name).at_once else Route.DIGEST
