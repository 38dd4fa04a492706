"""`manage.py check_invariants`: asks the stored leads whether the waterfall's promises hold."""

import json
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from funnel import invariants

SHOWN = 100


class Command(BaseCommand):
    """Exit code 1 when any invariant is broken."""

    help = "Checks the invariants of the waterfall; exit code 1 on a breach."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.check(now=timezone.now())
        shown = list(islice(found, SHOWN))
        total = len(shown) + sum(1 for _ in found)
        if options["json"]:
            breaches = [asdict(breach) for breach in shown]
            self.stdout.write(json.dumps({"breaches": total, "shown": breaches}, ensure_ascii=False))
        else:
            for breach in shown:
                self.stdout.write(f"invariant {breach.invariant}, lead {breach.lead_id or '–'}: {breach.what}")
            self.stdout.write(f"{total} breaches")
        if total:
            raise CommandError(f"{total} breaches", returncode=1)
