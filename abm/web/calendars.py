"""Settings, calendars: when does each team work?"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abm.web.requests import PageRequest
from users.models import BusinessCalendar


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The calendars."""
    return render(request, "settings/calendars.html", {"calendars": BusinessCalendar.objects.order_by("name")})
