"""Whom does a leak concern? All that a user, or a team's people, could see or took out in a period: for the report to
the commission and to the persons themselves (個人情報保護法 26条), out of the access log and the transfer records.

What our own people open one by one is in no log: `everybody` says that they could have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts import rules
from accounts.enums import MergeKind
from accounts.exporting import BOM, CHUNK, LEAST_PURPOSE, ExportRefused, line
from accounts.identity import Merge
from accounts.models import Affiliation, Person
from audit import access
from audit.models import Access
from funnel.enums import DataKind, Way
from funnel.models import Transfer
from funnel.transfers import DATA, words
from users.models import Team, User
from users.roles import Role

WAYS: dict[str, StrOrPromise] = {
    Way.GIVEN: gettext_lazy("Could be seen as a partner"),
    Way.READ: gettext_lazy("Read in bulk"),
    Way.EXPORT: gettext_lazy("Taken out as a file"),
    Way.DISCLOSE: gettext_lazy("Everything told about one"),
}
COLUMNS = {
    DataKind.READING: "name_kana", DataKind.MAIL: "email", DataKind.PHONE: "phone", DataKind.MOBILE: "mobile",
}  # fmt: skip
SHOWN = ("person_id", "title", "account__name", "department__name")
PLACES = Affiliation.objects.select_related("account", "department").only(*SHOWN).order_by("-ended_on", "-pk")


@dataclass(frozen=True)
class Incident:
    """Whose access is asked about, a user's or that of all who are in a team now, from when to when."""

    first: datetime
    last: datetime
    team: Team | None = None
    user: User | None = None

    @cached_property
    def users(self) -> list[User]:
        """Those who could have done it."""
        return [self.user] if self.user else list(User.objects.filter(team=self.team))

    @property
    def filters(self) -> dict[str, str]:
        """For the log."""
        whose = {"user": str(self.user)} if self.user else {"team": str(self.team)}
        return whose | {"after": self.first.isoformat(), "before": self.last.isoformat()}

    def accesses(self) -> QuerySet[Access]:
        """What the log says they did, the latest first."""
        return Access.objects.filter(actor_id__in=[user.pk for user in self.users], at__range=(self.first, self.last))

    def given(self) -> QuerySet[Transfer]:
        """What lay before them as a partner's people in that time; a lead stays visible once it was handed over."""
        firms = {user.team_id for user in self.users if user.role == Role.PARTNER} - {None}
        firms |= {self.team.pk} if self.team else set()
        care = Q(handoff=None, partner__in=firms) & (Q(until=None) | Q(until__gte=self.first))
        handed = Q(handoff__isnull=False, user__in=self.users)
        handed |= Q(handoff__isnull=False, partner=self.team) if self.team else Q()
        living = Q(person__erased_at=None) | Q(person__erased_at__gte=self.first)
        return Transfer.objects.filter(care | handed, living, at__lte=self.last)


class Report:
    """Whom an incident concerns, and with what."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident

    @cached_property
    def by_way(self) -> dict[str, set[int]]:
        """Way → the persons' rows as they are now; merged ones are whom they were merged into."""
        found: dict[str, set[int]] = {way: set() for way in Way}
        found[Way.GIVEN] = set(self.incident.given().order_by().values_list("person", flat=True))
        for kind, ids in self.incident.accesses().order_by().values_list("kind", "persons"):
            found[kind].update(ids or ())
        heirs = _heirs(set().union(*found.values()))
        return {way: {heirs.get(pk, pk) for pk in ids} for way, ids in found.items()}

    @cached_property
    def ids(self) -> list[int]:
        """All of them, each once."""
        return sorted(set().union(*self.by_way.values()))

    @cached_property
    def touched(self) -> set[int]:
        """Of whom what they did was told, too."""
        told = self.incident.given().filter(data__contains=[DataKind.TOUCHES])
        return set(told.order_by().values_list("person", flat=True)) | self.by_way[Way.DISCLOSE]

    @cached_property
    def persons(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def unknown(self) -> int:
        """How many rows the log counted before it kept whom they told of."""
        rows = self.incident.accesses().filter(persons=None).order_by().values_list("rows", flat=True)
        return sum(rows)

    @property
    def everybody(self) -> int:
        """How many persons they may open one by one; 0 for a partner's people and for whoever sees no persons."""
        ours = any(user.sees_persons and user.role != Role.PARTNER for user in self.incident.users)
        return Person.objects.count() if ours else 0

    @cached_property
    def data(self) -> dict[str, int]:
        """Kind of data → of how many persons."""
        known = {kind: Count("pk", filter=~Q(**{column: ""})) for kind, column in COLUMNS.items()}
        rows = Person._base_manager.filter(pk__among=self.ids)
        found = rows.aggregate(**{DataKind.NAME: Count("pk"), DataKind.PLACE: Count("pk")}, **known)
        found[DataKind.TOUCHES] = len(self.touched)
        return {kind: found[kind] for kind in DataKind if found[kind]}


def _heirs(ids: set[int]) -> dict[int, int]:
    """Of these persons, those who were merged into others → into whom."""
    gone = Merge.objects.standing().filter(kind=MergeKind.PERSON, gone_id__among=sorted(ids)).order_by("pk")
    found: dict[int, int] = dict(gone.values_list("gone_id", "person_id"))
    further = _heirs(set(found.values())) if found else {}
    return {was: further.get(is_now, is_now) for was, is_now in found.items()}


def export(incident: Incident, *, purpose: str, by: Any, now: datetime) -> Iterator[str]:
    """The lines of a CSV with everybody concerned; noted before the first line leaves. Raises ExportRefused."""
    if not rules.may_erase(by):
        raise ExportRefused(_("The head of marketing takes this out."))
    if len(purpose.strip()) < LEAST_PURPOSE:
        raise ExportRefused(_("Please say what the file is for."))
    report = Report(incident)
    access.exported("leak_report", report.ids, by=by, now=now, filters=incident.filters, purpose=purpose)
    return _lines(report)


def _lines(report: Report) -> Iterator[str]:
    yield BOM + line([_("Name"), _("Reading"), _("Company"), _("Department"), _("Title"), _("Mail address"),
                      _("Phone"), _("Mobile phone"), _("How"), _("What of it"), _("Opted out"), _("Id")])  # fmt: skip
    for start in range(0, report.persons, CHUNK):
        persons = Person._base_manager.filter(pk__in=report.ids[start : start + CHUNK]).order_by("pk")
        for person in persons.prefetch_related(Prefetch("affiliations", PLACES)):
            yield line(_cells(person, report))


def _cells(person: Person, report: Report) -> list[str]:
    place = next(iter(person.affiliations.all()), None)
    company = [str(place.account), str(place.department or ""), place.title] if place else ["", "", ""]
    ways = [way for way in Way if person.pk in report.by_way[way]]
    return [
        str(person), person.name_kana, *company, person.email, person.phone, person.mobile,
        " / ".join(words(ways, WAYS)), " / ".join(words(_known(person, report), DATA)),
        f"{person.opted_out_at:%Y-%m-%d}" if person.opted_out_at else "", str(person.public_id),
    ]  # fmt: skip


def _known(person: Person, report: Report) -> list[str]:
    known = {kind for kind, column in COLUMNS.items() if getattr(person, column)}
    known |= {DataKind.NAME, DataKind.PLACE} | ({DataKind.TOUCHES} if person.pk in report.touched else set())
    return [kind for kind in DataKind if kind in known]
