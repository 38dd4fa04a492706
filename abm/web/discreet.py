"""Pages that know their user from a link: for its holder's eyes only, in the holder's language."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache

from users.models import User

View = Callable[..., HttpResponse]


def discreet(view: View) -> View:
    """Kept by nobody, found by no search engine, its address told to no other server.

    A page with a form tells its own origin and no path (`with_form`): without any referrer browsers send
    `Origin: null`, which the protection against forged requests rightly refuses. All other pages tell nothing.
    """

    @never_cache
    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.setdefault("Referrer-Policy", "no-referrer")
        return response

    return seen


def with_form(response: HttpResponse) -> HttpResponse:
    """A page that holds a form."""
    response["Referrer-Policy"] = "strict-origin"
    return response


def language_of(request: HttpRequest, user: User) -> str:
    """What was chosen in this browser, else the user's own, else the browser's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    own = chosen if chosen in dict(settings.LANGUAGES) else user.language
    return own or translation.get_language() or settings.LANGUAGE_CODE
