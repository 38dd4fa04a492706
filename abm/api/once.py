"""Idempotency-Key: the same POST asked twice has one effect and one answer.

The key's row is inserted first, in the transaction of the act itself. Whoever asks the same at the same time waits at
the unique index until that transaction has ended, and then reads the answer it left; if it failed, the next one acts.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from abm.api.models import KeptAnswer
from abm.api.problems import Problem

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Location", "ETag")
KEPT_FOR = timedelta(hours=48)
LONGEST = 255

Handler = Callable[..., Response]

CLAIM = """
    INSERT INTO api_keptanswer (user_id, key, fingerprint, body, headers, created_at)
    VALUES (%s, %s, %s, '', '{}', %s) ON CONFLICT (user_id, key) DO NOTHING
"""


def answered(view: Any, handler: Handler) -> Callable[..., HttpResponse]:
    """`handler`, wrapped so that it runs once per key of the asking user."""

    def post(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        key, fingerprint = _key(request), _fingerprint(request)
        with transaction.atomic():
            _claim(request, key, fingerprint)
            kept = KeptAnswer.objects.get(user=request.user.pk, key=key)
            if kept.fingerprint != fingerprint:
                raise Problem("key-reused", 422, _("This Idempotency-Key was used for another request."))
            if kept.status is None:
                _keep(kept, _ask(view, handler, request, *args, **kwargs))
        return _again(kept)

    return post


def _key(request: Request) -> str:
    key = request.headers[HEADER]
    if not 0 < len(key) <= LONGEST or not key.isprintable():
        raise Problem("bad-key", 400, _("An Idempotency-Key has 1 to 255 printable characters."))
    return key


def _claim(request: Request, key: str, fingerprint: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [request.user.pk, key, fingerprint, timezone.now()])


def _ask(view: Any, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> Response:
    """The handler's answer; a refusal is an answer too, an unexpected error is none and keeps nothing."""
    try:
        with transaction.atomic():
            return handler(request, *args, **kwargs)
    except Exception as error:
        refusal: Response = view.handle_exception(error)
        return refusal


def _keep(kept: KeptAnswer, response: Response) -> None:
    kept.status = response.status_code
    kept.body = "" if response.data is None else JSONRenderer().render(response.data).decode()
    kept.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    kept.headers["Content-Type"] = response.content_type or JSONRenderer.media_type
    kept.save(update_fields=["status", "body", "headers"])


def _again(kept: KeptAnswer) -> HttpResponse:
    return HttpResponse(kept.body, status=kept.status, headers=kept.headers)


def _fingerprint(request: Request) -> str:
    """What was asked: method, address and body (an uploaded file by its contents)."""
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    told: Any = request.data
    if request.FILES:
        told = {name: _digest(value) for name, value in told.items()}
    asked.update(json.dumps(told, sort_keys=True).encode())
    return asked.hexdigest()


def _digest(value: Any) -> str:
    """A form's value as text; a file by its contents."""
    if not isinstance(value, UploadedFile):
        return str(value)
    found = hashlib.sha256()
    for chunk in value.chunks():
        found.update(chunk)
    value.seek(0)
    return found.hexdigest()


def forget_old(*, now: datetime) -> int:
    """Lets go of answers older than two days; returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
