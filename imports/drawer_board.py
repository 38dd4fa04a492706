"""How far is a drawer round? Per person: asked, opened, dropped, loaded; and what came of it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch

from accounts import provenance
from accounts.models import Account, Person, Trace
from imports.drawers import DrawerFile, DrawerInvitation, DrawerRound
from imports.enums import JobState
from targets import dormant


@dataclass
class Line:
    """One person's drawer: the files, and of those loaded the persons and accounts nobody had told of before; `wanted`
    are the new persons where a list in force aims."""

    invitation: DrawerInvitation
    files: list[DrawerFile] = field(default_factory=list)
    persons: int = 0
    accounts: int = 0
    wanted: int = 0

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return sum(one.rows for one in self.files)

    @property
    def waiting(self) -> list[DrawerFile]:
        """Files marketing has yet to confirm."""
        return [one for one in self.files if one.job.state == JobState.DRAFT]


def read(round_: DrawerRound) -> list[Line]:
    """A line per person asked, in the order of names; six statements however many there are."""
    files = Prefetch("files", DrawerFile.objects.select_related("job"))
    found = round_.invitations.select_related("user", "round", "source").prefetch_related(files)
    lines = [Line(one, list(one.files.all())) for one in found]
    ids = [file.job.public_id for line in lines for file in line.files if not file.job.undone_at]
    persons = _made(ids, Person, Person.objects.values("pk"))
    accounts = _made(ids, Account, Account.objects.values("pk"))
    wanted = _made(ids, Person, dormant.places().values("person"))
    for line in lines:
        for file in line.files:
            line.persons += persons[file.job.public_id]
            line.accounts += accounts[file.job.public_id]
            line.wanted += wanted[file.job.public_id]
    return lines


def total(lines: Collection[Line]) -> dict[str, int]:
    """The round in numbers."""
    return {
        "asked": len(lines),
        "opened": sum(1 for line in lines if line.invitation.opened_at),
        "dropped": sum(1 for line in lines if line.files),
        "rows": sum(line.rows for line in lines),
        "waiting": sum(len(line.waiting) for line in lines),
        "persons": sum(line.persons for line in lines),
        "accounts": sum(line.accounts for line in lines),
        "wanted": sum(line.wanted for line in lines),
    }


def _made(jobs: Collection[UUID], model: type[Account] | type[Person], among: Any) -> Counter[UUID]:
    """Import → rows it made that are among these, still there."""
    if not jobs:
        return Counter()
    kind = provenance.kind_of(model)
    found = Trace.objects.filter(telling__origin__in=jobs, kind=kind, was__isnull=True, row_id__in=among)
    return Counter(dict(found.values_list("telling__origin").annotate(Count("row_id", distinct=True))))
