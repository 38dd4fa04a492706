"""Settings, reasons: why may sales say no, and what then? Adding, wording, ordering."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from abm.web import words
from abm.web.answers import done, go, refused
from abm.web.frame import is_open
from abm.web.requests import PageRequest
from funnel import reasons, rules
from funnel.enums import Disposition
from funnel.models import RejectReason
from funnel.reasons import ReasonRefused

TO_CHOOSE = [choice for choice in words.choices(words.DISPOSITIONS) if choice[0] != Disposition.RECODE]


class WordingForm(forms.Form):
    """A reason's words, what follows, and whether it is in use."""

    label_ja = forms.CharField(label=gettext_lazy("In Japanese"), max_length=80)
    label_en = forms.CharField(label=gettext_lazy("In English"), max_length=80)
    disposition = forms.ChoiceField(label=gettext_lazy("What marketing does then"), choices=TO_CHOOSE)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, *args: Any, reason: RejectReason, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.initial = getattr(reason, name)
        if reason.code == reasons.OTHER:
            del self.fields["disposition"], self.fields["is_active"]


class NewForm(forms.Form):
    """A new reason."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=24,
        help_text=gettext_lazy(
            "Capital letters and _, as in NO_BUDGET. Other systems know it by this; it never changes."
        ),
    )
    label_ja = forms.CharField(label=gettext_lazy("In Japanese"), max_length=80)
    label_en = forms.CharField(label=gettext_lazy("In English"), max_length=80)
    disposition = forms.ChoiceField(label=gettext_lazy("What marketing does then"), choices=TO_CHOOSE)


class PlaceForm(forms.Form):
    """Where in the order."""

    position = forms.IntegerField(min_value=0, max_value=10_000)


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """All reasons, in their order."""
    context = {
        "reasons": RejectReason.objects.all(),
        "may_change": rules.may_configure(request.user),
        "sees_desk": is_open(reverse("desk_recoding"), request.user),
    }
    return render(request, "settings/reasons.html", context)


def new(request: PageRequest) -> HttpResponse:
    """Adds a reason."""
    _require_right(request)
    form = NewForm(request.POST or None)
    if form.is_valid():
        try:
            made = reasons.add(by=request.user, now=timezone.now(), **form.cleaned_data)
        except ReasonRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("%(reason)s can be chosen now.") % {"reason": made}, "settings_reasons")
    return render(request, "settings/reason.html", {"form": form})


def change(request: PageRequest, code: str) -> HttpResponse:
    """Words a reason anew, or takes it out of use."""
    _require_right(request)
    reason = get_object_or_404(RejectReason, code=code)
    form = WordingForm(request.POST or None, reason=reason)
    if form.is_valid():
        try:
            reasons.change(reason, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ReasonRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("%(code)s is kept.") % {"code": code}, "settings_reasons")
    return render(request, "settings/reason.html", {"form": form, "reason": reason})


@require_POST
def place(request: PageRequest, code: str) -> HttpResponse:
    """Moves a reason up or down."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Please choose a place."), "settings_reasons")
    reason = get_object_or_404(RejectReason, code=code)
    try:
        reasons.place(reason, by=request.user, now=timezone.now(), **form.cleaned_data)
    except ReasonRefused as why:
        return refused(request, why, "settings_reasons")
    return go(request, "settings_reasons")


def _require_right(request: PageRequest) -> None:
    if not rules.may_configure(request.user):
        raise PermissionDenied
