"""Small makers for tests: real rows, through the acts where an act exists."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from accounts import erasing
from accounts.consent import Erasure
from accounts.models import Account, Department, Offering, Person, Source
from accounts.names import company_key
from engagement import touches
from engagement.models import Touch
from targets import lists
from targets.models import TargetList
from users.models import BusinessCalendar, Team, User
from users.roles import Role

NOW = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Tokyo
_numbers = count(1)


def system() -> User:
    """The clock and the rules."""
    return User.objects.system()


def team(name: str = "East", kind: str = "SALES", **fields: Any) -> Team:
    """A team on the Standard calendar; the same name is the same team."""
    defaults = {"kind": kind, "calendar": BusinessCalendar.objects.get(name="Standard"), **fields}
    return Team.objects.get_or_create(name=name, defaults=defaults)[0]


def user(role: str = Role.REP, username: str = "", **fields: Any) -> User:
    """A user of a role; reps and sales managers are in the team East unless told otherwise."""
    username = username or f"{role.lower()}{next(_numbers)}"
    if role in (Role.REP, Role.SALES_MANAGER):
        fields.setdefault("team", team())
    if role == Role.PARTNER:
        fields.setdefault("team", team("Partner firm", "PARTNER"))
    return User.objects.create_user(username, "password-1234", role=role, **{"name": username, **fields})


def source(code: str = "ma", **fields: Any) -> Source:
    """A source; the same code is the same source."""
    return Source.objects.get_or_create(code=code, defaults={"name": code.upper(), **fields})[0]


def account(name: str = "", **fields: Any) -> Account:
    """An account."""
    name = name or f"株式会社テスト{next(_numbers)}"
    return Account.objects.create(name=name, key=company_key(name), **fields)


def department(of: Account, name: str = "設計部", **fields: Any) -> Department:
    """A department of an account."""
    return Department.objects.create(account=of, name=name, key=name, **fields)


def offering(code: str = "", **fields: Any) -> Offering:
    """An offering."""
    code = code or f"offering-{next(_numbers)}"
    return Offering.objects.create(code=code, name=fields.pop("name", code), **fields)


def person(of: Account, name: str = "山田 太郎", in_department: Department | None = None, **fields: Any) -> Person:
    """A person with a current affiliation."""
    made = Person.objects.create(name=name, **{"email": f"p{next(_numbers)}@example.jp", **fields})
    made.affiliations.create(account=of, department=in_department)
    return made


def touch(of: Account, *, at: datetime = NOW, recorded: bool = True, **fields: Any) -> Touch:
    """An inbound seminar attendance of 45 minutes unless told otherwise."""
    defaults = {"kind": "SEMINAR_ATTENDED", "minutes": 45, "source": source(), "external_id": f"t{next(_numbers)}"}
    made = Touch(account=of, occurred_at=at, **{**defaults, **fields})
    return touches.record([made], by=system(), now=at)[0] if recorded else made


def active_list(*wanted: Account, name: str = "Wanted", at: datetime = NOW - timedelta(days=60)) -> TargetList:
    """A list with these accounts, signed by both sides."""
    lead, manager = user(Role.MARKETING_LEAD), user(Role.SALES_MANAGER)
    made = lists.create(name=name, by=lead, now=at)
    version = made.versions.get()
    lists.add_accounts(version, wanted, by=lead, now=at)
    lists.sign(version, by=lead, now=at)
    lists.sign(version, by=manager, now=at)
    return made


def erased(person: Person, by: User, now: datetime = NOW, ground: str = "本人の請求") -> Erasure:
    """Asked for and done at once."""
    return erasing.run(erasing.ask(person, ground=ground, by=by, now=now), now=now)
