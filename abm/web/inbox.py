"""Inbox: which leads wait for my answer, which is due next, why this one now?"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abm.web import brief, frame, move_forms
from abm.web.frame import wants_piece
from abm.web.requests import PageRequest
from funnel.models import Handoff, Lead
from funnel.querysets import HandoffQuerySet
from users.models import User
from users.roles import Role

PER_PAGE = 50


def _whose(user: User, wish: str = "") -> str:
    """me or team: only a manager has the team's pile, and starts with it while the own one is empty."""
    if user.role != Role.SALES_MANAGER:
        return "me"
    if wish in ("me", "team"):
        return wish
    return "me" if _waiting(user, "me").exists() else "team"


def _waiting(user: User, who: str) -> HandoffQuerySet:
    """The user's own handoffs without an answer, the ignored ones too; or those of a manager's whole team."""
    unanswered = Handoff.objects.unanswered()
    if who == "team":
        return unanswered.filter(lead__in=Lead.objects.visible_to(user), team=user.team_id)
    return unanswered.of(user)


@frame.count("inbox")
def count(user: User) -> int:
    """How many leads wait on the pile this user starts with."""
    return _waiting(user, _whose(user)).count()


@require_safe
def index(request: PageRequest, public_id: UUID | None = None) -> HttpResponse:
    """The waiting leads, least time left first; the first (or the one in the address) is open beside them."""
    user = request.user
    who = _whose(user, request.GET.get("who", ""))
    rows = _waiting(user, who).for_rows().in_answering_order()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    lead = _open(user, public_id, shown)
    context: dict[str, Any] = {
        "page": page,
        "who": who,
        "tabs": _tabs(user, who),
        "open": public_id,
        "back_url": _address(who),
        "elsewhere": reverse("metrics" if user.role == Role.PARTNER else "funnel"),
        "now": timezone.now(),
        **(_panel(user, lead, shown, who) if lead else {}),
    }
    template = "inbox/panel.html" if wants_piece(request) and lead else "inbox/index.html"
    return render(request, template, context)


def _open(user: User, public_id: UUID | None, rows: Sequence[Handoff]) -> Lead | None:
    visible = Lead.objects.visible_to(user).for_rows()
    if public_id:
        return get_object_or_404(visible, public_id=public_id)
    return visible.filter(pk=rows[0].lead_id).first() if rows else None


def _panel(user: User, lead: Lead, rows: Sequence[Handoff], who: str) -> dict[str, Any]:
    found = brief.of(lead, by=user, now=timezone.now())
    may = {option.verb for option in found["options"] if not option.obstacle}
    return {
        **found,
        "accept_form": move_forms.Accept(lead=lead) if "accept" in may else None,
        "may_ask": "ask" in may,
        "next_url": _address(who, _after(lead, rows)),
    }


def _after(lead: Lead, rows: Sequence[Handoff]) -> UUID | None:
    """The lead that opens once this one is answered: the one below it, else the one on top."""
    others = [row.lead.public_id for row in rows if row.lead_id != lead.pk]
    at = next((at for at, row in enumerate(rows) if row.lead_id == lead.pk), 0)
    return others[at if at < len(others) else 0] if others else None


def _address(who: str, public_id: UUID | None = None) -> str:
    url = reverse("inbox_open", args=[public_id]) if public_id else reverse("inbox")
    return f"{url}?who={who}"


def _tabs(user: User, who: str) -> list[dict[str, Any]]:
    if user.role != Role.SALES_MANAGER:
        return []
    piles = {"me": _("Mine"), "team": _("My team’s")}
    return [
        {"word": word, "href": _address(name), "current": name == who, "count": _waiting(user, name).count()}
        for name, word in piles.items()
    ]
