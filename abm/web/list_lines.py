"""Pasted lines of a list: which companies and departments are meant? What is not beyond doubt is asked."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from abm.web.answers import done, refused
from abm.web.frame import is_open
from abm.web.list_forms import PasteForm
from abm.web.requests import PageRequest
from accounts.models import Account, Department
from targets import pasting, waiting
from targets.enums import WaitingState
from targets.lists import ListRefused
from targets.models import TargetEntry, TargetList, TargetListVersion, WaitingLine
from users.models import User

SHOWN = 50
"""So many questions stand on the page; once these are decided, the next ones follow."""


def version_of(request: PageRequest, public_id: UUID) -> TargetListVersion:
    """The version an address names. Raises Http404."""
    visible = TargetList.objects.visible_to(request.user)
    return get_object_or_404(TargetListVersion.objects.filter(list__in=visible), public_id=public_id)


def waiting_on(version: TargetListVersion, user: User) -> dict[str, Any]:
    """The lines that wait, for the page of their list."""
    lines = list(version.waiting.with_proposals()[: SHOWN + 1])
    return {
        "waiting": waiting.questions(lines[:SHOWN]),
        "more_wait": len(lines) > SHOWN,
        "decided": any(line.state in (WaitingState.DECIDED, WaitingState.LEFT_OUT) for line in lines),
        "reviews": is_open(reverse("review"), user),
    }


def paste(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Adds pasted companies and spears; questions wait on the list, what nobody knows stays in the box."""
    version = version_of(request, public_id)
    form = PasteForm(request.POST or None)
    if not form.is_valid():
        return render(request, "lists/paste.html", {"version": version, "form": form})
    told = dict(form.cleaned_data)
    try:
        taken = pasting.paste(version, told["names"], tier=told["tier"], by=request.user, now=timezone.now())
    except ListRefused as why:
        return refused(request, why, "list", version.list.public_id)
    if not taken.unknown:
        return done(request, _added(taken.added, len(taken.waiting)), "list", version.list.public_id)
    rest = PasteForm(initial={"names": "\n".join(taken.unknown), "tier": told["tier"]})
    context = {"version": version, "form": rest, "said": _added(taken.added), "taken": taken}
    return render(request, "lists/paste.html", context)


def _added(entries: list[TargetEntry], waiting: int = 0) -> str:
    said = ngettext("%(n)s entry added.", "%(n)s entries added.", len(entries)) % {"n": len(entries)}
    if not waiting:
        return said
    asked = ngettext("%(n)s line is a question.", "%(n)s lines are questions.", waiting) % {"n": waiting}
    return f"{said} {asked}"


@require_POST
def take_in(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Puts on the draft what the review has decided."""
    version = version_of(request, public_id)
    try:
        added = waiting.take_in(version, by=request.user, now=timezone.now())
    except ListRefused as why:
        return refused(request, why, "list", version.list.public_id)
    return done(request, _added(added), "list", version.list.public_id)


class DecideForm(forms.Form):
    """What a line means: a company, a department, a department to be made, or none of these."""

    account = forms.UUIDField(required=False)
    department = forms.UUIDField(required=False)
    decision = forms.ChoiceField(choices=[("make", "make"), ("none", "none")], required=False)

    def clean(self) -> dict[str, Any]:
        if sum(bool(said) for said in self.cleaned_data.values()) != 1:
            raise forms.ValidationError(_("Please choose one of the candidates."))
        return self.cleaned_data


@require_POST
def decide(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Says what a line means; it is put on the list, or the next question about it is asked."""
    found = WaitingLine.objects.visible_to(request.user).select_related("version__list", "doubt__account", "account")
    line, form = get_object_or_404(found, public_id=public_id), DecideForm(request.POST)
    to = line.version.list.public_id
    if not form.is_valid():
        return refused(request, _("Please choose one of the candidates."), "list", to)
    try:
        said = _decided(request, line, form.cleaned_data)
    except ListRefused as why:
        return refused(request, why, "list", to)
    return done(request, said, "list", to)


def _decided(request: PageRequest, line: WaitingLine, told: dict[str, Any]) -> str:
    act: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    if told["account"]:
        added = waiting.it_is(line, _chosen(request, Account, told["account"]), **act)
        return _added(added) if added else _("Now please choose the department.")
    if told["department"]:
        return _added(waiting.aim(line, _chosen(request, Department, told["department"]), **act))
    if told["decision"] == "make":
        return _added(waiting.make(line, **act))
    waiting.leave_out(line, **act)
    return _("Left out: %(line)s") % {"line": line.text}


def _chosen(request: PageRequest, model: Any, public_id: UUID) -> Any:
    return get_object_or_404(model.objects.visible_to(request.user), public_id=public_id)
