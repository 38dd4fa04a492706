"""How good is what we know? What is missing, unread, out of date; each number is the count of a queryset shown as rows.

Set-based: a fixed number of statements however many rows there are, one pass over each table. Where persons work is
counted in the places themselves: a look-up per person took ten times as long. Where that takes longer than a reader
waits (with 1 M persons), the figures of a moment are shown (accounts.recounting, docs/decisions/0023); doubts are
always those of now.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower

from accounts import unread
from accounts.domains import FREE_MAIL
from accounts.enums import AccountKind, DoubtKind, Naming
from accounts.models import Account, AccountDomain, Affiliation, Doubt, KeptFigures, Person
from accounts.unread import Unread

CODE = "quality"
GAP_LISTS = ("accounts", "persons", "troubles")
TEXT_LISTS = ("departments", "titles")
MONTH = timedelta(days=365.25 / 12)
MOST_TEXTS = 20
NOT_CONFIRMED = """
NOT EXISTS (SELECT 1 FROM accounts_confirmation c CROSS JOIN LATERAL unnest(c.row_ids) AS told (id)
            WHERE c.kind = 'accounts.person' AND told.id = %(expressions)s)"""
"""In a WHERE this is a hash anti join; the ids a telling confirmed lie some hundreds to a row."""

ACCOUNT_FIELDS: Mapping[str, Q] = {
    "corporate_number": Q(corporate_number=None),
    "name_kana": Q(name_kana=""),
    "industry": Q(industry=""),
    "employees": Q(employees=None),
    "revenue": Q(revenue=None),
    "prefecture": Q(prefecture=""),
    "address": Q(address=""),
    "phone": Q(phone=""),
    "listed": Q(listed=None),
    "domain": ~Q(Exists(AccountDomain.objects.filter(account=OuterRef("pk")))),
    "owner": Q(owner=None),
}
"""Field → the companies that lack it."""


PERSON_FIELDS: Mapping[str, Q] = {"email": Q(email=""), "phone": Q(phone="", mobile=""), "name_kana": Q(name_kana="")}
"""Field → the persons who lack it."""
PLACES: Mapping[str, Q] = {"account": Q(), "department": Q(department__isnull=False), "title": ~Q(title="")}
"""What a person has where they work now → the present places that say it."""
PERSON_TROUBLES = ("free_mail", "stale", "no_basis")
GAPS: Mapping[str, tuple[str, ...]] = {
    "accounts": tuple(ACCOUNT_FIELDS),
    "persons": (*PERSON_FIELDS, *PLACES, *PERSON_TROUBLES),
}
"""What rows there are to open: of accounts and of persons."""


@dataclass(frozen=True)
class Gap:
    """So many of `total` lack something; `share` of them have it (1 where there are none)."""

    code: str
    missing: int
    total: int

    @property
    def share(self) -> float:
        """How many have it, as a fraction of 1."""
        return 1 - self.missing / self.total if self.total else 1.0


@dataclass(frozen=True)
class Quality:
    """All of it at one moment. `doubts`: what waits in the review now, by kind (accounts.enums.DoubtKind).

    `kept`: counted at `at`, not now. `is_awaited`: somebody has asked for newer figures.
    """

    accounts: list[Gap]
    persons: list[Gap]
    troubles: list[Gap]
    departments: list[Unread]
    departments_unread: int
    titles: list[Unread]
    titles_unread: int
    doubts: Mapping[str, int]
    at: datetime
    kept: bool = False
    is_awaited: bool = False


def companies() -> QuerySet[Account]:
    """Those whose fields are counted: legal entities; a site or a household has no corporate number to lack."""
    return Account.objects.filter(kind=AccountKind.ENTITY)


def accounts_lacking(code: str) -> QuerySet[Account]:
    """The companies that lack this field. Raises KeyError for none that is counted."""
    return companies().filter(ACCOUNT_FIELDS[code])


def persons_lacking(code: str, *, now: datetime) -> QuerySet[Person]:
    """The persons with this gap. Raises KeyError for none that is counted."""
    if code == "stale":
        return stale(now=now)
    if code == "free_mail":
        return free_mail_only()
    if code == "no_basis":
        return Person.objects.without_basis()
    if code in PLACES:
        return Person.objects.filter(~Exists(_places().filter(PLACES[code], person=OuterRef("pk"))))
    return Person.objects.filter(PERSON_FIELDS[code])


def _places() -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(ended_on=None)


def free_mail_only() -> QuerySet[Person]:
    """Whose only mail address is one that anybody gets: nothing says for which company they read it."""
    domain = Func(Lower("email"), Value("@"), Value(2), function="split_part", output_field=TextField())
    found = Person.objects.exclude(email="").alias(mail_domain=domain).filter(mail_domain__in=FREE_MAIL)
    return found.filter(further_emails=None)


def stale(*, now: datetime) -> QuerySet[Person]:
    """Whom nothing has told of for `STALE_MONTHS`: unchanged so long, and in no file of the last 90 days (after that
    who was only confirmed is forgotten: accounts.provenance)."""
    unchanged = Person.objects.filter(updated_at__lt=now - settings.STALE_MONTHS * MONTH)
    return unchanged.filter(Func(F("pk"), template=NOT_CONFIRMED, output_field=BooleanField()))


def latest(*, now: datetime) -> Quality:
    """The figures of the last count, where counting takes long; else those of now."""
    kept = KeptFigures.objects.latest_of(CODE)
    return _restored(kept) if kept else read(now=now)


def figures(*, now: datetime) -> dict[str, Any]:
    """What is kept of a count."""
    counted = asdict(read(now=now))
    return {"": {name: counted[name] for name in (*GAP_LISTS, *TEXT_LISTS, "departments_unread", "titles_unread")}}


def _restored(kept: KeptFigures) -> Quality:
    told = dict(kept.figures)
    told |= {name: [Gap(**one) for one in told[name]] for name in GAP_LISTS}
    told |= {name: [Unread(**one) for one in told[name]] for name in TEXT_LISTS}
    return Quality(**told, doubts=_doubts(), at=kept.at, kept=True, is_awaited=kept.is_awaited)


def read(*, now: datetime) -> Quality:
    """Counts everything now."""
    persons = _gaps(Person.objects.all(), PERSON_FIELDS)
    departments, titles = (
        unread.texts(naming, most=MOST_TEXTS, with_accounts=True) for naming in (Naming.DEPARTMENT, Naming.TITLE)
    )
    return Quality(
        accounts=_gaps(companies(), ACCOUNT_FIELDS),
        persons=persons + _placeless(everybody := persons[0].total),
        troubles=[_trouble(code, everybody, now) for code in PERSON_TROUBLES],
        departments=departments.most,
        departments_unread=departments.rows,
        titles=titles.most,
        titles_unread=titles.rows,
        doubts=_doubts(),
        at=now,
    )


def _gaps(rows: QuerySet[Any], fields: Mapping[str, Q]) -> list[Gap]:
    """One pass over the table."""
    found = rows.aggregate(
        total=Count("pk"), **{f"no_{code}": Count("pk", filter=lack) for code, lack in fields.items()}
    )
    return [Gap(code, found[f"no_{code}"], found["total"]) for code in fields]


def _placeless(everybody: int) -> list[Gap]:
    """One pass over the present places: how many persons stand in none of each kind."""
    placed = {code: Count("person", distinct=True, filter=said) for code, said in PLACES.items()}
    found = _places().aggregate(**placed)
    return [Gap(code, everybody - found[code], everybody) for code in PLACES]


def _trouble(code: str, total: int, now: datetime) -> Gap:
    return Gap(code, persons_lacking(code, now=now).count(), total)


def _doubts() -> dict[str, int]:
    found = dict(Doubt.objects.open().order_by().values_list("kind").annotate(Count("pk")))
    return {str(kind): found.get(kind, 0) for kind in DoubtKind}
