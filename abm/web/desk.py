"""Hand-over desk: what waits to be delivered, rejected leads, questions, appeals, returns; each with its own clock."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from abm.web import frame
from abm.web.answers import done, refused
from abm.web.deciders import DeciderField, in_words, warning
from abm.web.moves import DOABLE, Doable
from abm.web.requests import PageRequest
from funnel import leads, piles, returning, routing, waterfall, workload
from funnel.enums import Disposition, MoveName
from funnel.models import Lead
from funnel.piles import Pile, Waiting
from funnel.refusals import MoveRefused
from users.models import User
from users.roles import MARKETING, Role

PER_PAGE = 50
TABS = {
    Pile.ROUTE: gettext_lazy("To route"),
    Pile.REJECTED: gettext_lazy("Rejected, our turn"),
    Pile.ASKED: gettext_lazy("Questions waiting for us"),
    Pile.APPEALED: gettext_lazy("Appeals to decide"),
    Pile.BACK: gettext_lazy("Due back"),
}
ANSWERS: dict[str, MoveName] = {
    Disposition.REPAIR: MoveName.REPAIR,
    Disposition.REQUEUE: MoveName.REQUEUE,
    Disposition.RECYCLE: MoveName.RECYCLE,
    Disposition.MERGE_DUPLICATE: MoveName.MERGE_DUPLICATE,
    Disposition.DISQUALIFY: MoveName.DISQUALIFY,
}
"""What a reason's disposition asks marketing to do with the rejected lead."""


@frame.count("desk")
def count(user: User) -> int:
    """How many leads wait to be routed; for a sales manager, how many appeals to be decided."""
    pile = Pile.ROUTE if user.role in MARKETING else Pile.APPEALED
    return piles.leads_on(pile, user, now=timezone.now()).count()


class Router(forms.Form):
    """Whom a lead goes to."""

    assignee = DeciderField(label=gettext_lazy("To"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.deciders()  # type: ignore[attr-defined]


class Ticked(forms.Form):
    """The ticked leads, by public id."""

    lead = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["lead"].choices = [(value, value) for value in data.getlist("lead")]  # type: ignore[attr-defined]


def _may(user: User, name: MoveName) -> bool:
    return any(Role(user.role) in move.roles for move in waterfall.rows(name))


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """One of the piles, least time left first."""
    user, now = request.user, timezone.now()
    tab = _tab(request.GET.get("tab", ""), user)
    rows = piles.waiting(tab, user, now=now)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": str(tab),
        "tabs": _tabs(tab, user, now, len(rows)),
        "page": page,
        "late": sum(row.is_late(now) for row in rows),
        "may_route": _may(user, MoveName.HAND_OVER),
        "now": now,
        **BESIDE[tab](page, user, now),
    }
    return render(request, "desk/index.html", context)


def _tab(wish: str, user: User) -> Pile:
    """The pile asked for; else the one on which it is this user's turn."""
    usual = Pile.ROUTE if user.role in MARKETING else Pile.APPEALED
    return Pile(wish) if wish in set(Pile) else usual


def _tabs(tab: Pile, user: User, now: datetime, n: int) -> list[dict[str, Any]]:
    """`n`: how many rows of the pile `tab` were read; where these are all, it is not counted again."""

    def count_of(pile: Pile) -> int:
        return n if pile is tab and n < piles.MOST else piles.leads_on(pile, user, now=now).count()

    return [
        {"word": word, "href": f"?tab={pile}", "current": pile is tab, "count": count_of(pile)}
        for pile, word in TABS.items()
    ]


def _with_proposals(page: "Page[Waiting]", user: User, now: datetime) -> dict[str, Any]:
    rows = list(page)
    proposals = routing.propose([row.lead for row in rows], now=now)
    away = workload.who_is_away(now=now)
    deciders = [(one.pk, in_words(one, away)) for one in User.objects.deciders().select_related("team")]
    return {"rows": list(zip(rows, proposals, strict=True)), "deciders": deciders}


def _with_answers(page: "Page[Waiting]", user: User, now: datetime) -> dict[str, Any]:
    rows = list(page)
    repeated = piles.repeated(row.lead for row in rows)
    return {
        "rows": [(row, _answer(row.lead, user), repeated.get(row.lead.pk)) for row in rows],
        "to_recode": Lead.objects.visible_to(user).to_recode().count(),
    }


def _answer(lead: Lead, user: User) -> tuple[str, Doable] | None:
    """The move that the reason asks for, as a button, where this user may take it."""
    name = ANSWERS.get(lead.reject_reason.disposition) if lead.reject_reason else None
    return (name, DOABLE[name]) if name and _may(user, name) else None


def _with_harvest(page: "Page[Waiting]", user: User, now: datetime) -> dict[str, Any]:
    return {"rows": list(page), "harvest": piles.harvest(user, today=timezone.localdate(now))}


def _plain(page: "Page[Waiting]", user: User, now: datetime) -> dict[str, Any]:
    return {"rows": list(page), "may_decide": user.role == Role.SALES_MANAGER}


BESIDE: dict[Pile, Callable[["Page[Waiting]", User, datetime], dict[str, Any]]] = {
    Pile.ROUTE: _with_proposals,
    Pile.REJECTED: _with_answers,
    Pile.ASKED: _plain,
    Pile.APPEALED: _plain,
    Pile.BACK: _with_harvest,
}


@require_POST
def hand_over(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Delivers one lead to the chosen decider."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), public_id=public_id)
    form = Router(request.POST)
    if not form.is_valid():
        return refused(request, _("Please choose who should answer."), "desk")
    assignee = form.cleaned_data["assignee"]
    try:
        leads.hand_over(lead, assignee=assignee, by=request.user, now=timezone.now())
    except MoveRefused as why:
        return refused(request, why, "desk")
    said = _("%(lead)s handed to %(name)s; the answer is due by %(due)s.")
    due = timezone.localtime(lead.handoffs.latest("number").due_at)
    told = said % {"lead": lead, "name": assignee, "due": f"{due:%Y-%m-%d %H:%M}"}
    return done(request, " ".join(filter(None, [told, warning(assignee, timezone.now())])), "desk")


@require_POST
def hand_over_proposed(request: PageRequest) -> HttpResponse:
    """Delivers every ticked lead to whom the rules propose."""
    form = Ticked(request.POST)
    if not form.is_valid():
        return refused(request, _("Please tick the leads to hand over."), "desk")
    rows = piles.leads_on(Pile.ROUTE, request.user, now=timezone.now())
    rows = rows.filter(public_id__in=form.cleaned_data["lead"]).select_related(*routing.LISTED).order_by("mql_at", "pk")
    routed = routing.hand_over_proposed(rows, by=request.user, now=timezone.now())
    n = len(routed.delivered)
    said = ngettext("%(n)s lead handed over.", "%(n)s leads handed over.", n) % {"n": n}
    return _told(request, said, routed.left, "/desk/")


@require_POST
def start_trips(request: PageRequest) -> HttpResponse:
    """Starts the next trip of every ticked recycled lead, whether its day has come or not."""
    form = Ticked(request.POST)
    if not form.is_valid():
        return refused(request, _("Please tick the leads that come back."), "/desk/?tab=back")
    found = Lead.objects.visible_to(request.user).filter(public_id__in=form.cleaned_data["lead"])
    left, n = [], 0
    for lead in found.select_related("account", "department"):
        try:
            returning.start(lead, by=request.user, now=timezone.now())
        except MoveRefused as why:
            left.append((lead, str(why)))
        else:
            n += 1
    said = ngettext("%(n)s lead is back in nurture.", "%(n)s leads are back in nurture.", n) % {"n": n}
    return _told(request, said, left, "/desk/?tab=back")


def _told(request: PageRequest, said: str, left: Iterable[tuple[Lead, str]], to: str) -> HttpResponse:
    """What was done, and each lead that was left with the reason."""
    named = [f"{lead}: {why}" for lead, why in left]
    return refused(request, " ".join([said, *named]), to) if named else done(request, said, to)
