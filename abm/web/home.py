"""/ leads each person to the first screen of their role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from abm.web.frame import Frame
from abm.web.requests import PageRequest


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Redirects; a role without screens is told whom to ask."""
    frame = Frame(request)
    return redirect(frame.home) if frame.rail else render(request, "home.html")
