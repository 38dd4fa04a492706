"""Hand-over desk, rejected as OTHER: what is the true reason?"""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from abm.web.requests import PageRequest
from funnel import recoding
from funnel.enums import Disposition, MoveName
from funnel.models import Lead, LeadMove, RejectReason
from users.roles import MARKETING

PER_PAGE = 50


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The rejections that name no reason, oldest first, with what sales wrote."""
    waiting = Lead.objects.visible_to(request.user).to_recode().for_rows().order_by("rejected_at", "id")
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    rejections = LeadMove.objects.filter(lead__in=list(page), move=MoveName.REJECT).order_by("seq")
    told = {move.lead_id: move for move in rejections.select_related("by")}
    context = {
        "page": page,
        "rows": [(lead, told.get(lead.pk)) for lead in page],
        "reasons": RejectReason.objects.filter(is_active=True).exclude(disposition=Disposition.RECODE),
        "share": recoding.share(now=timezone.now()),
        "most": recoding.MOST,
        "may_recode": request.user.role in MARKETING,
    }
    return render(request, "desk/recoding.html", context)
