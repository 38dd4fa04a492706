"""`manage.py metrics`: the metrics on the command line, by the same definitions as pages and API."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from funnel import metrics, readout
from funnel.measures import DEFAULT_K, Row, midnight
from funnel.metrics import UnknownMetric, UnknownSlice


def day(text: str) -> date:
    """A date like 2026-04-01."""
    found = parse_date(text)
    if found is None:
        raise ValueError(text)
    return found


def moment(text: str) -> datetime:
    """A date and time with or without offset; a bare date is its first moment. Local where no offset is given."""
    found = parse_datetime(text)
    if found is None or len(text) == len("2026-04-01"):
        return midnight(day(text))
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def pair(text: str) -> tuple[str, str]:
    """dimension=code."""
    name, equals, code = text.partition("=")
    if not equals:
        raise ValueError(text)
    return name, code


class Command(BaseCommand):
    help = "Prints metrics, by the definitions of docs/metrics.md. An unknown key or slice is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keys", nargs="+", metavar="KEY")
        parser.add_argument("--by", default="", metavar="DIM,…", help="slice by these dimensions")
        parser.add_argument("--from", dest="date_from", type=day, metavar="D", help="first day of the period")
        parser.add_argument("--to", dest="date_to", type=day, metavar="D", help="last day of the period")
        parser.add_argument("--as-of", type=moment, metavar="T", help="nothing later than this exists (default: now)")
        parser.add_argument("--k", type=int, default=DEFAULT_K, help="days after hand-over that count (default: 30)")
        parser.add_argument("--filter", nargs="+", action="extend", type=pair, default=[], metavar="DIM=CODE")
        parser.add_argument("--compare", default="", choices=["", metrics.PREVIOUS_YEAR])
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        terms = {name: options[name] for name in ("date_from", "date_to", "as_of", "k")}
        terms["filters"] = dict(options["filter"])
        by = [name for name in options["by"].split(",") if name]
        try:
            rows = metrics.evaluate(options["keys"], by=by, compare=options["compare"], **terms)
        except (UnknownMetric, UnknownSlice) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(as_json(rows) if options["json"] else as_table(rows))
        if options["compare"] and not options["json"] and not by:
            self._explain(options["keys"], terms)

    def _explain(self, keys: Sequence[str], terms: dict[str, Any]) -> None:
        """What each rate's difference is made of, in percentage points."""
        for key in keys:
            made_of = metrics.explain(key, **terms)
            if made_of is None:
                continue
            line = {"mix": made_of.split.mix, "behaviour": made_of.split.behaviour}
            if made_of.shapley:
                line |= {"SAL": made_of.shapley.first, "conversion": made_of.shapley.second}
            self.stdout.write(f"{key}: " + ", ".join(f"{name} {readout.points(part)}" for name, part in line.items()))


def as_json(rows: Sequence[Row]) -> str:
    """One object per row; money and days as text, rates as numbers."""
    return json.dumps([readout.as_data(row) for row in rows], ensure_ascii=False, indent=2)


def as_table(rows: Sequence[Row]) -> str:
    """The rows in columns; what no row has is left out."""
    if not rows:
        return _("Nothing to count.")
    lines = [readout.as_words(row) for row in rows]
    names = [name for name in dict.fromkeys(key for line in lines for key in line) if any(x.get(name) for x in lines)]
    cells = [names, *([line.get(name, "") for name in names] for line in lines)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(names))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)
