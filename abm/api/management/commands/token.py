"""`manage.py token create|list|revoke`: the API's tokens. A token is printed once, when it is created."""

import json
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from abm.api import tokens
from abm.api.models import Token
from users.enrolling import ServiceRefused, ensure_service
from users.models import User


class Command(BaseCommand):
    help = "Creates, lists and revokes API tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="a new token of a service user, printed once")
        create.add_argument("user", help="whom it acts as")
        create.add_argument("--role", help="makes the service user with this role, if there is none of this name")
        create.add_argument("--team", default="", help="the new service user's team (a partner needs one)")
        create.add_argument("--name", required=True, help="what uses it")
        create.add_argument("--scopes", default="read", help="read, write, or leads:write …; several in quotes")
        create.add_argument("--days", type=int, default=tokens.LIFETIME.days, help="until it expires")
        show = verbs.add_parser("list", help="all tokens, with when they were last used")
        revoke = verbs.add_parser("revoke", help="a token opens nothing from now on")
        revoke.add_argument("key", help="its first characters, as `list` shows them")
        for verb in (create, show, revoke):
            verb.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        answer: Any = getattr(self, f"_{options['verb']}")(options)
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else _lines(answer))

    def _create(self, options: dict[str, Any]) -> dict[str, Any]:
        act: dict[str, Any] = {"by": User.objects.system(), "now": timezone.now()}
        try:
            with transaction.atomic():
                told = {"name": options["name"], "scopes": options["scopes"]}
                token, secret = tokens.issue(
                    _service(options, act), **told, expires_at=_end(options, act["now"]), **act
                )
        except (ServiceRefused, tokens.TokenRefused) as error:
            raise CommandError(str(error)) from error
        return {"token": secret, **_described(token)}

    def _list(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        return [_described(token) for token in Token.objects.select_related("user")]

    def _revoke(self, options: dict[str, Any]) -> dict[str, Any]:
        try:
            token = Token.objects.select_related("user").get(token_key=options["key"])
            tokens.revoke(token, by=User.objects.system(), now=timezone.now())
        except Token.DoesNotExist as error:
            raise CommandError(_("There is no token that begins so: %(key)s.") % {"key": options["key"]}) from error
        except tokens.TokenRefused as error:
            raise CommandError(str(error)) from error
        return _described(token)


def _service(options: dict[str, Any], act: dict[str, Any]) -> User:
    if options["role"]:
        return ensure_service(options["user"], role=options["role"].upper(), team=options["team"], **act)
    try:
        return User.objects.get_by_natural_key(options["user"])
    except User.DoesNotExist as error:
        text = _("There is no user called %(name)s. --role makes a service user.") % {"name": options["user"]}
        raise CommandError(text) from error


def _end(options: dict[str, Any], now: datetime) -> datetime:
    try:
        return now + timedelta(days=options["days"])
    except OverflowError as error:
        raise CommandError(_("This is too far away.")) from error


def _described(token: Token) -> dict[str, Any]:
    moments = {"expires_at": token.expiry, "last_used_at": token.last_used_at, "revoked_at": token.revoked_at}
    words = {"key": token.token_key, "name": token.name, "user": token.user.username, "scopes": token.scopes}
    return words | {key: moment and moment.isoformat(timespec="seconds") for key, moment in moments.items()}


def _lines(answer: Any) -> str:
    if isinstance(answer, list):
        return "\n".join("\t".join(str(value or "-") for value in row.values()) for row in answer)
    return "\n".join(f"{key}: {value or '-'}" for key, value in answer.items())
