"""What every request gets: the user's language, the door its acts are recorded under, only the role's screens."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from abm.web import frame
from audit import doors
from audit.enums import Door

Answer = Callable[[HttpRequest], HttpResponse]


def language_of_user(get_response: Answer) -> Answer:
    """A signed-in user's own language; without one, what LocaleMiddleware found (cookie, then browser)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware


def door(get_response: Answer) -> Answer:
    """Acts asked for under /api/ came through the API, all others through a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with doors.through(Door.API if request.path.startswith("/api/") else Door.PAGE):
            return get_response(request)

    return middleware


def nothing_kept(get_response: Answer) -> Answer:
    """What somebody signed in has seen is kept by no browser and no proxy: the next at the desk must not find it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


def screens_of_role(get_response: Answer) -> Answer:
    """A screen that is not in the rail of a role is closed to it, by address too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not frame.is_open(request.path, request.user):
            raise PermissionDenied
        return get_response(request)

    return middleware
