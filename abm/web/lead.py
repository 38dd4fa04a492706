"""Lead: the brief on one page, the moves I may make, the whole history; and the list of leads behind every number."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from abm.web import brief
from abm.web.requests import PageRequest
from funnel.models import Lead


@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One lead."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).for_rows(), public_id=public_id)
    now = timezone.now()
    return render(request, "leads/show.html", brief.of(lead, by=request.user, now=now) | {"now": now})
