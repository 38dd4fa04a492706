"""The demo company's own people: teams, users of every role, one easy password for all."""

from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from abm.demo.world import World
from users.enums import TeamKind
from users.models import BusinessCalendar, Team, User
from users.roles import Role

PASSWORD = "demo-demo-demo"  # noqa: S105 (printed at start and shown on the sign-in page)
USER_SOURCE = "demo"

MARKETING, EAST, WEST = "マーケティング部", "東日本営業部", "西日本営業部"
PARTNER_EAST, PARTNER_WEST = "東雲テクノサービス", "瀬戸内ソリューションズ"
TEAMS = {
    MARKETING: TeamKind.MARKETING,
    EAST: TeamKind.SALES,
    WEST: TeamKind.SALES,
    PARTNER_EAST: TeamKind.PARTNER,
    PARTNER_WEST: TeamKind.PARTNER,
}


class Member(NamedTuple):
    """Who signs in, in the order of the sign-in page."""

    username: str
    name: str
    role: Role
    team: str
    manager: str = ""


MEMBERS = (
    Member("hayase", "早瀬 彩", Role.REP, EAST, "kurokawa"),
    Member("onoda", "小野田 結", Role.MARKETER, MARKETING, "sasakura"),
    Member("sasakura", "佐々倉 真理", Role.MARKETING_LEAD, MARKETING),
    Member("kurokawa", "黒川 誠", Role.SALES_MANAGER, EAST),
    Member("matsunaga", "松永 亮", Role.PARTNER, PARTNER_EAST),
    Member("shiraishi", "白石 望", Role.ANALYST, MARKETING),
    Member("miyashita", "宮下 悟", Role.ADMIN, MARKETING),
    Member("takanashi", "高梨 航", Role.MARKETER, MARKETING, "sasakura"),
    Member("isurugi", "石動 健", Role.REP, EAST, "kurokawa"),
    Member("iwase", "岩瀬 文香", Role.REP, EAST, "kurokawa"),
    Member("kiriyama", "桐山 浩", Role.SALES_MANAGER, WEST),
    Member("fujishiro", "藤代 翼", Role.REP, WEST, "kiriyama"),
    Member("manabe", "真鍋 楓", Role.REP, WEST, "kiriyama"),
    Member("okabe", "岡部 慎", Role.PARTNER, PARTNER_WEST),
)
MAIN_REP = "hayase"
REPS = {EAST: ("hayase", "isurugi", "iwase"), WEST: ("fujishiro", "manabe")}
PARTNERS = {PARTNER_EAST: "matsunaga", PARTNER_WEST: "okabe"}
SFA_LINK = "sfa-link"


def create(world: World) -> None:
    """Teams on the standard calendar, their users, and the service user through which the SFA acts."""
    calendar = BusinessCalendar.objects.get(name="Standard")
    teams = Team.objects.bulk_create(Team(name=name, kind=kind, calendar=calendar) for name, kind in TEAMS.items())
    world.teams = {team.name: team for team in teams}
    password = make_password(PASSWORD)
    users = [_user(world, member, password) for member in MEMBERS]
    service = User(username=SFA_LINK, name="SFA連携", role=Role.SYSTEM, is_service=True, source=USER_SOURCE)
    service.set_unusable_password()
    made = User.objects.bulk_create([*users, service])
    world.users = {user.username: user for user in made} | {"system": User.objects.system()}
    for member in MEMBERS:
        world.users[member.username].manager = world.users.get(member.manager)
    User.objects.bulk_update(made, ["manager"])


def _user(world: World, member: Member, password: str) -> User:
    return User(
        username=member.username,
        email=f"{member.username}@demo.example",
        name=member.name,
        role=member.role,
        team=world.teams[member.team],
        password=password,
        source=USER_SOURCE,
        external_id=member.username,
    )
