"""Two things every request gets: the user's language, and the door its acts are recorded under."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

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
