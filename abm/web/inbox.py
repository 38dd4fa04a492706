"""Inbox: which leads wait for my answer, which is due next, why this one now?"""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abm.web import brief, frame, move_forms
from abm.web.frame import wants_piece
from funnel.models import Handoff, Lead
from users.models import User
from users.roles import Role

PER_PAGE = 50


def _waiting(user: User, who: str) -> QuerySet[Handoff]:
    """The user's own handoffs without an answer, the ignored ones too; a manager may ask for the whole team's."""
    unanswered = Handoff.objects.unanswered()
    if who == "team" and user.role == Role.SALES_MANAGER:
        return unanswered.filter(lead__in=Lead.objects.visible_to(user), team=user.team_id)
    return unanswered.of(user)


@frame.count("inbox")
def count(user: User) -> int:
    """How many leads wait for this user's answer."""
    return _waiting(user, "me").count()


@require_safe
def index(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """The waiting leads, least time left first; the first (or the one in the address) is open beside them."""
    who = request.GET.get("who", "me")
    rows = _waiting(request.user, who).for_rows().in_answering_order()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lead = _open(request, public_id, page.object_list)
    context: dict[str, Any] = {
        "page": page,
        "who": who,
        "tabs": _tabs(request, who),
        "open": public_id,
        "now": timezone.now(),
        **(_panel(request, lead) if lead else {}),
    }
    template = "inbox/panel.html" if wants_piece(request) and lead else "inbox/index.html"
    return render(request, template, context)


def _open(request: HttpRequest, public_id: UUID | None, rows: Any) -> Lead | None:
    visible = Lead.objects.visible_to(request.user).for_rows()
    if public_id:
        return get_object_or_404(visible, public_id=public_id)
    return visible.filter(pk=rows[0].lead_id).first() if rows else None


def _panel(request: HttpRequest, lead: Lead) -> dict[str, Any]:
    found = brief.of(lead, by=request.user, now=timezone.now())
    may = {option.verb for option in found["options"] if not option.obstacle}
    return {**found, "accept_form": move_forms.Accept(lead=lead) if "accept" in may else None}


def _tabs(request: HttpRequest, who: str) -> list[dict[str, Any]]:
    if request.user.role != Role.SALES_MANAGER:
        return []
    mine, team = _("Mine"), _("My team’s")
    return [
        {"word": mine, "href": "?who=me", "current": who != "team"},
        {"word": team, "href": "?who=team", "current": who == "team"},
    ]
