"""manage.py match NAMES.csv --column C --against REF.csv … --out VERDICTS.csv: who is who (docs/recipes/match.md)."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.finding import everybody
from accounts.matching import Index
from accounts.proposing import no_collecting
from imports.headers import normal_header
from imports.reading import Table, Unreadable, open_table
from imports.verdicts import Columns, NoSuchColumn, answered, column, reference, write

CONTACTS = ("address", "phone", "domain")


class Command(BaseCommand):
    help = (
        "Says for each company name whether it is one of those in another file (or in the database, read only): "
        "MATCHED, AMBIGUOUS or NEW, with id, rule and score. Changes nothing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", type=Path)
        parser.add_argument("--column", required=True, help="the column with the company names")
        parser.add_argument("--against", type=Path, help="the file to match against; without it, our accounts")
        parser.add_argument("--against-column", help="its column with the names (default: as --column)")
        parser.add_argument("--id-column", help="its column with the ids (default: the number of the row)")
        parser.add_argument("--against-further-column", action="append", default=[], metavar="COLUMN",
                            help="its column with a further name: English, kana, former (may be repeated)")  # fmt: skip
        parser.add_argument("--out", type=Path, required=True, help="where the verdicts go (CSV, UTF-8)")
        for kind in ("number", *CONTACTS):
            parser.add_argument(f"--{kind}-column", help=f"{kind}, if the names come with one")
            parser.add_argument(f"--against-{kind}-column", help=f"{kind} in the other file (default: the same column)")

    def handle(self, *, names: Path, against: Path | None, out: Path, **options: Any) -> None:
        started = perf_counter()
        if out.resolve() in {path.resolve() for path in (names, against) if path}:
            raise CommandError(_("The verdicts would overwrite %(file)s.") % {"file": out})
        try:
            with no_collecting():
                counts = _match(names, against, out, options)
        except (Unreadable, NoSuchColumn) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        self.stdout.write(_as_text(counts, perf_counter() - started))


def _match(names: Path, against: Path | None, out: Path, options: dict[str, Any]) -> Counter[tuple[str, str]]:
    table = _table(names, options["column"])
    columns = _columns(table, options, "")
    index = _reference(against, options) if against else everybody()
    partial = out.with_name(f"{out.name}.part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            counts = write(stream, table.columns, answered(table.lines(), columns, index))
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _reference(path: Path, options: dict[str, Any]) -> Index:
    inherited = {f"against_{name}": options[f"against_{name}"] or options[name]
                 for name in ("column", *(f"{kind}_column" for kind in ("number", *CONTACTS)))}  # fmt: skip
    table = _table(path, inherited["against_column"])
    return reference(table.lines(), _columns(table, {**options, **inherited}, "against_"))


def _table(path: Path, name_column: str) -> Table:
    return open_table(path, known_headers={normal_header(name_column)})


def _columns(table: Table, options: dict[str, Any], side: str) -> Columns:
    """Where the file says what; `side` is the prefix of its options."""

    def place(option: str) -> int | None:
        return column(table, options[option]) if options[option] else None

    said = ((kind, place(f"{side}{kind}_column")) for kind in CONTACTS)
    return Columns(
        name=column(table, options[f"{side}column"]),
        id=place("id_column") if side else None,
        number=place(f"{side}number_column"),
        contacts=tuple((kind, where) for kind, where in said if where is not None),
        further=tuple(column(table, name) for name in options["against_further_column"]) if side else (),
    )


def _as_text(counts: Counter[tuple[str, str]], seconds: float) -> str:
    lines = [f"{verdict:<10} {rule:<18} {count:>9,}" for (verdict, rule), count in sorted(counts.items())]
    total = _("%(count)s rows in %(seconds).1f s") % {"count": f"{counts.total():,}", "seconds": seconds}
    return "\n".join([*lines, total])
