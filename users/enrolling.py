"""Our own people as files and other systems name them: found, or enrolled (nobody gets a password this way)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit import log
from audit.effects import Effect, Told, overwrite, refused
from audit.log import Actor
from users.enums import TeamKind
from users.models import Team, User
from users.roles import MARKETING, Role

NEVER_ENROLLED = frozenset({Role.ADMIN, Role.SYSTEM})


@dataclass(frozen=True)
class UserFacts:
    """What is told about one of our people; "" means not told. `team` and `manager` are names."""

    name: str = ""
    username: str = ""
    email: str = ""
    external_id: str = ""
    role: str = ""
    team: str = ""
    manager: str = ""


class Directory:
    """Finds users by what a file calls them: id at the source, user name, mail address, or a name only one bears."""

    def __init__(self, source: str, users: Iterable[User] | None = None) -> None:
        self.source = source
        self.usernames: set[str] = set()
        self._by_id: dict[str, User] = {}
        self._by_login: dict[str, User] = {}
        self._by_name: dict[str, list[User]] = {}
        for user in User.objects.select_related("team") if users is None else users:
            self.add(user)

    def add(self, user: User) -> None:
        """Makes a new or changed user findable."""
        self.usernames.add(user.username.lower())
        if user.source == self.source and user.external_id:
            self._by_id[user.external_id] = user
        for login in _logins(user):
            self._by_login[login] = user
        namesakes = self._by_name.setdefault(_plain(user.name), [])
        if user not in namesakes:
            namesakes.append(user)

    def find(self, text: str) -> User | None:
        """The one user meant by the text, or None."""
        if found := self._by_id.get(text) or self.find_login(text):
            return found
        namesakes = self._by_name.get(_plain(text), [])
        return namesakes[0] if len(namesakes) == 1 else None

    def find_login(self, text: str) -> User | None:
        """The user who signs in with this name or mail address."""
        login = text.strip().lower()
        found = self._by_login.get(login)
        return found if found and login in _logins(found) else None

    def told(self, facts: UserFacts) -> User | None:
        """The user the facts are about, by id or login only: a name alone is no proof."""
        if facts.external_id and (found := self._by_id.get(facts.external_id)):
            return found
        return self.find_login(facts.email) or self.find_login(facts.username)


class Enroller:
    """One telling by one source; `enroll` may be called batch by batch."""

    def __init__(self, source: str, *, by: Actor, now: datetime) -> None:
        self.source, self.by, self.now = source, by, now
        self._directory = Directory(source)
        self._teams = {team.name: team for team in Team.objects.all()}
        self._reached: set[int] = set()

    @transaction.atomic
    def enroll(self, facts: Sequence[UserFacts]) -> list[Told[User]]:
        """Finds or enrols each; a manager nobody has told of is enrolled as SALES_MANAGER of the same team."""
        return [self._one(_named(one)) for one in facts]

    def _one(self, facts: UserFacts) -> Told[User]:
        if facts.role in NEVER_ENROLLED:
            return refused("role", _("Nobody becomes %(role)s by an import.") % {"role": facts.role})
        user = self._directory.told(facts)
        if user is None:
            return Told(Effect.CREATED, self._create(facts)) if facts.name else refused("name", _("This is missing."))
        told = Told(Effect.UNCHANGED, user)
        if user.role in NEVER_ENROLLED:
            return refused("name", _("An administrator is not changed by an import."))
        columns = self._columns(facts)
        owner = self._directory.find_login(facts.email)
        if owner not in (None, user):
            del columns["email"]
            told.field_refusals.append(("email", _("This mail address belongs to %(name)s.") % {"name": owner}))
        changed = overwrite(user, columns, blanks_only=user.pk in self._reached)
        if changed:
            self._keep(user, "users.change")
            told.changed()
        self._reached.add(user.pk)
        return told

    def _create(self, facts: UserFacts) -> User:
        columns = {"role": Role.REP, **self._columns(facts)}
        user = User(**columns, source=self.source, external_id=facts.external_id)
        user.username = facts.username or facts.email or self._free_username(facts.name)
        user.set_unusable_password()
        self._keep(user, "users.enroll")
        self._reached.add(user.pk)
        return user

    def _columns(self, facts: UserFacts) -> dict[str, object]:
        """The columns that the facts say something about."""
        team = self._team(facts) if facts.team else None
        said = {
            "name": facts.name,
            "email": facts.email,
            "role": facts.role,
            "team": team,
            "manager": self._manager(facts, team) if facts.manager and not _is_own_manager(facts) else None,
        }
        return {name: value for name, value in said.items() if value}

    def _team(self, facts: UserFacts) -> Team:
        if facts.team not in self._teams:
            kind = TeamKind.MARKETING if facts.role in MARKETING else TeamKind.SALES
            kind = TeamKind.PARTNER if facts.role == Role.PARTNER else kind
            self._teams[facts.team] = Team.objects.create(name=facts.team, kind=kind)
        return self._teams[facts.team]

    def _manager(self, facts: UserFacts, team: Team | None) -> User:
        if found := self._directory.find(facts.manager):
            return found
        manager = UserFacts(name=facts.manager, external_id=facts.manager, role=Role.SALES_MANAGER)
        user = self._create(manager)
        if team:
            user.team = team
            user.save(update_fields=["team"])
        return user

    def _keep(self, user: User, act: str) -> None:
        user.save()
        self._directory.add(user)
        log.record(act, user, by=self.by, at=self.now)

    def _free_username(self, name: str) -> str:
        base = re.sub(r"\s+", ".", unicodedata.normalize("NFKC", name).strip().lower())[:140]
        tries = (base if number == 1 else f"{base}.{number}" for number in range(1, 1_000_000))
        return next(username for username in tries if username not in self._directory.usernames)


class ServiceRefused(Exception):
    """A service user that cannot be made; the text says why."""


@transaction.atomic
def ensure_service(username: str, *, role: str, team: str = "", by: User, now: datetime) -> User:
    """The service user of this name, made if nobody has it: what another system acts as. Never signs in to pages."""
    if found := User.objects.filter(username__iexact=username).first():
        if not found.is_service or found.role != role:
            raise ServiceRefused(
                _("%(name)s is already somebody else: %(role)s.") % {"name": username, "role": found.role}
            )
        return found
    if role == Role.SYSTEM or role not in list(Role):
        raise ServiceRefused(_("A service user cannot be %(role)s.") % {"role": role})
    where = Team.objects.filter(name=team).first()
    if where is None and (team or role == Role.PARTNER):
        names = ", ".join(Team.objects.values_list("name", flat=True))
        raise ServiceRefused(_("Please name one of the teams: %(names)s.") % {"names": names})
    user = User.objects.create_user(username, name=username, role=role, team=where, is_service=True)
    log.record("users.enroll", user, by=by, at=now)
    return user


def _named(facts: UserFacts) -> UserFacts:
    """Facts with an id: where nothing else identifies somebody, the name does, within its source."""
    if facts.external_id or facts.email or facts.username:
        return facts
    return UserFacts(**{**vars(facts), "external_id": facts.name[:120]})


def _logins(user: User) -> set[str]:
    return {user.username.lower(), user.email.lower()} - {""}


def _is_own_manager(facts: UserFacts) -> bool:
    """The head of all is often named as their own manager, which says that there is none."""
    own = (facts.name, facts.external_id, facts.username, facts.email)
    return _plain(facts.manager) in map(_plain, own)


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()
