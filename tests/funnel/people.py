"""A small company to act in: people of every role, one account on a signed list, two offerings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import Account, Contract, Department, Offering, Source
from accounts.names import company_key
from audit.models import Entry, OutboxMessage
from engagement.enums import TouchKind
from engagement.models import Touch
from funnel import leads
from funnel.enums import Stage
from funnel.models import AnswerLink, Deal, Feedback, Handoff, Lead, LeadMove
from targets.enums import Tier, VersionState
from targets.models import TargetEntry, TargetList, TargetListVersion
from users.enums import TeamKind
from users.models import BusinessCalendar, Team, User
from users.roles import Role

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""Tuesday, 10:00 in Tokyo: an answer is due on Thursday at 10:00."""
DUE = datetime(2026, 11, 26, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WRITTEN = (Lead, LeadMove, Handoff, Deal, Contract, Account, AnswerLink, Feedback, Entry, OutboxMessage)
"""The tables acts on leads write."""


@dataclass
class World:
    """Who and what is there."""

    users: dict[str, User]
    account: Account
    department: Department
    offering: Offering
    source: Source
    entry: TargetEntry | None = None

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["users"][name]
        except KeyError:
            raise AttributeError(name) from None


def build() -> World:
    calendar = BusinessCalendar.objects.create(name="Tokyo office")
    sales = Team.objects.create(name="Sales 1", kind=TeamKind.SALES, calendar=calendar)
    agency = Team.objects.create(name="Agency", kind=TeamKind.PARTNER, calendar=calendar)
    roles = {
        "marketer": (Role.MARKETER, None),
        "lead_marketer": (Role.MARKETING_LEAD, None),
        "rep": (Role.REP, sales),
        "other_rep": (Role.REP, sales),
        "manager": (Role.SALES_MANAGER, sales),
        "partner": (Role.PARTNER, agency),
        "analyst": (Role.ANALYST, None),
        "admin": (Role.ADMIN, None),
    }
    made = [User(username=name, name=name.title(), role=role, team=team) for name, (role, team) in roles.items()]
    users = {user.username: user for user in User.objects.bulk_create(made)}
    users["clock"] = User.objects.system()
    account = Account.objects.create(name="青葉精機", key=company_key("青葉精機"), owner=users["rep"])
    department = Department.objects.create(account=account, name="設計部", key="設計部")
    offering = Offering.objects.create(code="cae", name="CAE")
    source = Source.objects.create(code="sfa", name="SFA")
    return World(users, account, department, offering, source)


def sign_list(world: World) -> None:
    """Puts the account on a list in force."""
    listed = TargetList.objects.create(name="2026", created_by=world.marketer, created_at=NOW)
    version = TargetListVersion.objects.create(list=listed, number=1, created_by=world.marketer, created_at=NOW)
    world.entry = TargetEntry.objects.create(
        version=version, account=world.account, tier=Tier.ONE_TO_FEW, wanted_rank=3, owner=world.rep
    )
    TargetListVersion.objects.filter(pk=version.pk).update(state=VersionState.ACTIVE, activated_at=NOW)


def touch(world: World, *, two_way: bool = False, at: datetime = NOW) -> Touch:
    return Touch.objects.create(
        account=world.account,
        department=world.department,
        kind=TouchKind.MEETING if two_way else TouchKind.DOWNLOAD,
        two_way=two_way,
        occurred_at=at,
        source=world.source,
        external_id=f"t{Touch.objects.count()}",
    )


def lead_at(world: World, stage: Stage, **changes: Any) -> Lead:
    """A new lead at NURTURE, or qualified by the rule at MQL."""
    demand = {"account": world.account, "department": world.department, "offering": world.offering} | changes
    made = leads.create(by=world.marketer, now=NOW, **demand)
    if stage is Stage.MQL:
        leads.qualify(made, by=world.clock, now=NOW, because={"E": 61.5}, rule_version=1)
    return made


def waiting(world: World, assignee: str = "rep") -> Lead:
    """An MQL handed to the assignee at NOW."""
    made = lead_at(world, Stage.MQL)
    leads.hand_over(made, assignee=world.users[assignee], by=world.marketer, now=NOW)
    return made


def accepted(world: World) -> Lead:
    """A SAL of the rep's."""
    made = waiting(world)
    leads.accept(made, by=world.rep, now=NOW, next_action="call", next_action_on=NOW.date())
    return made


def everything() -> tuple[list[Any], ...]:
    """All that acts on leads write, row by row: equal before and after a refusal."""
    return tuple(list(table.objects.order_by("pk").values()) for table in WRITTEN)


def fingerprint() -> str:
    """The same in one query, where it is asked for thousands of times."""
    tables = [connection.ops.quote_name(table._meta.db_table) for table in WRITTEN]
    rows = " UNION ALL ".join(
        f"SELECT {n} AS t, id, {table}::text AS told FROM {table}"  # noqa: S608
        for n, table in enumerate(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(told, chr(10) ORDER BY t, id)) FROM ({rows}) AS written")  # noqa: S608
        return str(cursor.fetchone())
