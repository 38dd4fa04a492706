"""Persons: whom do we know, at which company, in which department?"""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web import words
from abm.web.exports import download
from abm.web.requests import PageRequest
from abm.web.teaching import may_teach
from accounts import exporting, provenance, rules, word_rules
from accounts.models import Account, Affiliation, Person, Source
from audit import access
from imports.models import ImportJob
from targets.models import TargetEntry
from users.models import User

PER_PAGE = 100
ALL = ("", gettext_lazy("All"))


class Filters(forms.Form):
    """What the address of the persons page may narrow by."""

    search = forms.CharField(label=gettext_lazy("Company name"), required=False, max_length=100)
    who = forms.CharField(label=gettext_lazy("Name or mail address"), required=False, max_length=254)
    listed = forms.ChoiceField(
        label=gettext_lazy("Stock exchange"),
        required=False,
        choices=[ALL, ("yes", gettext_lazy("Listed companies")), ("no", gettext_lazy("Companies not listed"))],
    )
    wanted = forms.ChoiceField(
        label=gettext_lazy("List"), required=False, choices=[ALL, ("yes", gettext_lazy("On a list in force"))]
    )
    function = forms.ChoiceField(
        label=gettext_lazy("Function"), required=False, choices=[ALL, *words.choices(words.FUNCTIONS)]
    )
    source = forms.ModelChoiceField(
        label=gettext_lazy("Where it comes from"),
        required=False,
        queryset=Source.objects.all(),
        to_field_name="code",
        empty_label=gettext_lazy("All"),
    )
    file = forms.UUIDField(required=False, widget=forms.HiddenInput)


def _filtered(user: User, wish: dict[str, Any]) -> QuerySet[Affiliation]:
    """Places at the companies wished for, of persons this user may see."""
    accounts = Account.objects.visible_to(user).search(wish.get("search") or "")
    if wish.get("listed"):
        accounts = accounts.filter(listed=wish["listed"] == "yes")
    if wish.get("wanted"):
        accounts = accounts.filter(pk__in=TargetEntry.objects.active().values("account"))
    persons = Person.objects.visible_to(user).named(wish.get("who") or "")
    if wish.get("file"):
        persons = persons.filter(provenance.told_by(Person, wish["file"]))
    found = Affiliation.objects.filter(ended_on=None, account__in=accounts, person__in=persons)
    if wish.get("function"):
        found = found.filter(department__function=wish["function"])
    if wish.get("source"):
        found = found.filter(source=wish["source"])
    return found.select_related("account", "department", "person").order_by(
        "account__name", "account_id", "department__name", "department_id", "person__name", "pk"
    )


def _file(user: User, wish: dict[str, Any]) -> ImportJob | None:
    """The file whose persons are shown, where only those are."""
    return ImportJob.objects.visible_to(user).filter(public_id=wish["file"]).first() if wish.get("file") else None


class ExportForm(forms.Form):
    """What the file is for, and who stands in it."""

    purpose = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        min_length=exporting.LEAST_PURPOSE,
        help_text=gettext_lazy("Such as: invitation to the seminar on 3 December. It is kept in the access log."),
    )
    only_reachable = forms.BooleanField(
        label=gettext_lazy("Only those we may write to"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Leave it on for anything that is sent. Off, opt-outs stand in a column of their own."),
    )


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Persons by company and department, narrowed by the address."""
    form = Filters(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_filtered(request.user, wish), PER_PAGE).get_page(request.GET.get("page"))
    shown = [place.person_id for place in page]
    access.read("persons", shown, by=request.user, now=timezone.now(), filters=wish)
    context = {
        "form": form,
        "page": page,
        "file": _file(request.user, wish),
        "dictionary": word_rules.in_force(),
        "may_edit": rules.may_edit(request.user),
        "may_export": rules.may_export(request.user),
        "may_teach": may_teach(request.user),
    }
    return render(request, "accounts/everybody.html", context)


def export(request: PageRequest) -> HttpResponseBase:
    """Takes the persons the address narrows to out as a file, once it is said what for."""
    if not rules.may_export(request.user):
        raise PermissionDenied
    filters, form = Filters(request.GET), ExportForm(request.POST or None)
    wish = filters.cleaned_data if filters.is_valid() else {}
    places = _filtered(request.user, wish)
    if not form.is_valid():
        return render(request, "accounts/export.html", {"form": form, "filters": filters, "places": places.count()})
    told: dict[str, Any] = {"places": places, "filters": wish, "by": request.user, "now": timezone.now()}
    lines = exporting.export(Person.objects.visible_to(request.user), **told, **form.cleaned_data)
    return download(lines, f"persons-{timezone.localdate()}")
