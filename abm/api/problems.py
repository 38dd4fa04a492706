"""Every error as RFC 9457 `application/problem+json`: type, title, status, detail, and what exactly is wrong.

`errors[]` points into the request: a JSON Pointer fragment (`#/persons/0/email`) for the body, a `parameter` for
the query. Texts are in the asker's language, types and codes never change.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:abm:problem:"


class Problem(exceptions.APIException):
    """An error with its own type and further members, such as `allowed_moves`."""

    def __init__(self, kind: str, status_code: int, detail: str, **members: Any) -> None:
        super().__init__(detail, code=kind)
        self.kind, self.status_code, self.members = kind, status_code, members


class BadParameters(exceptions.APIException):
    """What is wrong with the query: parameter → texts."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, found: dict[str, Any], **members: Any) -> None:
        super().__init__(_("The query cannot be understood."), code="bad-query")
        self.kind, self.members = "bad-query", members | {"errors": _in_query(found)}


class TooLarge(Problem):
    """A body over the limit."""

    def __init__(self, limit: int) -> None:
        text = _("The body is larger than %(limit)s MB.") % {"limit": limit // 2**20}
        super().__init__("too-large", status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, text, limit=limit)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: the answer to an exception; None lets an unexpected one become a 500."""
    found = _as_api_exception(error)
    if found is None:
        return None
    return Response(body_of(found), found.status_code, headers=_headers(found), content_type=MEDIA_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody expected (Django's handler500): a problem to clients, a page to people."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    error = Problem("server-error", 500, _("Something went wrong on our side"))
    return JsonResponse(body_of(error), status=500, content_type=MEDIA_TYPE)


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    for kind, made in _TRANSLATED.items():
        if isinstance(error, kind):
            return made(error)
    return None


_TRANSLATED: dict[type[Exception], Any] = {
    Http404: lambda error: exceptions.NotFound(),
    PermissionDenied: lambda error: exceptions.PermissionDenied(*error.args),
    RequestDataTooBig: lambda error: TooLarge(api_limit()),
    ModelInvalid: lambda error: exceptions.ValidationError(_model_errors(error)),
    RecursionError: lambda error: exceptions.ParseError(_("This is nested too deeply.")),
    IntegrityError: lambda error: Problem("conflict", 409, _("This clashes with what is already stored.")),
}


def translate(kind: type[Exception], made: Any) -> None:
    """Registers how an act's exception is answered; called by the module whose views call that act."""
    _TRANSLATED[kind] = made


def api_limit() -> int:
    """Bytes a body may have."""
    from django.conf import settings

    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def body_of(error: exceptions.APIException) -> dict[str, Any]:
    """The problem's members."""
    invalid = isinstance(error, exceptions.ValidationError)
    code = "invalid" if invalid else getattr(error, "kind", "") or str(error.default_code).replace("_", "-")
    problem: dict[str, Any] = {
        "type": TYPE + code,
        "title": HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
        "detail": _("Some values are not valid.") if invalid else str(error.detail),
    }
    if invalid:
        problem["errors"] = pointed(error.detail)
    return problem | getattr(error, "members", {})


def pointed(detail: Any) -> list[dict[str, str]]:
    """DRF's nested details, flattened into one entry per text."""
    return list(_flat(detail, "#"))


def _flat(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            own = key == api_settings.NON_FIELD_ERRORS_KEY
            yield from _flat(value, pointer if own else f"{pointer}/{_escaped(str(key))}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            leaf = isinstance(value, exceptions.ErrorDetail)
            yield from _flat(value, pointer if leaf else f"{pointer}/{index}")
    else:
        yield {"pointer": pointer, "detail": str(detail), "code": getattr(detail, "code", "invalid")}


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _in_query(found: dict[str, Any]) -> list[dict[str, str]]:
    return [{"parameter": name, "detail": str(text)} for name, texts in found.items() for text in texts]


def _model_errors(error: ModelInvalid) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else {api_settings.NON_FIELD_ERRORS_KEY: error.messages}


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = f"{wait:.0f}"
    return headers
