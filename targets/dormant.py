"""Whom do we own, want, and leave alone? Persons at places a list in force wants whom nobody has touched for long.

Wanted is whoever works where an entry in force aims: anywhere at an account that is wanted as a whole; for a spear in
its department, in one below it, or in one of the same function (情シス is 情報システム部). Dormant is whom nobody has
touched for `DORMANT_MONTHS`, or ever; a mail that was only sent touches nobody. Set-based: places are narrowed to the
accounts on lists before anything else is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from accounts.enums import Function
from accounts.models import Account, Affiliation, Person, Source
from accounts.quality import MONTH
from engagement.models import Touch
from targets.enums import VersionState
from targets.models import PlannedPerson, RevivalPlan, TargetEntry

MOST_GROUPS = 30
PARTS = ("dormant", "never", "planned", "opted_out", "wanted")
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
    touches = Touch.objects.personal().filter(person=OuterRef("pk"))
    latest = touches.order_by("-occurred_at").values("occurred_at")[:1]
    found = Person.objects.filter(pk__in=places(selection).values("person")).annotate(touched_at=Subquery(latest))
    if part == "wanted":
        return found
    since = now - settings.DORMANT_MONTHS * MONTH
    found = found.filter(~Exists(touches.filter(occurred_at__gte=since)))
    if part == "opted_out":
        return found.filter(opted_out_at__isnull=False)
    found, planned = found.filter(opted_out_at=None), Exists(in_open_plans())
    if part == "planned":
        return found.filter(planned)
    return found.filter(~planned, ~Exists(touches)) if part == "never" else found.filter(~planned)


def in_open_plans() -> QuerySet[PlannedPerson]:
    """For use in Exists: that the person is in a plan under way."""
    return PlannedPerson.objects.filter(person=OuterRef("pk"), plan__in=RevivalPlan.objects.open())


def read(selection: Selection = Selection(), *, now: datetime) -> Audit:
    """Counts everything, a statement for each part and each kind of group."""
    dormant = places(selection).filter(person__in=persons("dormant", selection, now=now).values("pk"))
    return Audit(
        counts={part: persons(part, selection, now=now).count() for part in PARTS},
        accounts=_groups(dormant, "account__public_id", "account__name"),
        functions=_groups(dormant, "department__function", "department__function"),
        sources=_groups(dormant, "source__code", "source__name"),
    )


def _groups(found: QuerySet[Affiliation], key: str, label: str) -> list[Group]:
    """Most persons first."""
    rows = found.order_by().values(group=F(key)).annotate(label=Max(label), n=Count("person", distinct=True))
    told = rows.order_by("-n", "label")[:MOST_GROUPS]
    return [Group(str(row["group"]) if row["group"] else None, row["label"] or "", row["n"]) for row in told]
