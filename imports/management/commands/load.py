"""manage.py load FILE --as KIND --source NAME: bring a file in (docs/recipes/load.md)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from imports import jobs, load
from imports import mapping as mappings
from imports.enums import KindName
from imports.mapping import MappingError
from imports.models import ImportJob
from users.models import User


class Command(BaseCommand):
    help = (
        "Loads a CSV or TSV file: read = created + updated + unchanged + refused. The same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="kind", required=True, choices=[kind.value for kind in KindName])
        parser.add_argument("--source", required=True, help="where the file comes from, e.g. salesforce")
        parser.add_argument("--mapping", type=Path, help="JSON: column → field, value → value, dates, numbers")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen, change nothing")
        parser.add_argument("--by", default="system", help="the user who loads (default: system)")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *, file: Path, json: bool, by: str, **options: Any) -> None:
        try:
            job = self._load(file, self._user(by), **options)
        except jobs.ImportRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_json(job) if json else _as_text(job))

    def _user(self, username: str) -> User:
        try:
            return User.objects.get_by_natural_key(username)
        except User.DoesNotExist as error:
            raise CommandError(_("There is no user %(name)s.") % {"name": username}) from error

    def _load(self, file: Path, by: User, *, kind: str, source: str, mapping: Path | None, **options: Any) -> ImportJob:
        now = timezone.now()
        if not file.is_file():
            raise jobs.ImportRefused(_("There is no file %(path)s.") % {"path": file})
        try:
            written = mappings.read(mapping) if mapping else None
            with file.open("rb") as stream:
                job = jobs.queue(
                    File(stream),
                    file_name=file.name,
                    kind=kind,
                    source=source,
                    mapping=written,
                    dry_run=options["dry_run"],
                    by=by,
                    now=now,
                    wake=False,
                )
        except MappingError as error:
            raise jobs.ImportRefused(str(error)) from error
        except OSError as error:
            raise jobs.ImportRefused(_("There is no file %(path)s.") % {"path": file}) from error
        return load.run(job, now=now)


def _as_json(job: ImportJob) -> str:
    return json.dumps(summary(job), ensure_ascii=False, indent=2)


def summary(job: ImportJob) -> dict[str, Any]:
    """The job as machines read it."""
    counts = {name: getattr(job, name) for name in ("read", "created", "updated", "unchanged", "refused")}
    error_file = job.error_file.path if job.error_file else None
    return {"id": str(job.public_id), "state": job.state, "dry_run": job.dry_run, **counts,
            "error_file": error_file, **job.report}  # fmt: skip


def _as_text(job: ImportJob) -> str:
    report = job.report
    lines = [
        _("%(file)s: %(encoding)s, header in row %(row)d") % {
            "file": job.file_name, "encoding": report["encoding"], "row": report["header_line"]},
        _("read %(read)d = created %(created)d + updated %(updated)d + unchanged %(unchanged)d + refused %(refused)d")
        % summary(job),
    ]  # fmt: skip
    if job.dry_run:
        lines.append(_("This was a dry run; nothing was changed."))
    lines += [
        _("not taken: %(column)s: %(reason)s (%(count)d rows: %(rows)s)") % {**one, "rows": _rows(one["rows"])}
        for one in report["field_refusals"]
    ]
    lines += [
        _("note: %(text)s (%(count)d rows: %(rows)s)") % {**one, "rows": _rows(one["rows"])} for one in report["notes"]
    ]
    lines += [_("refused: row %(row)d, %(column)s: %(reason)s") % one for one in report["refusals"][:20]]
    if job.error_file:
        lines.append(_("refused rows: %(path)s") % {"path": job.error_file.path})
    return "\n".join(lines)


def _rows(numbers: list[int], shown: int = 10) -> str:
    """Row numbers in words: the first ones, and how many more."""
    text = ", ".join(map(str, numbers[:shown]))
    more = len(numbers) - shown
    return text if more <= 0 else _("%(rows)s and %(more)s more") % {"rows": text, "more": f"{more:,}"}
