"""Whom do we own, want, and leave alone? Persons at places a list in force wants whom nobody has touched for long.

Wanted is whoever works where an entry in force aims: anywhere at an account that is wanted as a whole; for a spear in
its department, in one below it, or in one of the same function (情シス is 情報システム部). Dormant is whom nobody has
touched for `DORMANT_MONTHS`, or ever; a mail that was only sent touches nobody. Set-based: places are narrowed to the
accounts on lists before anything else is asked (1 M persons, 50 k of them wanted: docs/decisions/0023).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL

from accounts.enums import Function
from accounts.models import Account, Affiliation, Person, Source
from accounts.quality import MONTH
from engagement.models import Touch
from targets.enums import VersionState
from targets.models import PlannedPerson, RevivalPlan, TargetEntry

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
    """What we own and do not use. A person at two places is one person, and counts in the groups of both."""

    counts: Mapping[str, int]
    accounts: list[Group]
    functions: list[Group]
    sources: list[Group]


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


def read(selection: Selection = Selection(), *, now: datetime) -> Audit:
    """Counts everything; two statements, who stands how and where they are, put together here."""
    standing = dict(_wanted(selection, now).order_by().values_list("pk", "standing"))  # type: ignore[misc]
    many = Counter(standing.values())
    columns = ("person_id", "account__public_id", "account__name", "department__function", "source__code",
               "source__name")  # fmt: skip
    told = [row for row in places(selection).order_by().values_list(*columns)
            if standing.get(row[0]) in PARTS["dormant"]]  # fmt: skip
    return Audit(
        counts={part: sum(many[one] for one in standings) for part, standings in PARTS.items()},
        accounts=_groups((person, account, name) for person, account, name, _function, _code, _source in told),
        functions=_groups((person, function, function) for person, _id, _name, function, _code, _source in told),
        sources=_groups((person, code, name) for person, _id, _account, _function, code, name in told),
    )


def _groups(told: Iterable[tuple[int, Any, str | None]]) -> list[Group]:
    """Most persons first; somebody at two places of a group counts once."""
    persons: dict[Any, set[int]] = defaultdict(set)
    labels: dict[Any, str] = {}
    for person, key, label in told:
        persons[key].add(person)
        labels[key] = label or ""
    found = [Group(str(key) if key else None, labels[key], len(who)) for key, who in persons.items()]
    return sorted(found, key=lambda group: (-group.persons, group.label))[:MOST_GROUPS]
