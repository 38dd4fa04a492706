"""How a view ends after its act."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from abm.web.frame import wants_piece
from funnel.models import Lead


def done(request: HttpRequest, text: str, to: str, *args: object, undo: Iterable[Lead] = ()) -> HttpResponse:
    """Says what was done and leads to `to` (a URL, or a URL name with its arguments).

    `undo`: the leads whose answers the message offers to take back.
    """
    messages.success(request, text, extra_tags=" ".join(str(lead.public_id) for lead in undo))
    return go(request, to, *args)


def refused(request: HttpRequest, why: object, to: str, *args: object) -> HttpResponse:
    """Says why it was not done, in the words of the act's exception, and leads to `to`."""
    messages.error(request, str(why))
    return go(request, to, *args)


def go(request: HttpRequest, to: str, *args: object) -> HttpResponse:
    """A redirect that also works when htmx asked."""
    url = to if to.startswith(("/", "?")) else reverse(to, args=args)
    return HttpResponseClientRedirect(url) if wants_piece(request) else redirect(url)
