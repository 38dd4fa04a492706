"""About 1,500 persons at the accounts: titles, ranks, mail addresses, where they work and worked."""

from collections.abc import Iterator
from datetime import date, timedelta

from abm.demo.names import Name, draw
from abm.demo.world import World
from accounts import opt_outs
from accounts.enums import Rank
from accounts.models import Account, AccountDomain, Affiliation, Department, ExternalId, Person

FULL = 1500
TITLES: tuple[tuple[tuple[str, Rank], float], ...] = (
    (("担当", Rank.STAFF), 30),
    (("主任", Rank.STAFF), 18),
    (("係長", Rank.SECTION_CHIEF), 16),
    (("課長", Rank.MANAGER), 18),
    (("部長", Rank.GENERAL_MANAGER), 12),
    (("本部長", Rank.DIRECTOR), 4),
    (("執行役員", Rank.EXECUTIVE), 2),
)
MOVED, DOUBLE, OPTED_OUT, MAIL_KNOWN = 0.03, 0.02, 0.02, 0.95


def create(world: World) -> None:
    """Persons with affiliations; some have moved, hold two posts, or asked us to stop writing."""
    places = list(_places(world))
    names = [draw(world.rng) for _ in places]
    persons = Person.objects.bulk_create(list(_persons(world, places, names)), batch_size=500)
    told = [person for person in persons if person.opted_out_at]
    opt_outs.follow(told, at=world.now - timedelta(days=90), source=world.sources["seminar"])
    rows: list[Affiliation] = []
    for person, (account, department) in zip(persons, places, strict=True):
        world.persons.setdefault(department.pk, []).append(person)
        rows += _affiliations(world, person, account, department)
    Affiliation.objects.bulk_create(rows, batch_size=1000)
    world.ranks = {row.person_id: row.rank for row in rows if row.ended_on is None}
    cards = world.sources["cards"]
    ExternalId.objects.bulk_create(
        ExternalId(source=cards, external_id=f"P{number:05}", person=person)
        for number, person in enumerate(persons[:: len(persons) // 200 or 1], start=1)
    )


def _places(world: World) -> Iterator[tuple[Account, Department]]:
    """Wanted companies are known about twice as well as the others."""
    share = world.sized(FULL) / sum(_weight(world, account) for account in world.accounts)
    for account in world.accounts:
        departments = world.departments[account.pk]
        for number in range(max(len(departments) // 2, round(share * _weight(world, account)))):
            yield account, departments[number % len(departments)] if number else world.rng.choice(departments)


def _weight(world: World, account: Account) -> int:
    return 2 if world.is_wanted(account) else 1


def _persons(world: World, places: list[tuple[Account, Department]], names: list[Name]) -> Iterator[Person]:
    domains = {row.account_id: row.domain for row in AccountDomain.objects.all()}
    taken: dict[str, int] = {}
    for number, ((account, _), name) in enumerate(zip(places, names, strict=True)):
        mail = f"{name.mail}@{domains[account.pk]}"
        taken[mail] = taken.get(mail, 0) + 1
        if taken[mail] > 1:
            mail = mail.replace("@", f"{taken[mail]}@")
        yield Person(
            name=name.full,
            last_name=name.family,
            first_name=name.given,
            name_kana=name.kana,
            email=mail if world.rng.random() < MAIL_KNOWN else "",
            phone=account.phone,
            mobile=f"090-0000-{number:04}" if world.rng.random() < 0.3 else "",
            opted_out_at=world.now - timedelta(days=90) if world.rng.random() < OPTED_OUT else None,
        )


def _affiliations(world: World, person: Person, account: Account, department: Department) -> Iterator[Affiliation]:
    title, rank = world.weighted(TITLES)
    began = date(world.fiscal_year - world.rng.randrange(2, 10), 4, 1)
    source = world.sources[world.rng.choice(("cards", "exhibition", "seminar", "sfa"))]
    chance = world.rng.random()
    others = [other for other in world.departments[account.pk] if other != department]
    if chance < MOVED:
        moved_on = date(world.fiscal_year, 4, 1)
        yield Affiliation(
            person=person, account=account, department=world.rng.choice(others), title="主任", rank=Rank.STAFF,
            started_on=began, ended_on=moved_on - timedelta(days=1), source=source,
        )  # fmt: skip
        began = moved_on
    elif chance < MOVED + DOUBLE:
        yield Affiliation(
            person=person, account=account, department=world.rng.choice(others), title="兼務", rank=rank,
            started_on=began, source=source,
        )  # fmt: skip
    yield Affiliation(
        person=person, account=account, department=department, title=title, rank=rank, started_on=began, source=source
    )
