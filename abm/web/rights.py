"""A person's rights: corrected, told everything we know, erased."""

import csv
from io import StringIO
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abm.web.answers import done
from abm.web.requests import PageRequest
from accounts import disclosing, editing, erasing, rules
from accounts.editing import EditRefused
from accounts.erasing import ErasureRefused
from accounts.models import Person
from accounts.spreadsheets import harmless
from audit import access


class CorrectForm(forms.Form):
    """What we know of somebody, to be put right."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    last_name = forms.CharField(label=gettext_lazy("Family name"), max_length=80, required=False)
    first_name = forms.CharField(label=gettext_lazy("Given name"), max_length=80, required=False)
    name_kana = forms.CharField(label=gettext_lazy("Reading"), max_length=160, required=False)
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    mobile = forms.CharField(label=gettext_lazy("Mobile phone"), max_length=40, required=False)


class DiscloseForm(forms.Form):
    """Why everything is told, and how it is written."""

    purpose = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        min_length=4,
        help_text=gettext_lazy("Such as: asked for by the person on 24 November. It is kept in the access log."),
    )
    written = forms.ChoiceField(label=gettext_lazy("Written as"), choices=[("json", "JSON"), ("csv", "CSV")])


class EraseForm(forms.Form):
    """On which ground somebody is erased."""

    ground = forms.CharField(
        label=gettext_lazy("On which ground"),
        max_length=200,
        help_text=gettext_lazy("Who asked, when and how; without the name: this text stays."),
    )


def _person(request: PageRequest, public_id: UUID) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user), public_id=public_id)


def correct(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Puts right what we know of somebody."""
    person = _person(request, public_id)
    if not rules.may_edit(request.user):
        raise PermissionDenied
    form = CorrectForm(request.POST or None, initial={name: getattr(person, name) for name in CorrectForm.base_fields})
    if form.is_valid():
        try:
            editing.amend_person(person, by=request.user, now=timezone.now(), **form.cleaned_data)
        except EditRefused as why:
            form.add_error(why.field, str(why))
        else:
            return done(request, _("Corrected."), "person_origins", public_id)
    return render(request, "rights/correct.html", {"form": form, "person": person})


def everything(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Everything we know of somebody, as a file for them."""
    person = _person(request, public_id)
    _require_answering(request)
    form = DiscloseForm(request.POST or None)
    if not form.is_valid():
        return render(request, "rights/everything.html", {"form": form, "person": person})
    access.disclosed("persons", person.pk, by=request.user, now=timezone.now(), purpose=form.cleaned_data["purpose"])
    return _written(person, form.cleaned_data["written"])


def _written(person: Person, how: str) -> HttpResponse:
    name = f'attachment; filename="person-{person.public_id}.{how}"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    if how == "json":
        told = disclosing.everything(person)
        return JsonResponse(told, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 2})
    text = StringIO("\ufeff")
    text.seek(1)
    csv.writer(text).writerows(harmless(line) for line in disclosing.lines(person))
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def erase(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Erases somebody everywhere, for good."""
    person = _person(request, public_id)
    _require_answering(request)
    form = EraseForm(request.POST or None)
    if form.is_valid():
        try:
            made = erasing.ask(person, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ErasureRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("Asked for. Nobody writes to them any more."), "erasure", made.public_id)
    return render(request, "rights/erase.html", {"form": form, "person": person})


def _require_answering(request: PageRequest) -> None:
    if not rules.may_erase(request.user):
        raise PermissionDenied
