"""Whom do we own, want, and leave alone? Persons at places a list in force wants whom nobody has touched for long.

Wanted is whoever works where an entry in force aims: anywhere at an account that is wanted as a whole; for a spear in
its department, in one below it, or in one of the same function (情シス is 情報システム部). Dormant is whom nobody has
touched for `DORMANT_MONTHS`, or ever; a mail that was only sent touches nobody. Set-based: places are narrowed to the
accounts on lists before anything else is asked. Where counting takes longer than a reader waits (1 M persons, 50 k of
them wanted), the figures of a moment are shown, also by function and source (accounts.recounting, docs/decisions/0023);
those of one account are always those of now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL

from accounts.enums import Function
from accounts.models import Account, Affiliation, KeptFigures, Person, Source
from accounts.quality import MONTH
from engagement.models import Touch
from targets.enums import VersionState
from targets.models import PlannedPerson, RevivalPlan, TargetEntry

CODE = "dormant"
MOST_GROUPS = 30
PARTS: Mapping[str, tuple[str, ...]] = {
    "dormant": ("never", "asleep"),
    "never": ("never",),
    "planned": ("planned",),
    "opted_out": ("opted_out",),
    "wanted": ("active", "opted_out", "planned", "never", "asleep"),
}
"""What is counted: those who can be planned; of them those never touched; those in an open plan; those who want to hear
nothing (and so are never planned); and everybody who works at a wanted place."""
AIMED_AT = f"""
WITH RECURSIVE aimed AS (
    SELECT e.department_id AS id FROM targets_targetentry e JOIN targets_targetlistversion v ON v.id = e.version_id
    WHERE v.state = '{VersionState.ACTIVE}' AND e.department_id IS NOT NULL
    UNION SELECT d.id FROM accounts_department d JOIN aimed ON d.parent_id = aimed.id
) SELECT id FROM aimed"""  # noqa: S608 - our own word
"""Departments of spears in force, and all below them."""


@dataclass(frozen=True)
class Selection:
    """What narrows the audit: to one account, to what departments do, to where we know the place from."""

    account: Account | None = None
    function: str = ""
    source: Source | None = None


@dataclass(frozen=True)
class Group:
    """So many dormant persons of one account, function or source (`key` as a Selection takes it; None: not told)."""

    key: str | None
    label: str
    persons: int


@dataclass(frozen=True)
class Audit:
    """What we own and do not use. A person at two places is one person, and counts in the groups of both.

    `kept`: counted at `at`, not now. `is_awaited`: somebody has asked for newer figures.
    """

    counts: Mapping[str, int]
    accounts: list[Group]
    functions: list[Group]
    sources: list[Group]
    at: datetime
    kept: bool = False
    is_awaited: bool = False


def places(selection: Selection = Selection()) -> QuerySet[Affiliation]:
    """Present places that a list in force wants."""
    wanted = TargetEntry.objects.active()
    spears = wanted.filter(account=OuterRef("account"), department__function=OuterRef("department__function"))
    aimed = (
        Q(account__in=wanted.filter(department=None).values("account"))
        | Q(department__in=RawSQL(AIMED_AT, ()))  # noqa: S611 - nobody writes into it
        | Q(Exists(spears.exclude(department__function=Function.OTHER)))
    )
    found = Affiliation.objects.filter(aimed, ended_on=None, account__in=wanted.values("account"))
    if selection.account:
        found = found.filter(account=selection.account)
    if selection.function:
        found = found.filter(department__function=selection.function)
    return found.filter(source=selection.source) if selection.source else found


def persons(part: str, selection: Selection = Selection(), *, now: datetime) -> QuerySet[Person]:
    """The persons of one of PARTS; each with `touched_at`, when somebody touched them last."""
    return _wanted(selection, now).filter(standing__in=PARTS[part])  # type: ignore[misc]


def _wanted(selection: Selection, now: datetime) -> QuerySet[Person]:
    """Everybody at a wanted place, with their `standing`: the first of these that holds."""
    touches = Touch.objects.personal().filter(person=OuterRef("pk")).order_by("-occurred_at")
    since = now - settings.DORMANT_MONTHS * MONTH
    reachable: Any = Person.objects.reachable()
    standing = Case(
        When(touched_at__gte=since, then=Value("active")),
        When(~Exists(reachable.filter(pk=OuterRef("pk"))), then=Value("opted_out")),
        When(Exists(in_open_plans()), then=Value("planned")),
        When(touched_at=None, then=Value("never")),
        default=Value("asleep"),
        output_field=CharField(),
    )
    found = Person.objects.filter(pk__in=places(selection).values("person"))
    return found.annotate(touched_at=Subquery(touches.values("occurred_at")[:1])).annotate(standing=standing)


def in_open_plans() -> QuerySet[PlannedPerson]:
    """For use in Exists: that the person is in a plan under way."""
    return PlannedPerson.objects.filter(person=OuterRef("pk"), plan__in=RevivalPlan.objects.open())


def latest(selection: Selection = Selection(), *, now: datetime) -> Audit:
    """The figures of the last count, where counting takes long; else, and of one account, those of now."""
    kept = None if selection.account else KeptFigures.objects.latest_of(CODE, _key(selection))
    return _restored(kept) if kept else read(selection, now=now)


def read(selection: Selection = Selection(), *, now: datetime) -> Audit:
    """Counts everything now; two statements, who stands how and where they are, put together here."""
    standing, told = _told(selection, now)
    return Audit(**_counted(told, standing), at=now)


def figures(*, now: datetime) -> dict[str, Any]:
    """What is kept of a count: all, and each function, each source, and both; from the same two statements."""
    standing, told = _told(Selection(), now)
    of: defaultdict[str, list[Place]] = defaultdict(list)
    of[""] = told
    for place in told:
        for function, code in {(place.function, None), (None, place.code), (place.function, place.code)}:
            if function or code:
                of[_key_of(function, code)].append(place)
    return {
        key: {name: [asdict(one) for one in counted] if name != "counts" else counted
              for name, counted in _counted(places, standing).items()}
        for key, places in of.items()
    }  # fmt: skip


class Place(NamedTuple):
    """A wanted place, as it is grouped."""

    person: int
    account: Any
    name: str
    function: str | None
    code: str | None
    source: str | None


def _told(selection: Selection, now: datetime) -> tuple[dict[int, str], list[Place]]:
    """Person → how they stand; and the places they stand at."""
    standing = dict(_wanted(selection, now).order_by().values_list("pk", "standing"))  # type: ignore[misc]
    columns = ("person_id", "account__public_id", "account__name", "department__function", "source__code",
               "source__name")  # fmt: skip
    return standing, [Place(*row) for row in places(selection).order_by().values_list(*columns) if row[0] in standing]


def _counted(told: Sequence[Place], standing: Mapping[int, str]) -> dict[str, Any]:
    many = Counter(standing[person] for person in {one.person for one in told})
    idle = [one for one in told if standing[one.person] in PARTS["dormant"]]
    return {
        "counts": {part: sum(many[one] for one in standings) for part, standings in PARTS.items()},
        "accounts": _groups((one.person, one.account, one.name) for one in idle),
        "functions": _groups((one.person, one.function, one.function) for one in idle),
        "sources": _groups((one.person, one.code, one.source) for one in idle),
    }


def _key(selection: Selection) -> str:
    return _key_of(selection.function, selection.source.code if selection.source else "")


def _key_of(function: str | None, code: str | None) -> str:
    return f"{function or ''}/{code or ''}" if function or code else ""


def _restored(kept: KeptFigures) -> Audit:
    told = kept.figures or _counted([], {})
    groups = {name: [Group(**one) for one in told[name]] for name in ("accounts", "functions", "sources")}
    return Audit(counts=told["counts"], **groups, at=kept.at, kept=True, is_awaited=kept.is_awaited)


def _groups(told: Iterable[tuple[int, Any, str | None]]) -> list[Group]:
    """Most persons first; somebody at two places of a group counts once."""
    persons: dict[Any, set[int]] = defaultdict(set)
    labels: dict[Any, str] = {}
    for person, key, label in told:
        persons[key].add(person)
        labels[key] = label or ""
    found = [Group(str(key) if key else None, labels[key], len(who)) for key, who in persons.items()]
    return sorted(found, key=lambda group: (-group.persons, group.label))[:MOST_GROUPS]
