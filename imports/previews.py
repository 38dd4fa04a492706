"""What would become of a draft's first rows: they are loaded and undone again, so the verdicts are the real ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from audit import doors
from audit.effects import Effect
from audit.enums import Door
from imports import drafts
from imports import mapping as mappings
from imports.fields import Row
from imports.jobs import ImportRefused
from imports.kinds import KINDS
from imports.mapping import MappingError, Reader
from imports.models import ImportJob
from imports.reading import Table, Unreadable
from users.models import User

ROWS = 20
PATIENCE = "1500ms"
"""So long a preview waits for a file that is being loaded; it would know who is who only afterwards."""


@dataclass(frozen=True)
class Seen:
    """A row and its verdict: `effect`, by which rule the company and the person were found, whether it is a question
    for a person (several could be meant), and why it was refused, or which cells were left out."""

    number: int
    cells: tuple[str, ...]
    effect: str
    found: dict[str, str]
    is_doubt: bool
    reasons: tuple[str, ...]


def preview(job: ImportJob, *, by: User, now: datetime, rows: int = ROWS) -> list[Seen]:
    """The first rows with their verdicts; nothing stays. Raises ImportRefused while it cannot be told."""
    language = by.language or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language), doors.through(Door.IMPORT), drafts.opened(job) as table:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                taken = _taken(job, table, by, now, rows)
                transaction.set_rollback(True)
        except OperationalError as error:
            raise ImportRefused(_("Another file is being loaded; the preview comes when it is done.")) from error
        except (MappingError, Unreadable) as error:
            raise ImportRefused(str(error)) from error
    return [_seen(row) for row in sorted(taken, key=lambda row: row.number)]


def _taken(job: ImportJob, table: Table, by: User, now: datetime, rows: int) -> Sequence[Row]:
    kind_class = KINDS[job.kind]
    mapping = mappings.parse(job.mapping or {}, kind=job.kind, fields=kind_class.fields)
    reader = Reader(mapping, table.columns, fields=kind_class.fields, needs=kind_class.needs)
    kind = kind_class(source=job.source, by=by, now=now, note=lambda _text, _row: None)
    return [*kind.take([reader.row(line) for line in islice(table.lines(), rows)]), *kind.finish()]


def _seen(row: Row) -> Seen:
    refused = [row.refusal] if row.refusal else row.field_refusals
    reasons = tuple(f"{one.column}: {one.reason}" if one.column else one.reason for one in refused)
    effect = str(row.effect or Effect.UNCHANGED)
    return Seen(row.number, row.cells, effect, dict(row.found), row.is_doubt, reasons)
