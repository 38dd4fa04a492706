"""manage.py demo build|wipe|logins: the demo company."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from abm.demo import staff
from abm.demo.build import DemoRefused, build
from abm.demo.models import DemoCompany
from abm.demo.wipe import wipe
from users.models import User


class Command(BaseCommand):
    """Builds or wipes the demo company, or says how to sign in."""

    help = "Builds or wipes the demo company, or prints its logins. Never touches a database with data of your own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["build", "wipe", "logins"])
        parser.add_argument("--rebuild", action="store_true", help="build: wipe a demo company that is there first")
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said, facts = getattr(self, options["what"])(options)
        except DemoRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(facts, ensure_ascii=False) if options["json"] else said)

    def build(self, options: Mapping[str, Any]) -> tuple[str, object]:
        if DemoCompany.objects.exists():
            if not options["rebuild"]:
                return _("The demo company is already here."), {"built": False}
            wipe()
        made = build(now=timezone.now())
        counts = ", ".join(f"{count:,} {label}" for label, count in made.items())
        return _("The demo company is built (%(counts)s).") % {"counts": counts}, {"built": True, **made}

    def wipe(self, options: Mapping[str, Any]) -> tuple[str, object]:
        wipe()
        return _("The demo company is gone."), {"wiped": True}

    def logins(self, options: Mapping[str, Any]) -> tuple[str, object]:
        found = User.objects.active().filter(source=staff.USER_SOURCE, is_service=False).order_by("id")
        if not found or not DemoCompany.objects.exists():
            raise DemoRefused(_("There is no demo company here."))
        rows = [
            {"role": user.role, "name": user.name, "username": user.username, "password": staff.PASSWORD}
            for user in found
        ]
        lines = [f"{row['role']:<15} {row['username']:<10} {row['password']}  {row['name']}" for row in rows]
        return "\n".join(lines), rows
