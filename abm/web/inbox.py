"""Inbox: which leads wait for my answer, which is due next, why this one now?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Max, Sum
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web import brief, frame, move_forms
from abm.web.frame import wants_piece
from abm.web.requests import PageRequest
from funnel.models import Handoff, Lead
from funnel.querysets import HandoffQuerySet
from users.models import User
from users.roles import Role

PER_PAGE = 50
SORTS = {
    "due": gettext_lazy("Least time left"),
    "rank": gettext_lazy("Most wanted"),
    "score": gettext_lazy("Highest score"),
}


class Wish(forms.Form):
    """What the address may ask for. `pulse`, `open`, `lead`: what the asking page shows, has open, has ticked."""

    sort = forms.ChoiceField(label=gettext_lazy("Sorted by"), choices=list(SORTS.items()), required=False)
    who = forms.ChoiceField(choices=[("me", ""), ("team", "")], required=False, widget=forms.HiddenInput)
    pulse = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    open = forms.UUIDField(required=False, widget=forms.HiddenInput)
    lead = forms.TypedMultipleChoiceField(coerce=UUID, required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["lead"].choices = [(value, value) for value in data.getlist("lead")]  # type: ignore[attr-defined]

    @property
    def told(self) -> dict[str, Any]:
        """What could be understood; the rest is as if it had not been asked."""
        self.is_valid()
        return self.cleaned_data


@dataclass(frozen=True)
class Pile:
    """The waiting leads of one user, or of a manager's team, in one order."""

    user: User
    who: str
    sort: str

    @classmethod
    def wished(cls, user: User, told: dict[str, Any]) -> "Pile":
        """Only a manager has the team's pile, and starts with it while the own one is empty."""
        return cls(user, _whose(user, told.get("who", "")), told.get("sort") or "due")

    @property
    def waiting(self) -> HandoffQuerySet:
        """The handoffs without an answer, the ignored ones too."""
        unanswered = Handoff.objects.unanswered()
        if self.who == "team":
            return unanswered.filter(lead__in=Lead.objects.visible_to(self.user), team=self.user.team_id)
        return unanswered.of(self.user)

    @property
    def pulse(self) -> str:
        """Another one as soon as a line of the pile comes, goes or moves: one cheap query."""
        beat = self.waiting.aggregate(n=Count("pk"), moves=Sum("lead__seq"), last=Max("pk"))
        return f"{beat['n']}-{beat['moves'] or 0}-{beat['last'] or 0}"

    @property
    def query(self) -> str:
        return urlencode({"who": self.who} if self.sort == "due" else {"who": self.who, "sort": self.sort})

    def address(self, public_id: UUID | None = None) -> str:
        """Where the pile is shown, with this lead open."""
        url = reverse("inbox_open", args=[public_id]) if public_id else reverse("inbox")
        return f"{url}?{self.query}"


def _whose(user: User, wish: str = "") -> str:
    if user.role != Role.SALES_MANAGER:
        return "me"
    if wish in ("me", "team"):
        return wish
    return "me" if Pile(user, "me", "due").waiting.exists() else "team"


@frame.count("inbox")
def count(user: User) -> int:
    """How many leads wait on the pile this user starts with."""
    return Pile.wished(user, {}).waiting.count()


@require_safe
def index(request: PageRequest, public_id: UUID | None = None) -> HttpResponse:
    """The waiting leads, least time left first; the first (or the one in the address) is open beside them."""
    wish = Wish(request.GET)
    pile = Pile.wished(request.user, wish.told)
    lines = _lines(request, pile)
    lead = _open(request.user, public_id, lines["rows"])
    context: dict[str, Any] = {
        **lines,
        "wish": wish,
        "tabs": _tabs(pile),
        "open": public_id,
        "back_url": pile.address(),
        **(_panel(pile, lead, lines["rows"]) if lead else {}),
    }
    template = "inbox/panel.html" if wants_piece(request) and lead else "inbox/index.html"
    return render(request, template, context)


@require_safe
def lines(request: PageRequest) -> HttpResponse:
    """The list again, if it is no longer as the asking page has it (204 while it is): ticks and the open line stay."""
    told = Wish(request.GET).told
    pile = Pile.wished(request.user, told)
    if pile.pulse == told.get("pulse"):
        return HttpResponse(status=204)
    open_ = told.get("open")
    lead = Lead.objects.visible_to(request.user).filter(public_id=open_).first() if open_ else None
    context = _lines(request, pile) | {"lead": lead, "ticked": told.get("lead", []), "again": True}
    return render(request, "inbox/lines.html", context)


def _lines(request: PageRequest, pile: Pile) -> dict[str, Any]:
    rows = pile.waiting.for_rows().in_answering_order(pile.sort)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    elsewhere = reverse("metrics" if pile.user.role == Role.PARTNER else "funnel")
    return {"pile": pile, "page": page, "rows": list(page), "now": timezone.now(), "elsewhere": elsewhere}


def _open(user: User, public_id: UUID | None, rows: Sequence[Handoff]) -> Lead | None:
    visible = Lead.objects.visible_to(user).for_rows()
    if public_id:
        return get_object_or_404(visible, public_id=public_id)
    return visible.filter(pk=rows[0].lead_id).first() if rows else None


def _panel(pile: Pile, lead: Lead, rows: Sequence[Handoff]) -> dict[str, Any]:
    found = brief.of(lead, by=pile.user, now=timezone.now())
    may = {option.verb for option in found["options"] if not option.obstacle}
    return {
        **found,
        "accept_form": move_forms.Accept(lead=lead) if "accept" in may else None,
        "may_ask": "ask" in may,
        "next_url": pile.address(_after(lead, rows)),
    }


def _after(lead: Lead, rows: Sequence[Handoff]) -> UUID | None:
    """The lead that opens once this one is answered: the one below it, else the one on top."""
    others = [row.lead.public_id for row in rows if row.lead_id != lead.pk]
    at = next((at for at, row in enumerate(rows) if row.lead_id == lead.pk), 0)
    return others[at if at < len(others) else 0] if others else None


def _tabs(pile: Pile) -> list[dict[str, Any]]:
    if pile.user.role != Role.SALES_MANAGER:
        return []
    words = {"me": _("Mine"), "team": _("My team’s")}
    piles = [(word, Pile(pile.user, who, pile.sort)) for who, word in words.items()]
    return [
        {"word": word, "href": one.address(), "current": one.who == pile.who, "count": one.waiting.count()}
        for word, one in piles
    ]
