"""`manage.py openapi`: writes docs/openapi.json; with --check, only says whether it is what the code describes."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

FILE = Path(settings.BASE_DIR) / "docs" / "openapi.json"


def described() -> str:
    """The schema, as it is committed: in English, with a line per value so that changes can be read."""
    with translation.override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


class Command(BaseCommand):
    help = "Writes docs/openapi.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the file is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        fresh = described()
        if GENERATOR_STATS:
            GENERATOR_STATS.emit_summary()
            raise CommandError("The schema has gaps, see above.")
        if not options["check"]:
            validate_schema(json.loads(fresh))  # takes long, and need not be said again of what was once written
            FILE.write_text(fresh, encoding="utf-8")
        elif not FILE.exists() or FILE.read_text(encoding="utf-8") != fresh:
            raise CommandError("docs/openapi.json is out of date: please run `manage.py openapi`.")
