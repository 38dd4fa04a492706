"""Settings, clocks: what time did we promise each other?"""

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abm.web.requests import PageRequest
from funnel.models import Policy
from users.models import User
from users.roles import Role


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The policies, newest first."""
    policies = _policies(request.user).select_related("source", "partner")
    return render(request, "settings/clocks.html", {"policies": policies})


def _policies(user: User) -> QuerySet[Policy]:
    """The clocks; a partner is not told what was promised to other firms."""
    if user.role != Role.PARTNER:
        return Policy.objects.all()
    return Policy.objects.filter(Q(partner=None) | Q(partner=user.team_id))
