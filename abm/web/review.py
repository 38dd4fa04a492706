"""Review: who is who? What the matcher may not decide, side by side, decided with one key; merges and their undoing."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from abm.web import frame
from abm.web.answers import done, refused
from abm.web.frame import wants_piece
from abm.web.requests import PageRequest
from accounts import comparing, doubts, merging
from accounts.doubts import DoubtRefused
from accounts.merging import MergeRefused
from accounts.models import Account, Doubt, Merge, Person
from users.models import User

PER_PAGE = 50
KINDS: dict[str, type[Account] | type[Person]] = {"accounts": Account, "persons": Person}


@frame.count("review")
def count(user: User) -> int:
    """How many doubts wait."""
    return Doubt.objects.visible_to(user).open().count()


class Narrowing(forms.Form):
    """Only the doubts of one file."""

    file = forms.UUIDField(required=False)


@require_safe
def index(request: PageRequest, public_id: UUID | None = None) -> HttpResponse:
    """The open doubts (of a file), the likeliest first; the first (or the one in the address) is open beside them."""
    form, found = Narrowing(request.GET), Doubt.objects.visible_to(request.user).open()
    if form.is_valid() and (file := form.cleaned_data["file"]):
        found = found.of_import(file)
    waiting = comparing.with_evidence(found)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    doubt = _doubt(request, public_id) if public_id else next(iter(page), None)
    context: dict[str, Any] = {"page": page, "open": public_id, "back_url": reverse("review"), "doubt": doubt}
    if doubt:
        context["lines"] = comparing.side_by_side(doubt)
    template = "review/panel.html" if wants_piece(request) and doubt else "review/index.html"
    return render(request, template, context)


def _doubt(request: PageRequest, public_id: UUID) -> Doubt:
    found = comparing.with_evidence(Doubt.objects.visible_to(request.user))
    return get_object_or_404(found, public_id=public_id)


class Decision(forms.Form):
    """Which of the candidates, or none."""

    decision = forms.ChoiceField(choices=[(word, word) for word in ("link", "new", "dismiss")])
    candidate = forms.IntegerField(min_value=1, max_value=99, required=False)


@require_POST
def decide(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Links to a candidate, registers as new, or keeps apart; the next doubt opens."""
    doubt, form = _doubt(request, public_id), Decision(request.POST)
    if not form.is_valid():
        return refused(request, _("Please choose one of the candidates."), "review_open", public_id)
    try:
        text = _decided(doubt, form, {"by": request.user, "now": timezone.now()})
    except DoubtRefused as why:
        return refused(request, why, "review")
    return done(request, text, "review")


def _decided(doubt: Doubt, form: Decision, act: dict[str, Any]) -> str:
    decision = form.cleaned_data["decision"]
    if decision == "dismiss":
        doubts.dismiss(doubt, **act)
        return _("Kept apart; it will not be asked again.")
    if decision == "new":
        return _("%(name)s is registered.") % {"name": doubts.register_new(doubt, **act)}
    chosen = comparing.candidate(doubt, form.cleaned_data["candidate"] or 0)
    if chosen is None or chosen.account is None:
        raise DoubtRefused(_("Please choose one of the candidates."))
    return _("Linked with %(name)s.") % {"name": doubts.link(doubt, chosen.account, **act)}


def merge(request: PageRequest, kind: str, kept_id: UUID, gone_id: UUID) -> HttpResponse:
    """What merging the second into the first would do; and doing it."""
    model = KINDS.get(kind)
    if model is None:
        raise Http404
    visible: Any = model.objects.visible_to(request.user)
    kept, gone = (get_object_or_404(visible, public_id=one) for one in (kept_id, gone_id))
    act: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    if request.method == "POST":
        try:
            merging.merge(kept, gone, **act)
        except MergeRefused as why:
            return refused(request, why, "review_merge", kind, kept_id, gone_id)
        return done(request, _("%(gone)s is part of %(kept)s now.") % {"gone": gone, "kept": kept}, "review_merges")
    context = {"kind": kind, "kept": kept, "gone": gone, "lines": comparing.pair(kept, gone),
               "seen": merging.preview(kept, gone, **act)}  # fmt: skip
    return render(request, "review/merge.html", context)


@require_safe
def merges(request: PageRequest) -> HttpResponse:
    """What was merged, the latest first; each can be taken back, in reverse order."""
    found = Merge.objects.visible_to(request.user).select_related("account", "person", "by", "undone_by")
    page = Paginator(found.defer("journal"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "review/merges.html", {"page": page})


@require_POST
def unmerge(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes a merge back."""
    found = get_object_or_404(Merge.objects.visible_to(request.user), public_id=public_id)
    try:
        merging.unmerge(found, by=request.user, now=timezone.now())
    except MergeRefused as why:
        return refused(request, why, "review_merges")
    return done(request, _("%(name)s stands for itself again.") % {"name": found.gone_name}, "review_merges")
