"""Settings: one's own choices, who works here, the scoring rule. Clocks, calendars, reasons: pages of their own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abm.web.requests import PageRequest
from scoring.models import ScoringRule
from users.models import User
from users.roles import Role


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """What each chooses for themselves."""
    return render(request, "settings/index.html")


@require_safe
def rules(request: PageRequest) -> HttpResponse:
    """The latest scoring rules, to read."""
    return render(request, "settings/rules.html", {"rules": ScoringRule.objects.order_by("-version")[:3]})


@require_safe
def people(request: PageRequest) -> HttpResponse:
    """Who works here, in which role and team."""
    here = User.objects.visible_to(request.user).active().exclude(role=Role.SYSTEM)
    return render(request, "settings/people.html", {"people": here.select_related("team", "manager")})
