"""Settings, reasons: why may sales say no, and what then?"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from abm.web.requests import PageRequest
from funnel.models import RejectReason


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """All reasons, in their order."""
    return render(request, "settings/reasons.html", {"reasons": RejectReason.objects.all()})
