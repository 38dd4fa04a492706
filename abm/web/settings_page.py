"""Settings: what was agreed (clocks, reasons, rule, calendars), who works here, and one's own choices."""

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abm.web.requests import PageRequest
from funnel.models import Policy, RejectReason
from scoring.models import ScoringRule
from users.models import BusinessCalendar, User
from users.roles import Role


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Everything that steers the product, to read; changing it follows with the issues that need it."""
    inside = request.user.role != Role.PARTNER
    context = {
        "policies": _policies(request.user).select_related("source", "partner"),
        "reasons": RejectReason.objects.all(),
        "rules": ScoringRule.objects.order_by("-version")[:3] if inside else [],
        "calendars": BusinessCalendar.objects.order_by("name"),
        "people": User.objects.active().exclude(role=Role.SYSTEM).select_related("team", "manager") if inside else [],
    }
    return render(request, "settings/index.html", context)


def _policies(user: User) -> QuerySet[Policy]:
    """The clocks; a partner is not told what was promised to other firms."""
    if user.role != Role.PARTNER:
        return Policy.objects.all()
    return Policy.objects.filter(Q(partner=None) | Q(partner=user.team_id))
