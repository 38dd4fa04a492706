"""The target lists: last year's short one, this year's signed one, its next version, and a second list."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from abm.demo.offerings import PRODUCTS
from abm.demo.world import World, year_starts
from accounts.models import Account
from targets import lists
from targets.enums import Horizon, Tier
from targets.models import TargetEntry, TargetListVersion

MAIN, SECOND = "重点企業リスト", "新規開拓リスト（西日本）"
LAST_YEAR, SPEARS, NEW, SECOND_SIZE = 24, 18, 6, 12
TOP_SHARE, FEW_SHARE = 1 / 8, 1 / 2
GOALS = ("課題の聞き取り", "実機の実演", "工場見学への招待", "役員同席の訪問")


def create(world: World) -> None:
    """Signs through the acts, each at its day, so that signatures and audit are like real ones."""
    marketer, lead, manager = (world.users[name] for name in ("onoda", "sasakura", "kurokawa"))
    signed = [_morning(world, year) - timedelta(days=20) for year in (world.fiscal_year - 1, world.fiscal_year)]
    main = lists.create(
        name=MAIN, purpose="営業がフォローしたい企業だけ", by=marketer, now=signed[0] - timedelta(days=9)
    )
    draft = main.versions.get()
    _fill(world, draft, world.wanted[: world.sized(LAST_YEAR, 8)])
    for number, moment in enumerate(signed):
        if number:
            draft = lists.start_next(main, by=marketer, now=moment - timedelta(days=9))
            _fill(world, draft, world.wanted)
            _add_spears(world, draft)
        lists.sign(draft, by=lead, now=moment)
        lists.sign(draft, by=manager, now=moment + timedelta(hours=3))
        draft.refresh_from_db()
        world.versions.append(draft)
    _draw_up_next(world, main)
    _draw_up_second(world)
    _remember(world)


def _morning(world: World, year: int) -> datetime:
    return timezone.make_aware(datetime.combine(year_starts(year), time(10)))


def tier_of(world: World, rank: int) -> Tier:
    """The most wanted get the most of us."""
    place = rank / len(world.wanted)
    return Tier.ONE_TO_ONE if place <= TOP_SHARE else Tier.ONE_TO_FEW if place <= FEW_SHARE else Tier.ONE_TO_MANY


def _fill(world: World, draft: TargetListVersion, accounts: list[Account]) -> None:
    known = set(draft.entries.values_list("account_id", flat=True))
    TargetEntry.objects.bulk_create(
        TargetEntry(
            version=draft, account=account, owner=account.owner, tier=tier_of(world, rank), wanted_rank=rank,
            horizon=Horizon.NEXT if tier_of(world, rank) == Tier.ONE_TO_MANY else Horizon.NOW,
        )
        for rank, account in enumerate(accounts, start=1)
        if account.pk not in known
    )  # fmt: skip


def _add_spears(world: World, draft: TargetListVersion) -> None:
    """For the most wanted: a department, an offering, its theme, key persons, a path and a visit goal."""
    spears = []
    for rank, account in enumerate(world.wanted[:SPEARS], start=1):
        product = PRODUCTS[rank % len(PRODUCTS)]
        wanted = [d for d in world.departments[account.pk] if d.function in product.functions]
        if wanted:
            spears.append(TargetEntry(
                version=draft, account=account, department=wanted[0], offering=world.offerings[product.code],
                theme=product.theme, tier=tier_of(world, rank), wanted_rank=rank, owner=account.owner,
                path=f"{account.owner}が{wanted[0]}の課長と面識あり" if rank % 3 else "",
                visit_goal=GOALS[rank % len(GOALS)],
            ))  # fmt: skip
    for spear in TargetEntry.objects.bulk_create(spears):
        if spear.department_id:
            spear.persons.set(world.persons.get(spear.department_id, [])[:2])


def _draw_up_next(world: World, main: "lists.TargetList") -> None:
    """The next version has marketing's signature and waits for sales'."""
    draft = lists.start_next(main, by=world.users["onoda"], now=world.now - timedelta(days=6))
    draft.entries.filter(account__in=world.wanted[-3:]).delete()
    others = [account for account in world.accounts if not world.is_wanted(account)]
    _fill(world, draft, others[:NEW])
    lists.sign(draft, by=world.users["sasakura"], now=world.now - timedelta(days=2))


def _draw_up_second(world: World) -> None:
    made = lists.create(
        name=SECOND, purpose="西日本の新しいお客様", by=world.users["takanashi"], now=world.now - timedelta(days=4)
    )
    west = world.users["kiriyama"].team
    chosen = [account for account in world.accounts if account.team == west and not world.is_wanted(account)]
    lists.add_accounts(
        made.versions.get(), chosen[:SECOND_SIZE], by=world.users["takanashi"], now=world.now - timedelta(days=3)
    )


def _remember(world: World) -> None:
    """Entries of the versions that were in force, by account and, for spears, department and offering."""
    for entry in TargetEntry.objects.filter(version__in=world.versions).select_related("version"):
        world.entries[entry.version_id, entry.account_id, entry.department_id, entry.offering_id] = entry
