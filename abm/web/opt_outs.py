"""Opt-outs: may we write to this address, since when not, and who says so?"""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abm.web.absences import Day
from abm.web.answers import done
from abm.web.requests import PageRequest
from accounts import opt_outs, rules
from accounts.consent import OptOut
from accounts.models import Person
from accounts.opt_outs import OptOutRefused

PER_PAGE = 50


class LookUp(forms.Form):
    """Whose address?"""

    address = forms.CharField(label=gettext_lazy("Mail address"), required=False, max_length=254)


class EvidenceForm(forms.Form):
    """How and when somebody told us."""

    channel = forms.CharField(
        label=gettext_lazy("How we were told"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Such as phone, mail, at the exhibition."),
    )
    on = forms.DateField(label=gettext_lazy("Day"), required=False, widget=Day())
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("In their own words, or where the message lies."),
    )

    @property
    def said(self) -> dict[str, Any]:
        """What the acts are told."""
        day = self.cleaned_data.get("on")
        at = timezone.make_aware(datetime.combine(day, time())) if day else None
        return {"at": at, "channel": self.cleaned_data["channel"], "evidence": self.cleaned_data["evidence"]}


class RecordForm(EvidenceForm):
    """An address nobody may write to any more."""

    address = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    field_order = ("address", "channel", "on", "evidence")


class LiftForm(forms.Form):
    """On which ground an opt-out is lifted."""

    because = forms.CharField(
        label=gettext_lazy("How was consent given anew?"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("When, by whom, and where the evidence lies."),
    )


def index(request: PageRequest) -> HttpResponse:
    """Looks an address up, records an opt-out, lists the latest."""
    _require_right(request)
    form = RecordForm(request.POST or None, prefix="record")
    if form.is_valid():
        try:
            made = opt_outs.record(form.cleaned_data["address"], by=request.user, now=timezone.now(), **form.said)
        except OptOutRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Nobody writes to %(address)s any more.") % {"address": made}, "opt_outs")
    look_up = LookUp(request.GET)
    asked = look_up.cleaned_data["address"] if look_up.is_valid() else ""
    found = OptOut.objects.visible_to(request.user).select_related("person", "source", "recorded_by", "lifted_by")
    context = {
        "form": form, "look_up": look_up, "asked": asked, "answer": opt_outs.look_up(asked) if asked else None,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "opt_outs/index.html", context)


def lift(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Consent was given anew."""
    _require_right(request)
    opt_out = get_object_or_404(OptOut.objects.visible_to(request.user).standing(), public_id=public_id)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        try:
            opt_outs.lift(opt_out, by=request.user, now=timezone.now(), **form.cleaned_data)
        except OptOutRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Consent was given anew: %(who)s may be written to.") % {"who": opt_out}, "opt_outs")
    return render(request, "opt_outs/lift.html", {"form": form, "opt_out": opt_out})


def of_person(request: PageRequest, public_id: UUID) -> HttpResponse:
    """The person wants no more mails or calls."""
    person = get_object_or_404(Person.objects.visible_to(request.user), public_id=public_id)
    form = EvidenceForm(request.POST or None)
    if form.is_valid():
        try:
            opt_outs.opt_out(person, by=request.user, now=timezone.now(), **form.said)
        except OptOutRefused as why:
            form.add_error(None, str(why))
        else:
            told = _("Nobody writes to %(name)s or calls any more.") % {"name": person}
            return done(request, told, "person_origins", public_id)
    return render(request, "opt_outs/of_person.html", {"form": form, "person": person})


def _require_right(request: PageRequest) -> None:
    if not rules.may_edit(request.user):
        raise PermissionDenied
