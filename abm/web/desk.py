"""Hand-over desk: what is qualified and not delivered, what sales rejected and waits for us, what is due back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from abm.web import frame
from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from funnel import leads, routing, waterfall
from funnel.enums import MoveName
from funnel.models import Lead, LeadMove
from funnel.policies import Promises
from funnel.querysets import LeadQuerySet
from funnel.refusals import MoveRefused
from users.models import User
from users.roles import MARKETING, Role

PER_PAGE = 50
TABS = {
    "route": gettext_lazy("To route"),
    "rejected": gettext_lazy("Rejected, our turn"),
    "asked": gettext_lazy("Questions waiting for us"),
    "back": gettext_lazy("Due back"),
}


def _leads(user: User, tab: str) -> LeadQuerySet:
    visible = Lead.objects.visible_to(user).without_samples()
    if tab == "rejected":
        return visible.rejected_waiting().order_by("rejected_at", "id")
    if tab == "asked":
        return visible.asked().order_by("question_at", "id")
    if tab == "back":
        return visible.due_back(timezone.localdate()).order_by("return_on", "id")
    return visible.to_route().order_by("mql_at", "id")


@frame.count("desk")
def count(user: User) -> int:
    """How many leads wait to be routed."""
    return _leads(user, "route").count() if user.role in MARKETING else 0


class Router(forms.Form):
    """Whom a lead goes to."""

    assignee = forms.ModelChoiceField(label=gettext_lazy("To"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = User.objects.deciders()  # type: ignore[attr-defined]


class Ticked(forms.Form):
    """The ticked leads, by public id."""

    lead = forms.TypedMultipleChoiceField(coerce=UUID)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["lead"].choices = [(value, value) for value in data.getlist("lead")]  # type: ignore[attr-defined]


def _may_route(user: User) -> bool:
    return any(Role(user.role) in move.roles for move in waterfall.rows(MoveName.HAND_OVER))


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """One of the piles, oldest first."""
    tab = request.GET.get("tab", "route")
    tab = tab if tab in TABS else "route"
    rows = _leads(request.user, tab).for_rows().select_related("entry__owner", "account__owner")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": tab,
        "tabs": [
            {"word": word, "href": f"?tab={name}", "current": name == tab, "count": _leads(request.user, name).count()}
            for name, word in TABS.items()
        ],
        "page": page,
        "questions": _questions(page) if tab == "asked" else [],
        "deciders": User.objects.deciders().select_related("team") if tab == "route" else [],
        "may_route": _may_route(request.user),
        "now": timezone.now(),
    }
    return render(request, "desk/index.html", context)


@dataclass(frozen=True)
class Question:
    """A question sales asked, and until when marketing should answer."""

    lead: Lead
    words: str
    limit_at: datetime


def _questions(leads: Iterable[Lead]) -> list[Question]:
    promises = Promises.load()
    asked = LeadMove.objects.filter(lead__in=list(leads), move=MoveName.ASK).order_by("seq")
    words = dict(asked.values_list("lead", "note"))
    return [
        Question(lead, words.get(lead.pk, ""), promises.answer_limit(lead, lead.question_at))
        for lead in leads
        if lead.question_at
    ]


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
    return done(request, said % {"lead": lead, "name": assignee, "due": f"{due:%Y-%m-%d %H:%M}"}, "desk")


@require_POST
def hand_over_proposed(request: PageRequest) -> HttpResponse:
    """Delivers every ticked lead to its proposed decider: the entry's owner, else the account's."""
    form = Ticked(request.POST)
    if not form.is_valid():
        return refused(request, _("Please tick the leads to hand over."), "desk")
    rows = _leads(request.user, "route").filter(public_id__in=form.cleaned_data["lead"])
    rows = rows.select_related("entry__owner", "account__owner")
    routed = routing.hand_over_proposed(rows, by=request.user, now=timezone.now())
    n = len(routed.delivered)
    said = ngettext("%(n)s lead handed over.", "%(n)s leads handed over.", n) % {"n": n}
    left = [f"{lead}: {why}" for lead, why in routed.left]
    return refused(request, " ".join([said, *left]), "desk") if left else done(request, said, "desk")
