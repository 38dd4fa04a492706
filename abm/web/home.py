"""/ leads each person to the first screen of their role; the counts beside the screens' words are kept up to date."""

from django import forms
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


class Seen(forms.Form):
    """The counts the asking page shows."""

    seen = forms.CharField(max_length=200)


@require_safe
def counts(request: PageRequest) -> HttpResponse:
    """The counts anew, into their places on any page; 204 while they are as the page shows them."""
    seen = Seen(request.GET)
    if seen.is_valid() and seen.cleaned_data["seen"] == Frame(request).seen:
        return HttpResponse(status=204)
    return render(request, "frame/counts.html", {"again": True})
