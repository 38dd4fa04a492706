"""Settings, sources: where do we know things from, on which ground, for what, and what does it cost?"""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from abm.web import words
from abm.web.absences import Day
from abm.web.answers import done
from abm.web.requests import PageRequest
from accounts import sources
from accounts.enums import CostKind
from accounts.ledger import SourceCost
from accounts.models import Source
from accounts.sources import BASES, SourceRefused
from funnel import source_costs


class SourceForm(forms.Form):
    """What a source is, on which ground we may use what it tells, and for what."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of source"), choices=words.choices(words.SOURCE_KINDS))
    basis = forms.ChoiceField(
        label=gettext_lazy("On which ground we may use it"),
        choices=[("", gettext_lazy("Unknown")), *words.choices(BASES)],
        required=False,
        help_text=gettext_lazy("Also for what it told so far without a ground. A file may name another one."),
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose of use"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What persons were told when they gave their data."),
    )


class CostForm(forms.Form):
    """A cost: so much a unit, so many units, from day to day."""

    kind = forms.ChoiceField(label=gettext_lazy("What is paid for"), choices=words.choices(words.COST_KINDS))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount each"), max_digits=14, decimal_places=2, min_value=0, initial=""
    )
    units = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=10_000_000, initial=1)
    first_on = forms.DateField(label=gettext_lazy("From"), widget=Day())
    last_on = forms.DateField(label=gettext_lazy("To (included)"), widget=Day(), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """All sources with what they brought and cost."""
    context = {"lines": source_costs.lines(), "currency": settings.DEFAULT_CURRENCY}
    return render(request, "settings/sources.html", context)


def show(request: PageRequest, code: str) -> HttpResponse:
    """One source: its ground and purpose, its costs."""
    source = get_object_or_404(Source, code=code)
    usual = {name: getattr(source, name) for name in SourceForm.base_fields}
    form = SourceForm(request.POST or None, initial=usual)
    if form.is_valid():
        sources.amend(source, by=request.user, now=timezone.now(), **form.cleaned_data)
        return done(request, _("Saved."), "source", code)
    return _shown(request, source, form, CostForm())


@require_POST
def add_cost(request: PageRequest, code: str) -> HttpResponse:
    """Writes a cost down."""
    source, form = get_object_or_404(Source, code=code), CostForm(request.POST)
    if form.is_valid():
        told = {**form.cleaned_data, "kind": CostKind(form.cleaned_data["kind"])}
        try:
            sources.add_cost(source, by=request.user, now=timezone.now(), **told)
        except SourceRefused as why:
            form.add_error(why.field or None, str(why))
        else:
            return done(request, _("Written down."), "source", code)
    usual = {name: getattr(source, name) for name in SourceForm.base_fields}
    return _shown(request, source, SourceForm(initial=usual), form)


@require_POST
def remove_cost(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes a cost away that was written down by mistake."""
    cost = get_object_or_404(SourceCost.objects.select_related("source"), public_id=public_id)
    sources.remove_cost(cost, by=request.user, now=timezone.now())
    return done(request, _("Taken away."), "source", cost.source.code)


def _shown(request: PageRequest, source: Source, form: SourceForm, cost_form: CostForm) -> HttpResponse:
    context: dict[str, Any] = {
        "source": source, "form": form, "cost_form": cost_form, "currency": settings.DEFAULT_CURRENCY,
        "line": source_costs.lines([source])[0], "costs": source.costs.select_related("recorded_by"),
    }  # fmt: skip
    return render(request, "settings/source.html", context)
